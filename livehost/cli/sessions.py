"""Commands on recorded sessions: `livehost replay`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from livehost.cli.base import AsJson, app, print_json


@app.command()
def replay(session: Annotated[Path, typer.Argument(metavar="SESSION")], as_json: AsJson = False) -> None:
    """The core over a recording's events; exit 1 when it does not give the same commands."""
    from livehost.replay import replay as replay_folder

    outcome = replay_folder(session)
    if as_json:
        print_json(outcome)
    else:
        typer.echo(_replay_words(outcome))
    raise typer.Exit(1 if outcome.failed else 0)


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
