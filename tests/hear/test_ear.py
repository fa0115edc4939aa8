"""The ear on virtual time: a scripted recogniser, real endpointing, sound made of tone and silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livehost import clock
from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.events import Event, HostPartial, HostSaid, HostStarted, HostStirred, HostStopped, PartChanged
from livehost.hear.audio_file import AudioFile, framed, pieces, read_all
from livehost.hear.ear import Ear
from livehost.hear.recogniser import Recogniser
from livehost.sound import FRAME, HEARD_RATE, Samples
from livehost.workers import Drafter, Transcript, Worker


class ToneVad:
    """A frame with sound in it is a voice."""

    def probability(self, frame: Samples) -> float:
        return float(np.abs(frame).max() > 0.05)


class ScriptedTranscriber:
    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.received: list[int] = []
        self.stable: list[str] = []

    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        self.received.append(len(audio))
        self.stable.append(stable)
        text = self.texts.pop(0)
        if text == "fail":
            raise RuntimeError("out of memory")
        if text == "odd":
            raise KeyError("token")
        return Transcript(text, "en")


class Sound:
    """(seconds, loud) runs at real pace."""

    def __init__(self, session_clock: SessionClock, *runs: tuple[float, bool], then: Exception | None = None) -> None:
        parts = [np.full(round(seconds * HEARD_RATE), 0.3 * loud, dtype=np.float32) for seconds, loud in runs]
        self._sound = np.concatenate(parts)
        self._clock = session_clock
        self._then = then

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        for number, frame in enumerate(framed(iter([self._sound]))):
            await self._clock.sleep_until_ms((number + 1) * 32)
            yield number * 32.0, frame
        if self._then:
            raise self._then


class ScriptedDrafter:
    """Hears a word more each time."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.received: list[str] = []

    def draft(self, audio: Samples, language: str | None, stable: str) -> Transcript:
        self.received.append(stable)
        return Transcript(" ".join(self.words[: len(self.received) + 1]), "en")


class Both(ScriptedTranscriber):
    """Drafts and writes the final text, as Whisper does."""

    def __init__(self, *texts: str) -> None:
        super().__init__(*texts)
        self.drafted: list[int] = []

    def draft(self, audio: Samples, language: str | None, stable: str) -> Transcript:
        self.drafted.append(len(audio))
        return Transcript("one two three", "en")


def listen(
    transcriber: ScriptedTranscriber,
    *runs: tuple[float, bool],
    then: Exception | None = None,
    drafter: Drafter | None = None,
) -> list[Event]:
    happened: list[Event] = []

    async def session() -> None:
        session_clock = SessionClock(asyncio.get_running_loop())
        source = Sound(session_clock, *runs, then=then)
        recogniser = Recogniser(transcriber, Worker("hearing", session_clock), drafter)
        ear = Ear(source, ToneVad(), recogniser, lambda _at, _sound: None)
        try:
            await ear.run(happened.append)
        except OSError:
            happened.append(PartChanged("hearing", "lost"))

    clock.run(session(), virtual=True)
    return happened


def test_two_utterances_are_heard_in_order() -> None:
    transcriber = ScriptedTranscriber("one", "two")
    happened = listen(transcriber, (1, False), (2, True), (1, False), (1, True), (1, False))
    assert [type(event) for event in happened] == [HostStirred, HostStarted, HostStopped, HostSaid] * 2
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["one", "two"]
    assert happened[1] == HostStarted(1, 992)
    assert transcriber.received[0] > 2.3 * HEARD_RATE, "the first syllable's run-up is heard, too"


def test_a_failing_recogniser_costs_the_text_and_is_told() -> None:
    happened = listen(ScriptedTranscriber("fail", "two"), (1, True), (1, False), (1, True), (1, False))
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["", "two"]
    assert any(isinstance(event, PartChanged) and event.part == "recognition" for event in happened)


def test_an_unexpected_failure_of_the_recogniser_costs_one_text_alone() -> None:
    happened = listen(ScriptedTranscriber("odd", "two"), (1, True), (1, False), (1, True), (1, False))
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["", "two"]


def test_a_lost_source_ends_what_was_being_said() -> None:
    happened = listen(ScriptedTranscriber("one"), (1, False), (1, True), then=OSError("unplugged"))
    assert [type(event) for event in happened[:4]] == [HostStirred, HostStarted, HostStopped, PartChanged]
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["one"], "no text is lost with it"


def test_any_rate_and_channels_come_out_as_16_khz_mono(tmp_path: Path) -> None:
    stereo = np.stack([np.sin(np.arange(44_100) / 20), np.zeros(44_100)], axis=1).astype(np.float32)
    soundfile.write(tmp_path / "s.wav", stereo, 44_100)
    assert abs(len(read_all(tmp_path / "s.wav")) - HEARD_RATE) < 5


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("notes.txt", b"this is no sound at all\n" * 50, "no sound"),
        ("empty.wav", b"", "no sound"),
        ("cut.wav", b"RIFF\x24\x00\x00\x00WAVE", "no sound"),
    ],
)
def test_what_is_no_sound_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=told) as caught:
        read_all(path)
    assert caught.value.where == str(path) and caught.value.fix


