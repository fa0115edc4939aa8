"""What the commands share: the application, common arguments, and how results are printed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from livehost import __version__

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

CreatorFolder = Annotated[Path, typer.Argument(metavar="CREATOR", help="The creator's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else there.")]
Headless = Annotated[bool, typer.Option("--headless", help="No live view; progress as lines on stderr.")]
Fast = Annotated[bool, typer.Option("--fast", help="As fast as the machine goes, on a virtual clock.")]


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """A co-host with a voice for people who broadcast live."""
    if version:
        typer.echo(f"livehost {__version__}")
        raise typer.Exit


def print_json(what: Any) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
