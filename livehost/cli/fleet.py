"""`livehost fleet`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import app


@app.command()
def fleet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="fleet.toml: the rooms, and what they run on.")],
) -> None:
    """Many rooms on Ray, until all have ended or Ctrl-C ends them."""
    from livehost.fleet.cluster import ready_ray
    from livehost.fleet.settings import read_fleet

    found = read_fleet(file)
    ready_ray()
    from livehost.fleet.running import hold_fleet

    hold_fleet(found)
