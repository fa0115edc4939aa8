"""Commands on this machine and its connections: `setup`, `doctor`, `decode`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import AsJson, app, print_json


@app.command()
def doctor(
    creator: Annotated[Path | None, typer.Argument(metavar="[CREATOR]")] = None,
    chat: Annotated[list[str] | None, typer.Option(help="A chat to examine, too; may be given again.")] = None,
    mic: Annotated[
        str, typer.Option(help="The microphone to listen to: a device's name or number, or none.")
    ] = "default",
    listen: Annotated[float, typer.Option(help="Seconds to listen; 0: not at all.")] = 4.0,
    as_json: AsJson = False,
) -> None:
    """What works on this machine and what does not, with the fix; listens for a moment, to show what is heard."""
    from livehost.doctor import examine, in_words

    report = examine(creator, chat or [], mic, listen)
    if as_json:
        print_json(report)
    else:
        typer.echo(in_words(report))
    raise typer.Exit(0 if report.ok else 3)


@app.command()
def setup(
    enrol: Annotated[bool, typer.Option("--enrol", help="Also what `voices enrol` needs.")] = False,
) -> None:
    """Fetches the models' weights and verifies them; safe to run again."""
    from livehost.setup import run as run_setup

    run_setup(enrol=enrol)


@app.command()
def decode(platform: str, file: Path) -> None:
    """A platform's raw frames (one a line, or a JSON file of them) to chat lines; what is unknown is counted on stderr."""
    from collections import Counter

    from livehost.decoding import decode_file, decoder

    unknown: Counter[str] = Counter()
    for line in decode_file(file, decoder(platform), unknown):
        print_json(line)
    for kind, count in unknown.most_common():
        sys.stderr.write(f"livehost: {count} not decoded: {kind}\n")


@app.command("obs-script")
def obs_script() -> None:
    """Where the script lies that gives OBS hotkeys for Livehost (OBS: Tools → Scripts → +)."""
    from livehost.show.obs import SCRIPT

    typer.echo(SCRIPT)
