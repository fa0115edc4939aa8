"""`livehost fleet`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import AsJson, app, print_json


@app.command()
def fleet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="fleet.toml: the rooms, and what they run on.")],
    ready: Annotated[
        bool, typer.Option("--ready", help="Only tell who is ready to go on air; exit 1: not all.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Many rooms on Ray, until all have ended or Ctrl-C ends them."""
    from livehost.fleet.settings import read_fleet

    found = read_fleet(file)
    if ready:
        from rich.console import Console

        from livehost.clock import local_now
        from livehost.fleet.ready import readiness, table_of
        from livehost.secret import Secrets

        rooms = readiness(found, local_now().date(), Secrets().get)
        if as_json:
            print_json(rooms)
        else:
            Console().print(table_of(rooms))
        raise typer.Exit(any(room.faults for room in rooms))
    from livehost.fleet.cluster import ready_ray

    ready_ray()
    from livehost.fleet.running import hold_fleet

    hold_fleet(found)
