"""Endpointing: where an utterance begins and ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livehost.hear.speech import FRAME_MS, Began, Ended, Endpointing, SpeechMachine

QUIET_DB, VOICE_DB = -65.0, -20.0


def heard(*runs: tuple[float, int], machine: SpeechMachine | None = None) -> list[Began | Ended]:
    """Runs of (probability, frames) → what happened."""
    machine = machine or SpeechMachine()
    happened = []
    at = 0
    for probability, frames in runs:
        for _ in range(frames):
            level = VOICE_DB if probability > 0.3 else QUIET_DB
            happened.append(machine.push(probability, level, at * FRAME_MS))
            at += 1
    happened.append(machine.finish())
    return [event for event in happened if event]


def test_speech_between_silence() -> None:
    assert heard((0.0, 10), (0.9, 20), (0.0, 30)) == [Began(320), Ended(320, 960)]


def test_what_may_be_a_voice_is_told_at_once_and_not_too_often() -> None:
    machine = SpeechMachine()
    for frame in range(100):
        machine.push(0.0, QUIET_DB, frame * FRAME_MS)
    stirred = []
    for frame in range(100, 130):
        loud = frame % 2  # a rattle
        machine.push(0.0, VOICE_DB if loud else QUIET_DB, frame * FRAME_MS)
        stirred.append(machine.stirred)
    assert stirred[:2] == [False, True] and sum(stirred) == 4
    assert machine.push(0.9, VOICE_DB, 130 * FRAME_MS) is None


def test_a_click_is_no_onset() -> None:
    assert heard((0.0, 10), (0.9, 1), (0.0, 30)) == []


def test_a_short_pause_is_no_end() -> None:
    assert heard((0.9, 10), (0.0, 8), (0.9, 10), (0.0, 30)) == [Began(0), Ended(0, 28 * FRAME_MS)]


def test_a_wavering_voice_goes_on() -> None:
    assert len(heard((0.9, 10), (0.4, 40), (0.0, 30))) == 2


def test_the_end_of_the_stream_ends_the_utterance() -> None:
    assert heard((0.9, 10)) == [Began(0), Ended(0, 320)]


def test_a_long_utterance_is_cut_before_the_recognisers_limit() -> None:
    ends = [event for event in heard((0.9, 2000)) if isinstance(event, Ended)]
    assert all(event.end_ms - event.start_ms <= Endpointing().longest_ms for event in ends)
    assert len(ends) == 3


def test_a_sleepy_vad_is_woken_by_the_level() -> None:
    machine = SpeechMachine()
    for frame in range(100):
        machine.push(0.0, QUIET_DB, frame * FRAME_MS)
    assert machine.push(0.15, VOICE_DB, 3200) is None
    assert machine.push(0.2, VOICE_DB, 3232) == Began(3200)


def test_noise_alone_wakes_nobody() -> None:
    machine = SpeechMachine()
    assert not any(machine.push(0.05, VOICE_DB, frame * FRAME_MS) for frame in range(200))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-120, 0)), max_size=400))
def test_began_and_ended_take_turns(frames: list[tuple[float, float]]) -> None:
    machine = SpeechMachine()
    happened = [machine.push(p, db, n * FRAME_MS) for n, (p, db) in enumerate(frames)]
    turns = [event for event in [*happened, machine.finish()] if event]
    assert all(isinstance(event, Began) == (n % 2 == 0) for n, event in enumerate(turns))
    assert len(turns) % 2 == 0
    for began, ended in zip(turns[::2], turns[1::2], strict=True):
        assert isinstance(began, Began) and isinstance(ended, Ended)
        assert began.start_ms == ended.start_ms <= ended.end_ms
