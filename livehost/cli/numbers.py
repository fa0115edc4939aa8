"""`livehost numbers`: many evenings for the team."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import AsJson, CreatorFolder, app, print_json


@app.command()
def numbers(  # noqa: PLR0913, PLR0917 - its options
    creator: CreatorFolder,
    shelf: Annotated[Path, typer.Option("--in", metavar="FOLDER", help="The folder of your sessions.")] = Path(
        "sessions"
    ),
    days: Annotated[float, typer.Option(help="Of the last so many days; 0: all that is kept.")] = 0,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The page; numbers.html in FOLDER.")] = None,
    promo: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A text, a voice and a film for each draft, into FOLDER.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Of products: ID.jpg, ID-2.png …; pictures in the creator's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Questions, products asked for, missed sales, best hours and drafts of posts, out of all sessions of a creator."""
    from livehost.review.evenings import make_promos, numbers_of, write_page
    from livehost.review.report import grouping

    found = numbers_of(creator, shelf, grouping(), days)
    if as_json:
        print_json(found)
        return
    page = write_page(found, creator, out or shelf / "numbers.html")
    share = "–" if found.coverage is None else f"{found.coverage:.0%}"
    typer.echo(f"{found.sessions} sessions, {found.asked} questions, {share} answered, {len(found.missed)} missed")
    typer.echo(str(page))
    for made in make_promos(found, creator, pictures or creator / "pictures", promo) if promo else ():
        typer.echo(f"{made.film or made.voice}  {made.seconds:.1f} s{'' if made.film else ', no picture of it'}")
