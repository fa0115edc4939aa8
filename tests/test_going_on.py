"""A session that was cut off goes on: whatever the moment, nothing is lost, sent or said twice, and the recording replays."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost import clock, commands, events
from livehost.commands import Command
from livehost.core import LOGIC_VERSION
from livehost.events import Envelope, Event
from livehost.inbox import Inbox
from livehost.record.folder import EVENTS, HOST_TRACK
from livehost.record.left import left
from livehost.record.log import EventLog
from livehost.record.pieces import joined, piece, pieces_of
from livehost.replay import replay
from livehost.resuming import Restored, restore
from tests.conftest import ROOT

NAMES = ("anna", "xiaohe")
RECORDINGS = ROOT / "tests" / "recordings"


def cut_off(tmp: Path, name: str, share: float) -> Path:
    """A kept recording of which only a part was written."""
    folder = tmp / "cut" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RECORDINGS / name, folder)
    whole = (folder / EVENTS).read_bytes()
    first = whole.index(b"\n") + 1
    (folder / EVENTS).write_bytes(whole[: first + int(share * (len(whole) - first))])
    return folder


class GoingOn:
    """The restored core, with hands that do all at once and well."""

    def __init__(self, folder: Path) -> None:
        self.restored: Restored = restore(folder)
        self.played: list[int] = []
        self.posted: list[int] = []
        self._log = EventLog(folder / EVENTS, lambda _: None, self.restored.good_bytes)
        self._log.write(*self.restored.steps[-1])
        self._seq, self._at_ms = self.restored.last.seq, self.restored.now_ms
        self._sounds: dict[int, int] = {}

    def run(self, steps_most: int = 400) -> None:
        waiting: list[Event] = [events.SessionResumed(self.restored.away_ms), *self.restored.outstanding.settled()]
        waiting += self._done(self.restored.outstanding.again)
        timers = {timer.timer: timer for timer in self.restored.outstanding.timers}
        for _ in range(steps_most):
            if not waiting and timers:
                due = min(timers.values(), key=lambda timer: timer.at_ms)
                del timers[due.timer]
                self._at_ms = max(self._at_ms, due.at_ms)
                waiting.append(events.Woke(due.timer, due.at_ms))
            if not waiting:
                break
            self._seq += 1
            envelope = Envelope(self._seq, self._at_ms, waiting.pop(0))
            wishes = self.restored.core.step(envelope)
            self._log.write(envelope, wishes)
            assert not [wish for wish in wishes if isinstance(wish, commands.ShowFault)]
            timers.update({wish.timer: wish for wish in wishes if isinstance(wish, commands.WakeAt)})
            waiting += self._done(wishes)
        self._log.close()

    def _done(self, wishes: list[Command]) -> list[Event]:
        came: list[Event] = []
        for wish in wishes:
            match wish:
                case commands.Match():
                    came.append(events.Matched(wish.query, ()))
                case commands.Synthesise():
                    came.append(events.SpeechReady(wish.utterance, wish.clause, 1000, 1))
                case commands.Play():
                    self.played.append(wish.utterance)
                    came += [events.PlaybackStarted(wish.utterance), events.PlaybackFinished(wish.utterance, 1000)]
                case commands.Post():
                    self.posted.append(wish.post)
                    came.append(events.Posted(wish.post))
        return came


def heard(restored: Restored) -> set[int]:
    """Items of which something was heard already, whatever became of them."""
    items: dict[int, int] = {}
    begun: set[int] = set()
    speaking = 0
    for envelope, wishes in restored.steps:
        for wish in wishes:
            if isinstance(wish, commands.Play):
                items[wish.utterance] = 0
            elif isinstance(wish, commands.ShowItem) and wish.state == "speaking":
                speaking = wish.item
                items = {number: item or speaking for number, item in items.items()}
        if isinstance(envelope.event, events.PlaybackStarted):
            begun = {envelope.event.utterance}
        elif isinstance(envelope.event, events.PlaybackFinished | events.PlaybackCut):
            begun = set()
    return {items[number] for number in begun if number in items}


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(NAMES), st.floats(0, 0.999))
def test_cut_off_at_any_byte_it_goes_on_and_replays(
    tmp_path_factory: pytest.TempPathFactory, name: str, share: float
) -> None:
    folder = cut_off(tmp_path_factory.mktemp("going"), name, share)
    going = GoingOn(folder)
    before = {
        wish.utterance for _, wishes in going.restored.steps for wish in wishes if isinstance(wish, commands.Play)
    }
    posts = {wish.post for _, wishes in going.restored.steps for wish in wishes if isinstance(wish, commands.Post)}
    going.run()
    assert not before & set(going.played) and not posts & set(going.posted)
    verified = replay(folder)
    assert verified.identical and verified.events > len(going.restored.steps)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(NAMES), st.floats(0, 0.999))
def test_what_was_being_said_when_it_was_cut_off_is_not_said_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, share: float
) -> None:
    going = GoingOn(cut_off(tmp_path_factory.mktemp("heard"), name, share))
    being_said = heard(going.restored)
    shown: list[commands.ShowItem] = []
    step = going.restored.core.step

    def watched(envelope: Envelope) -> list[Command]:
        wishes = step(envelope)
        shown.extend(wish for wish in wishes if isinstance(wish, commands.ShowItem))
        return wishes

    going.restored.core.step = watched  # type: ignore[method-assign]
    going.run()
    assert not being_said & {item.item for item in shown if item.state == "speaking"}


def test_the_room_is_as_it_was(tmp_path: Path) -> None:
    folder = cut_off(tmp_path, "anna", 0.6)
    log = (folder / EVENTS).read_bytes()
    (folder / EVENTS).write_bytes(log[: log.rindex(b'{"seq"')])  # whole lines
    restored = restore(folder)
    seq, at_ms = restored.last.seq, restored.last.at_ms
    writer = EventLog(folder / EVENTS, lambda _: None, restored.good_bytes)
    writer.write(*restored.steps[-1])
    for deed in (events.Acted("mode", "Mo", text="quiet"), events.Acted("mute", "Mo"), events.Acted("pause", "Mo")):
        seq += 1
        envelope = Envelope(seq, at_ms, deed)
        wishes = restored.core.step(envelope)
        restored.view.apply(envelope, wishes)
        writer.write(envelope, wishes)
    writer.close()

    again = restore(folder)

    assert (again.view.mode, again.view.muted, again.view.paused) == ("quiet", True, True)
    assert again.outstanding.gate_closed
    assert again.view.items == restored.view.items and again.view.wanted == restored.view.wanted
    assert again.last == envelope


def test_an_edit_made_meanwhile_is_learned_and_lines_that_came_are_known(tmp_path: Path) -> None:
    restored = restore(cut_off(tmp_path, "anna", 0.9))
    line = next(e.event for e, _ in restored.steps if isinstance(e.event, events.ChatReceived) and e.event.line.id)
    from msgspec.structs import replace

    fewer = replace(restored.knowledge, faqs=restored.knowledge.faqs[1:])
    learned = [event for event in restored.first(fewer) if isinstance(event, events.KnowledgeChanged)]
    assert learned[0].change.faqs_gone == (restored.knowledge.faqs[0].id,)
    assert not [e for e in restored.first(restored.knowledge) if isinstance(e, events.KnowledgeChanged)]

    async def put() -> int:
        import asyncio

        inbox = Inbox(clock.SessionClock(asyncio.get_running_loop()), restored.last.seq, restored.has)
        inbox.put(line)
        assert inbox.empty
        inbox.put(replace(line, line=replace(line.line, id="new")))
        return (await inbox.get()).seq

    assert clock.run(put()) == restored.last.seq + 1


def test_only_what_was_cut_off_a_moment_ago_by_the_same_creator_goes_on(tmp_path: Path) -> None:
    folder = cut_off(tmp_path, "anna", 0.5)
    found = left([folder], "anna", LOGIC_VERSION)
    assert found and found[0] == folder
    assert left([folder], "anna", LOGIC_VERSION) is None, "another process has it"
    found[2].close()
    assert left([folder], "xiaohe", LOGIC_VERSION) is None
    assert left([folder], "anna", LOGIC_VERSION + 1) is None
    shutil.copytree(RECORDINGS / "anna", folder.with_name("anna-2"))
    (folder.with_name("anna-2") / EVENTS).touch()
    assert left([folder], "anna", LOGIC_VERSION) is None, "the latest has ended"
    shutil.rmtree(folder.with_name("anna-2"))
    long_ago = (folder / EVENTS).stat().st_mtime - 3600
    os.utime(folder / EVENTS, (long_ago, long_ago))
    assert left([folder], "anna", LOGIC_VERSION) is None


def test_sound_in_pieces_is_one_file_again(tmp_path: Path) -> None:
    rate, track = 16000, tmp_path / HOST_TRACK
    for from_ms, level in ((0, 0.1), (4000, 0.3)):
        tone = level * np.sin(np.arange(2 * rate) * 0.2)
        soundfile.write(piece(track, from_ms), tone, rate, format="OGG", subtype="OPUS")
    whole = track.read_bytes()
    track.write_bytes(whole[: len(whole) - 200])  # cut off while it was written
    assert [moment for moment, _ in pieces_of(track)] == [4000]

    joined(track, rate, "host", None)

    sound, _ = soundfile.read(track)
    assert not pieces_of(track) and len(sound) == 6 * rate
    loud = [float(np.abs(sound[second * rate + 4000 : second * rate + 12000]).mean()) for second in range(6)]
    assert loud[0] > 0.03 and loud[2] < 0.01 and loud[3] < 0.01 and loud[4] > 3 * loud[0] / 1.5


def test_what_was_handed_over_is_written_before_it_is_told_so(tmp_path: Path) -> None:
    log = EventLog(tmp_path / EVENTS, lambda _: None)
    log.write(Envelope(1, 0, events.Woke("turn", 0)), [commands.Play(1, 1)])
    log.written().result(10)
    assert (tmp_path / EVENTS).read_bytes().count(b"\n") == 2
    log.close()
