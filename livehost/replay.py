"""The core over a recording's events: the same commands, byte for byte, or the first that differs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from livehost.commands import Command
from livehost.core import LOGIC_VERSION, Core
from livehost.record.folder import Changed, read_header, read_knowledge
from livehost.record.reader import Step, steps


class Difference(msgspec.Struct, frozen=True):
    """Where replay and recording part: the event, and the command of each at that place (null: none)."""

    seq: int
    at_ms: int
    event: msgspec.Raw
    recorded: msgspec.Raw | None
    replayed: msgspec.Raw | None


class Replayed(msgspec.Struct, frozen=True):
    """CONTRACTS.md: the outcome of `livehost replay`."""

    events: int
    commands: int
    identical: bool
    first_difference: Difference | None
    differences: int
    logic_version: int
    recorded_logic_version: int
    changed: Changed | None = None  # what was taken out of it afterwards

    @property
    def failed(self) -> bool:
        """Differences are expected of a recording that another logic version made, and as many as its header tells of one
        that viewers were taken out of."""
        told = self.changed.differing if self.changed else 0
        return self.differences > told and self.logic_version == self.recorded_logic_version


def replay(folder: Path) -> Replayed:
    """Raises BadInput where the folder holds no readable recording."""
    header = read_header(folder)
    core = Core(read_knowledge(folder))
    event_count = command_count = different = 0
    first: Difference | None = None
    last: tuple[Step, list[bytes]] | None = None
    for step in steps(folder):
        if last and (found := _difference(*last)):
            different += 1
            first = first or found
        replayed = [_encoded(command) for command in core.step(step.envelope)]
        event_count += 1
        command_count += len(replayed)
        last = (step, replayed)
    if last:
        # The last event may have lost commands when the recording was torn: what is there must agree.
        step, replayed = last
        if found := _difference(step, replayed[: len(step.wishes)]):
            different += 1
            first = first or found
    return Replayed(
        events=event_count,
        commands=command_count,
        identical=different == 0,
        first_difference=first,
        differences=different,
        logic_version=LOGIC_VERSION,
        recorded_logic_version=header.logic_version,
        changed=header.changed,
    )


def _difference(step: Step, replayed: list[bytes]) -> Difference | None:
    if list(step.wishes) == replayed:
        return None
    longest = max(len(step.wishes), len(replayed))
    for place in range(longest):
        recorded = step.wishes[place] if place < len(step.wishes) else None
        ours = replayed[place] if place < len(replayed) else None
        if recorded != ours:
            break
    return Difference(
        seq=step.envelope.seq,
        at_ms=step.envelope.at_ms,
        event=msgspec.Raw(msgspec.json.encode(step.envelope.event)),
        recorded=msgspec.Raw(recorded) if recorded is not None else None,
        replayed=msgspec.Raw(ours) if ours is not None else None,
    )


def _encoded(command: Command) -> bytes:
    return msgspec.json.encode(command)
