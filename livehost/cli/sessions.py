"""Commands on recorded sessions: `livehost replay` and `livehost report`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from livehost.cli.base import AsJson, app, print_json
from livehost.errors import BadInput

Session = Annotated[Path, typer.Argument(metavar="SESSION", help="The session's folder.")]


@contextmanager
def reading(session: Path) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for a long recording; the function takes how far the reading got, in bytes."""
    from livehost.record.folder import EVENTS

    events = session / EVENTS
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading", total=events.stat().st_size if events.is_file() else None)
        yield lambda place: bar.update(task, completed=place)


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - the ways of replaying
    session: Session,
    creator: Annotated[
        Path | None, typer.Option("--with", metavar="CREATOR", help="What if this folder's knowledge had counted?")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="What if? Such as floor.pause_ms=500.")
    ] = None,
    accept: Annotated[
        Path | None, typer.Option(metavar="CASES", help="Appends the differences to a file for `livehost evaluate`.")
    ] = None,
    pick: Annotated[str, typer.Option(help="Which differences to accept: 1,3-5; all when not given.")] = "",
    ui: Annotated[bool, typer.Option("--ui", help="In the browser: time line, sound, why, what if.")] = False,
    port: Annotated[int, typer.Option(help="Of --ui; 0: a free one.")] = 0,
    as_json: AsJson = False,
) -> None:
    """The core over a recording's events; exit 1 when it does not give the same commands."""
    if ui:
        _watch(session, creator, settings or [], accept, port)
        return
    if creator or settings:
        _what_if(session, creator, settings or [], accept, pick, as_json=as_json)
        return
    if accept or pick:
        raise BadInput("there are no differences to accept", fix="Give --with CREATOR or --set KEY=VALUE")
    from livehost.replay import replay as replay_folder

    outcome = replay_folder(session)
    if as_json:
        print_json(outcome)
    else:
        typer.echo(_replay_words(outcome))
    raise typer.Exit(1 if outcome.failed else 0)


def _watch(session: Path, creator: Path | None, settings: list[str], accept: Path | None, port: int) -> None:
    from livehost.record.folder import read_header
    from livehost.review.watch import Watched, open_door, serve

    read_header(session)
    door, url = open_door(port)
    watched = Watched(session, creator, settings, accept or session / "accepted-cases.jsonl")

    def ready() -> None:
        sys.stderr.write(f"livehost: watch it at {url}/replay ; Ctrl-C ends\n")
        typer.launch(f"{url}/replay")

    serve(watched, door, ready)


def _what_if(  # noqa: PLR0913 - as above
    session: Path, creator: Path | None, settings: list[str], accept: Path | None, pick: str, *, as_json: bool
) -> None:
    from livehost.review.alternatives import chosen, in_words, other_knowledge
    from livehost.review.whatif import append_cases, what_if

    after, finds = other_knowledge(session, creator, settings)
    with reading(session) as passed:
        found = what_if(session, after, finds, passed)
    if as_json:
        print_json(found)
    else:
        typer.echo(in_words(found))
    if accept:
        count = append_cases(accept, chosen(found.differences, pick))
        sys.stderr.write(f"livehost: {count} cases appended to {accept}\n")


@app.command()
def audit(session: Session, as_json: AsJson = False) -> None:
    """Who did what in a session, and when."""
    from livehost.review.audit import audit as deeds_of
    from livehost.review.audit import in_words

    deeds = list(deeds_of(session))
    if as_json:
        print_json(deeds)
    elif deeds:
        typer.echo("\n".join(map(in_words, deeds)))
    else:
        sys.stderr.write("livehost: nobody did anything in this session\n")


@app.command()
def report(
    session: Session,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The page; report.html in the session's folder.")
    ] = None,
) -> None:
    """The session as one self-contained page, with JSON and CSV beside it."""
    from livehost.review.report import grouping, make_report

    with reading(session) as passed:
        written = make_report(session, grouping(), out, passed)
    typer.echo(f"{written.page}\n{written.figures}\n{written.questions}\n{written.form}")


def _replay_words(outcome: Any) -> str:
    counted = f"{outcome.events} events, {outcome.commands} commands"
    if outcome.identical:
        return "\n".join([f"identical: {counted}", *([_changed_words(outcome.changed)] if outcome.changed else [])])
    first = json.loads(msgspec.json.encode(outcome.first_difference))
    lines = [f"{outcome.differences} of the events lead elsewhere: {counted}"]
    if outcome.logic_version != outcome.recorded_logic_version:
        lines.append(
            f"recorded by logic version {outcome.recorded_logic_version}, replayed by {outcome.logic_version}: no fault"
        )
    if outcome.changed:
        lines.append(_changed_words(outcome.changed))
    lines.append(
        f"first at event {first['seq']}, {first['at_ms'] / 1000:.1f} s: {json.dumps(first['event'], ensure_ascii=False)}"
    )
    lines += [f"  {side}: {json.dumps(first[side], ensure_ascii=False)}" for side in ("recorded", "replayed")]
    return "\n".join(lines)


def _changed_words(changed: Any) -> str:
    before = {
        True: "it was identical before",
        False: "it was not identical before",
        None: "of another logic version before",
    }
    what = f"{changed.viewers} viewers were taken out" if changed.why == "forgotten" else "names were taken out"
    expected = f", {changed.differing} events differ by that" if changed.differing else ""
    return f"on {changed.at[:10]} {what}{expected}; {before[changed.verified]}"
