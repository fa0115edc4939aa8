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

Session = Annotated[Path, typer.Argument(metavar="SESSION", help="The session's folder.")]


@contextmanager
def reading(size_bytes: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for a long recording; the function takes how far the reading got, in bytes."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading", total=size_bytes)
        yield lambda place: bar.update(task, completed=place)


@app.command()
def replay(session: Session, as_json: AsJson = False) -> None:
    """The core over a recording's events; exit 1 when it does not give the same commands."""
    from livehost.replay import replay as replay_folder

    outcome = replay_folder(session)
    if as_json:
        print_json(outcome)
    else:
        typer.echo(_replay_words(outcome))
    raise typer.Exit(1 if outcome.failed else 0)


@app.command()
def report(
    session: Session,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The page; report.html in the session's folder.")
    ] = None,
) -> None:
    """The session as one self-contained page, with JSON and CSV beside it."""
    from livehost.record.folder import EVENTS
    from livehost.review.report import grouping, make_report

    events = session / EVENTS
    with reading(events.stat().st_size if events.is_file() else None) as passed:
        written = make_report(session, grouping(), out, passed)
    typer.echo(f"{written.page}\n{written.figures}\n{written.questions}\n{written.form}")


def _replay_words(outcome: Any) -> str:
    counted = f"{outcome.events} events, {outcome.commands} commands"
    if outcome.identical:
        return f"identical: {counted}"
    first = json.loads(msgspec.json.encode(outcome.first_difference))
    lines = [f"{outcome.differences} of the events lead elsewhere: {counted}"]
    if outcome.logic_version != outcome.recorded_logic_version:
        lines.append(
            f"recorded by logic version {outcome.recorded_logic_version}, replayed by {outcome.logic_version}: no fault"
        )
    lines.append(
        f"first at event {first['seq']}, {first['at_ms'] / 1000:.1f} s: {json.dumps(first['event'], ensure_ascii=False)}"
    )
    lines += [f"  {side}: {json.dumps(first[side], ensure_ascii=False)}" for side in ("recorded", "replayed")]
    return "\n".join(lines)
