"""Those who watch a session for the creator's team: traces to a collector and the log; a trouble of theirs is theirs alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from livehost import events
from livehost.commands import Command
from livehost.errors import BadInput, MissingPart
from livehost.events import Envelope
from livehost.live import Watcher
from livehost.observe.entries import Entries, Entry
from livehost.observe.journal import Journal, line_of
from livehost.observe.otlp import are_wanted, collector
from livehost.observe.outbox import Outbox
from livehost.observe.spans import Span, Value
from livehost.observe.traces import Tracer
from livehost.plan import Begun
from livehost.record.folder import Header, read_header
from livehost.record.reader import steps
from livehost.settings import Creator

TRACES, LOG = "traces", "log"
_BATCH = 256
_SYSTEM: Mapping[str, str] = os.environ
Put = Callable[[events.Event], None]
Step = tuple[Envelope, Sequence[Command]]


class Watching:
    """Shows each step to the log and the collector that there are."""

    def __init__(self, tracer: Tracer, spans: Outbox[Span] | None, log: Outbox[Entry] | None) -> None:
        self._tracer = tracer
        self._entries = Entries()
        self._spans = spans
        self._log = log

    def saw(self, before: Sequence[Step]) -> None:
        """What went past in a process that is no more."""
        for envelope, wishes in before:
            self._entries.step(envelope, wishes, self._tracer.step(envelope, wishes))

    def __call__(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        spans = self._tracer.step(envelope, wishes)
        if self._spans:
            self._spans.put(spans)
        if self._log:
            self._log.put(self._entries.step(envelope, wishes, spans))


@contextmanager
def watching(
    begun: Begun, creator: Creator, put: Put, environment: Mapping[str, str] = _SYSTEM
) -> Iterator[list[Watcher]]:
    """`put` may be called from any thread."""
    with ExitStack() as opened:
        spans = _traced(begun, creator, put, environment, opened)
        log = _logged(begun, creator, put, opened) if creator.log.on else None
        if spans is None and log is None:
            yield []
            return
        shown = Watching(Tracer(words=creator.traces.words, began_epoch_ms=_epoch_ms(begun.header)), spans, log)
        if begun.restored:
            shown.saw(begun.restored.steps)
        yield [shown]


def _traced(
    begun: Begun, creator: Creator, put: Put, environment: Mapping[str, str], opened: ExitStack
) -> Outbox[Span] | None:
    endpoint = creator.traces.endpoint
    if not are_wanted(endpoint, environment):
        return None
    try:
        found = collector(endpoint, _about(begun.folder, begun.header), _epoch_ms(begun.header))
    except MissingPart as trouble:
        put(events.PartChanged(TRACES, "off", str(trouble)))
        return None
    spans = Outbox(found.send, partial(_tell, put, TRACES))
    opened.callback(found.close)
    opened.callback(spans.close)
    return spans


def _logged(begun: Begun, creator: Creator, put: Put, opened: ExitStack) -> Outbox[Entry]:
    header, began_at = begun.header, datetime.fromisoformat(begun.header.started_at)
    most_bytes = creator.log.most_mb * 1_000_000
    journal = Journal(begun.folder, began_at, personal=creator.log.personal, most_bytes=most_bytes)
    log = Outbox(journal.write, partial(_tell, put, LOG))
    opened.callback(log.close)
    seq, at_ms = (begun.restored.last.seq, begun.restored.now_ms) if begun.restored else (0, 0)
    versions: dict[str, Value] = {"livehost": header.livehost, "logic_version": header.logic_version}
    models = {f"model {name}": model for name, model in header.models.items()}
    log.put([Entry(seq, at_ms, "info", "process started", {**versions, **models})])
    return log


def _about(folder: Path, header: Header) -> dict[str, str]:
    return {"livehost.creator": header.creator, "livehost.session": folder.resolve().name}


def _epoch_ms(header: Header) -> int:
    return round(datetime.fromisoformat(header.started_at).timestamp() * 1000)


def recorded(folder: Path) -> Iterator[Step]:
    """A recording's steps as they were. Raises BadInput."""
    decode = msgspec.json.Decoder(Command).decode
    for step in steps(folder):
        try:
            yield step.envelope, [decode(wish) for wish in step.wishes]
        except msgspec.DecodeError as trouble:
            where = f"{folder}, seq {step.envelope.seq}"
            raise BadInput(f"a command that this livehost does not know: {trouble}", where=where) from None


def traces_of(folder: Path, *, words: bool) -> Iterator[Span]:
    """The traces of a recorded session, the same as while it ran. Raises BadInput."""
    tracer = Tracer(words=words, began_epoch_ms=_epoch_ms(read_header(folder)))
    for envelope, wishes in recorded(folder):
        yield from tracer.step(envelope, wishes)


def log_of(folder: Path, *, personal: bool) -> Iterator[bytes]:
    """The log of a recorded session, line by line. Raises BadInput."""
    began_at = datetime.fromisoformat(read_header(folder).started_at)
    tracer, entries = Tracer(), Entries()
    for envelope, wishes in recorded(folder):
        for entry in entries.step(envelope, wishes, tracer.step(envelope, wishes)):
            yield line_of(entry, began_at, personal=personal)


def send_traces(folder: Path, endpoint: str, *, words: bool) -> int:
    """How many spans a collector took. Raises BadInput, and MissingPart without the extra."""
    header = read_header(folder)
    if not are_wanted(endpoint, os.environ):
        raise BadInput("no collector is named", fix="Give --to http://127.0.0.1:4318, or OTEL_EXPORTER_OTLP_ENDPOINT")
    found = collector(endpoint, _about(folder, header), _epoch_ms(header))
    sent = 0
    for batch in _batches(traces_of(folder, words=words)):
        if not found.send(batch):
            raise BadInput("the collector does not take them", fix="Is it there, and is that its address for HTTP?")
        sent += len(batch)
    return sent


def _batches(spans: Iterator[Span]) -> Iterator[list[Span]]:
    while batch := [*islice(spans, _BATCH)]:
        yield batch


def _tell(put: Put, part: str, trouble: str) -> None:
    put(events.PartChanged(part, "degraded" if trouble else "ok", trouble))
