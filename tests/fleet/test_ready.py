"""Who is ready, and what is in the way of the others."""

from __future__ import annotations

import datetime
from pathlib import Path

from livehost.fleet.ready import readiness
from livehost.fleet.settings import FleetFile, RoomOf
from tests.conftest import DEMO

TODAY = datetime.date(2026, 11, 27)
ANNA = str(DEMO / "creators" / "anna")
CHAT = f"file:{DEMO / 'sessions' / 'anna' / 'chat.jsonl'}"


def faults_of(room: RoomOf, tokens: tuple[str, ...] = ()) -> str:
    [found] = readiness(FleetFile(room=(room,)), TODAY, lambda name: name if name in tokens else "")
    return "; ".join(found.faults)


def test_a_room_that_is_ready_tells_what_it_has() -> None:
    [found] = readiness(FleetFile(room=(RoomOf("anna", ANNA, chat=(CHAT,)),)), TODAY, lambda _: "")
    assert found.faults == () and found.faqs > 5 and found.products > 3 and found.voice


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    assert "neither a chat nor a microphone" in faults_of(RoomOf("a", ANNA))
    assert "no such file" in faults_of(RoomOf("a", ANNA, chat=("file:/nowhere.jsonl",)))
    assert "'smoke:signals' is no chat" in faults_of(RoomOf("a", ANNA, chat=("smoke:signals",)))
    assert "no such creator's folder" in faults_of(RoomOf("a", str(tmp_path / "none"), chat=(CHAT,)))
    assert "livehost login" in faults_of(RoomOf("a", ANNA, chat=("youtube:abc",)))
    (tmp_path / "creator.toml").write_text('name = "X"\nvoice = "nobodys"\n', "utf-8")
    told = faults_of(RoomOf("a", str(tmp_path), chat=(CHAT,)))
    assert "there is no voice 'nobodys'" in told and "neither faq.csv nor products.csv" in told
