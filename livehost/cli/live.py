"""`livehost run` and `livehost demo`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import CreatorFolder, Fast, Headless, app
from livehost.errors import BadInput
from livehost.keeper import die_with_keeper, is_kept, keep


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the contract's options
    creator: CreatorFolder,
    chat: Annotated[list[str] | None, typer.Option(help="file:PATH, ws://HOST:PORT …; may be given again.")] = None,
    mic: Annotated[str, typer.Option(help="A device, a file, browser (a page), or none.")] = "default",
    speaker: Annotated[str, typer.Option(help="A device, a file, browser (a page), or none.")] = "default",
    monitor: Annotated[str, typer.Option(help="A second device that plays the co-host, for the host's ears.")] = "none",
    guest: Annotated[
        list[str] | None,
        typer.Option(help="A device or file with another voice: it is not talked over. May be given again."),
    ] = None,
    session: Annotated[
        Path | None, typer.Option(help="The session's folder; a number is added when it is there.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="For console, prompter, overlay and API.")] = None,
    listen: Annotated[
        str, typer.Option(help="The pages' address; 0.0.0.0 for phones: then people sign in.")
    ] = "127.0.0.1",
    tls: Annotated[bool, typer.Option("--tls", help="Encrypts the pages with a certificate of its own.")] = False,
    tls_cert: Annotated[str, typer.Option(help="PEM certificate for the pages.")] = "",
    tls_key: Annotated[str, typer.Option(help="PEM key of the certificate.")] = "",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="A new session even where the last one was cut off and could go on.")
    ] = False,
    restart: Annotated[bool, typer.Option(help="Begin again by itself when it was killed or has crashed.")] = True,
    headless: Headless = False,
    fast: Fast = False,
) -> None:
    """A live session; the one that was cut off in the last quarter of an hour goes on."""
    if is_kept():
        die_with_keeper()
    elif restart and not fast:
        raise typer.Exit(keep([sys.executable, "-m", "livehost", *sys.argv[1:]]))
    from livehost.clock import local_now
    from livehost.keeping.removal import tidy_after
    from livehost.plan import Plan
    from livehost.review.report import report_after
    from livehost.session import hold
    from livehost.show.address import Address
    from livehost.show.own_certificate import own_certificate
    from livehost.weights import data_dir

    if tls and (tls_cert or tls_key):
        raise BadInput("--tls makes a certificate, --tls-cert gives one", fix="Leave one of them away")
    if tls:
        tls_cert, tls_key = own_certificate(data_dir(), listen, local_now())
    pages = None if port is None else Address(listen, port, tls_cert, tls_key)
    if pages and fast:
        raise BadInput("--fast has no pages: its clock is not ours", fix="Leave --port or --fast away")
    plan = Plan(
        creator, tuple(chat or ()), mic, speaker, session, headless, fast, pages, tuple(guest or ()), monitor, fresh
    )
    held = hold(plan)
    report = report_after(held.folder)
    tidy_after(held.folder, creator.resolve().name, held.kept, local_now())
    typer.echo(f"livehost: the session is in {held.folder}" + (f", its report {report}" if report else ""), err=True)


@app.command()
def demo(
    creator: Annotated[str, typer.Argument(help="anna (English) or xiaohe (Chinese).")] = "anna",
    out: Annotated[Path | None, typer.Option(help="Where the session's folder is made.")] = None,
    headless: Headless = False,
    fast: Fast = False,
    tools: Annotated[
        bool, typer.Option("--tools", help="Ask the example look-ups, too: a queue, a way, a course.")
    ] = False,
) -> None:
    """The whole loop on a bundled session, with the real models; ends with what was done."""
    from livehost.demonstration import demonstrate

    demonstrate(creator, out, headless=headless, fast=fast, tools=tools)