@pytest.mark.parametrize("ending", ["wav", "flac", "aiff", "mp3"])
def test_a_file_that_is_cut_off_is_told_when_opened(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"half.{ending}"
    tone = 0.3 * np.sin(np.arange(10 * HEARD_RATE) / 20)
    soundfile.write(path, tone, HEARD_RATE)
    assert abs(len(read_all(path)) - 10 * HEARD_RATE) < HEARD_RATE // 4
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadInput, match="cut off"):
        pieces(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        read_all(tmp_path / "none.wav")
    with pytest.raises(BadInput, match="this is a folder"):
        read_all(tmp_path)


def test_a_huge_file_is_read_piece_by_piece(tmp_path: Path) -> None:
    """A sparse WAV of 2 GB: opening it and hearing its first second takes next to no memory."""
    import struct
    import tracemalloc

    path = tmp_path / "huge.wav"
    size = 2_000_000_000
    head = (
        b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    )
    with path.open("wb") as file:
        file.write(head + b"data" + struct.pack("<I", size))
        file.truncate(44 + size)

    async def first_second() -> int:
        source = AudioFile(path, SessionClock(asyncio.get_running_loop()))
        heard = 0
        async for _, frame in source.frames():
            heard += len(frame)
            if heard >= HEARD_RATE:
                break
        return heard

    tracemalloc.start()
    assert clock.run(first_second(), virtual=True) >= HEARD_RATE
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert FRAME == 512


def test_text_begun_in_a_silence_is_thrown_away_when_the_voice_goes_on() -> None:
    transcriber = ScriptedTranscriber("half", "the whole of it")
    happened = listen(transcriber, (0.5, False), (1, True), (0.35, False), (1, True), (1, False))
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["the whole of it"]
    assert len(transcriber.received) == 2
    assert transcriber.received[1] > transcriber.received[0] + HEARD_RATE


def test_text_is_begun_once_when_the_silence_lasts() -> None:
    transcriber = ScriptedTranscriber("once")
    happened = listen(transcriber, (0.5, False), (1, True), (2, False))
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["once"]
    assert len(transcriber.received) == 1


def test_a_failure_of_text_begun_early_costs_that_utterance() -> None:
    transcriber = ScriptedTranscriber("fail", "next")
    happened = listen(transcriber, (0.5, False), (1, True), (1, False), (1, True), (1, False))
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["", "next"]


def test_words_so_far_are_told_and_the_final_text_is_sought_behind_them() -> None:
    transcriber, drafter = (
        ScriptedTranscriber("one two three four"),
        ScriptedDrafter("one", "two", "three", "four", "five"),
    )
    happened = listen(transcriber, (0.5, False), (3.5, True), (1, False), drafter=drafter)
    partials = [event.text for event in happened if isinstance(event, HostPartial)]
    assert partials == ["one two", "one two three", "one two three four"][: len(partials)] and len(partials) >= 2
    assert drafter.received[2] == "one two"
    assert transcriber.stable == [partials[-1]]
    assert [type(event) for event in happened][-2:] == [HostStopped, HostSaid]


def test_text_that_was_begun_too_early_is_one_more_pass() -> None:
    transcriber = ScriptedTranscriber("one two three four", "one two three four five")
    happened = listen(
        transcriber,
        (0.5, False),
        (2, True),
        (0.35, False),
        (0.6, True),
        (1, False),
        drafter=ScriptedDrafter("one", "two", "three"),
    )
    assert transcriber.stable == ["one two", "one two three"], "a draft and the try agreed on one more word"
    assert [event.text for event in happened if isinstance(event, HostPartial)] == ["one two", "one two three"]


def test_a_slow_machine_drafts_rarely() -> None:
    """Drafts keep to a third of the time."""

    class Slow(ScriptedDrafter):
        def draft(self, audio: Samples, language: str | None, stable: str) -> Transcript:
            clock.pause(0.25)
            return super().draft(audio, language, stable)

    drafter = Slow("one")
    listen(ScriptedTranscriber("one"), (0.5, False), (4, True), (1, False), drafter=drafter)
    assert len(drafter.received) <= 4


def test_a_pause_is_drafted_once_and_the_final_pass_gets_the_very_same_sound() -> None:
    both = Both("the text")
    happened = listen(both, (0.5, False), (0.8, True), (1, False), drafter=both)
    assert [event.text for event in happened if isinstance(event, HostSaid)] == ["the text"]
    assert both.drafted == both.received and len(both.drafted) == 1


def test_a_sound_that_is_heard_twice_does_not_agree_with_itself() -> None:
    both = Both("one two three")
    happened = listen(both, (0.5, False), (0.8, True), (0.35, False), (0.1, True), (0.3, False), drafter=both)
    assert not [event for event in happened if isinstance(event, HostPartial)]


def test_pauses_in_quick_succession_are_not_all_drafted() -> None:
    both = Both("the text")
    listen(both, (0.5, False), *[(0.1, True), (0.16, False)] * 10, (1, False), drafter=both)
    assert len(both.drafted) <= 5
