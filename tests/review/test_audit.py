"""Who did what, out of a recording."""

from __future__ import annotations

from pathlib import Path

from livehost import commands, events
from livehost.creators import digest
from livehost.decision import Decision
from livehost.events import Envelope
from livehost.record.folder import EVENTS, FORMAT, Header, write_header
from livehost.record.log import encode
from livehost.review.audit import audit, in_words
from tests.story import shop


def test_each_deed_has_a_name_a_time_and_what_it_was_about(tmp_path: Path) -> None:
    write_header(tmp_path, Header(FORMAT, 1, "0", "anna", "2026-11-25T20:00:00.000+01:00", 1, digest(shop())), shop())
    decision = Decision("do you ship\u202e to Canada?", "en", "routine", "hold", 0.9)
    steps: list[tuple[events.Event, list[commands.Command]]] = [
        (events.Woke("x", 0), [commands.ShowItem(3, "held", "Yes.", 1), commands.ShowDecision("7", 3, decision)]),
        (events.Acted("approve", "Mo", 3, "Yes, 5 days."), []),
        (events.HostSaid(1, "Pip, stop", "en", 0, 1, 1), [commands.ShowActed("stop", "Anna (voice)")]),
    ]
    lines = [encode(Envelope(n, 61_000 * n, event), wishes) for n, (event, wishes) in enumerate(steps, 1)]
    (tmp_path / EVENTS).write_bytes(b"".join(lines))
    deeds = list(audit(tmp_path))
    assert [(d.who, d.action, d.item, d.about, d.by) for d in deeds] == [
        ("Mo", "approve", 3, "do you ship to Canada?", "person"),
        ("Anna (voice)", "stop", 0, "", "chat or voice"),
    ]
    assert in_words(deeds[0]) == "2026-11-25 20:02:02  Mo  approve 3 (do you ship to Canada?): Yes, 5 days."
