"""Commands on the accounts that read and post: `login`, `logout`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import app

_Creator = Annotated[Path | None, typer.Option(help="The creator's folder, for its [platforms].")]


@app.command()
def login(platform: str, creator: _Creator = None) -> None:
    """Signs in to a platform with a code to enter in a browser; the token goes into this system's keyring."""
    from livehost.accounts import log_in

    name = log_in(platform, creator, _tell)
    typer.echo(f"signed in to {platform} as {name}")


@app.command()
def logout(platform: str) -> None:
    """Forgets a platform's tokens."""
    from livehost.accounts import log_out

    log_out(platform)
    typer.echo(f"signed out of {platform}")


def _tell(words: str) -> None:
    sys.stderr.write(f"livehost: {words}\n")
