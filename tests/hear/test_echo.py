"""What is our own: the reference, what is left of it, and the words that came back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost import clock, commands, events
from livehost.events import Envelope
from livehost.hear.echo import Leak, Reference, WebRtc, WithoutEcho
from livehost.hear.own import OwnWords, foreign
from livehost.sound import FRAME, HEARD_RATE, SPOKEN_RATE, Samples
from livehost.steady import Steady

WATERPROOF = "Yes, the Ridge Jacket is fully waterproof and windproof."
SEAMS = "是的，这件夹克是防水的，接缝都压了胶。"


@pytest.mark.parametrize(
    ("heard", "ours", "hosts"),
    [
        ("Yes, the rich jacket is fully water proof and wind brew", WATERPROOF, ""),
        ("is fully waterproof", WATERPROOF, ""),
        ("It costs one hundred and twenty nine dollars right now", "It costs $129 right now.", ""),
        ("我们四十八小时之内发获", "我们48小时之内发货。", ""),
        ("是得这件夹克是防水的", SEAMS, ""),
        ("stop", WATERPROOF, "stop"),
        ("Pip, stop.", WATERPROOF, "Pip, stop."),
        ("step", "Stop.", "step"),
        ("停", "停货了", ""),
        ("停", SEAMS, "停"),
        ("Yes, the rich jacket is Pip stop", WATERPROOF, "Pip stop"),
        ("是的这件夹克等一下是防水的接缝", SEAMS, "等一下"),
        ("I like it, and by the way the new one comes on Friday", WATERPROOF,
         "I like it, and by the way the new one comes on Friday"),
        ("", WATERPROOF, ""),
    ],
)  # fmt: skip
def test_our_words_go_and_the_hosts_stay(heard: str, ours: str, hosts: str) -> None:
    assert foreign(heard, ours) == hosts


def test_a_real_answer_is_no_echo_of_another(demo_name: str) -> None:
    """Of all pairs of a shop's answers hardly any is taken for the other, and none for itself."""
    from livehost.creators import load
    from tests.conftest import DEMO

    answers = [faq.answer for faq in load(DEMO / "creators" / demo_name).faqs[:24]]
    mistaken = sum(not foreign(one, other) for one in answers for other in answers if one != other)
    assert mistaken <= 4
    assert not any(foreign(answer, answer) for answer in answers)


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_what_was_heard_is_left(heard: str, ours: str) -> None:
    left = foreign(heard, ours)
    assert set(left) - set(heard) <= {" "}


def test_words_are_ours_only_while_they_sound() -> None:
    own = OwnWords()
    own.step(Envelope(1, 0, events.SessionStarted("a", "polite", 1)), [commands.Synthesise(1, 0, WATERPROOF, "en")])
    own.step(Envelope(2, 5000, events.PlaybackStarted(1)), [])
    own.step(Envelope(3, 8000, events.PlaybackFinished(1, 3000)), [])
    assert own.without(WATERPROOF, 5100, 8200) == ""
    assert own.without(WATERPROOF, 1000, 4000) == WATERPROOF
    assert own.without(WATERPROOF, 9500, 12_000) == WATERPROOF, "the host repeats it"


def test_what_whisper_invents_while_we_sound_is_not_the_hosts() -> None:
    own = OwnWords()
    own.step(Envelope(1, 0, events.SessionStarted("a", "polite", 1)), [commands.Synthesise(1, 0, WATERPROOF, "en")])
    own.step(Envelope(2, 5000, events.PlaybackStarted(1)), [])
    assert own.without("Thanks a lot.", 5100, 6000) == ""
    assert own.without("谢谢大家。", 5100, 6000) == ""
    assert own.without("Thanks, but wait.", 5100, 6000) == "Thanks, but wait."
    assert own.without("Thanks a lot.", 1000, 2000) == "Thanks a lot.", "nothing of ours sounds"


# --- sound


def tone(seconds: float, rate: int = SPOKEN_RATE) -> Samples:
    return (0.3 * np.sin(np.arange(round(seconds * rate)) / 9)).astype(np.float32)


def test_the_reference_knows_what_was_played_when() -> None:
    reference = Reference()
    for block in range(100):
        loud = 40 <= block < 60
        reference.tap(block * 10.0, tone(0.01) if loud else np.zeros(240, dtype=np.float32))
    assert not reference.between(350, 160).any()
    assert np.abs(reference.between(450, 160)).max() > 0.2
    assert not reference.between(700, 160).any()
    assert not reference.between(5000, 160).any(), "what is not yet known is silence"
    assert reference.sounds_at(450) and reference.sounds_at(1500) and not reference.sounds_at(2000)


class Air:
    """A microphone in front of the loudspeaker: `played` comes back 60 ms later; `host` is said into it."""

    def __init__(self, played: Samples, host: Samples) -> None:
        heard = np.concatenate([np.zeros(960, dtype=np.float32), 0.4 * played])[: len(played)] + host
        self.heard = heard.astype(np.float32)

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        for at in range(0, len(self.heard) - FRAME, FRAME):
            yield at * 1000 / HEARD_RATE, self.heard[at : at + FRAME]


class Perfect:
    """Takes all away while we are heard."""

    def clean(self, near: Samples, far: Samples) -> Samples:
        return np.zeros_like(near)


def test_frames_keep_their_samples_and_their_moment() -> None:
    host = tone(1, HEARD_RATE)

    async def listen() -> list[tuple[float, Samples]]:
        source = Air(np.zeros_like(host), host)
        return [pair async for pair in WithoutEcho(source, Reference(), Perfect()).frames()]

    frames = clock.run(listen(), virtual=True)
    passed = np.concatenate([frame for _, frame in frames])
    assert frames[1][0] == 32 - 8 and len(frames[1][1]) == FRAME
    assert np.array_equal(passed[128:], host[: len(passed) - 128])


def words(seconds: float, seed: int) -> Samples:
    """Noise in syllables, at 16 kHz."""
    rng = np.random.default_rng(seed)
    count = round(seconds * HEARD_RATE)
    syllables = np.repeat(rng.uniform(0, 1, count // 2400 + 1) ** 2, 2400)[:count]
    return (0.3 * rng.normal(0, 1, count) * syllables).astype(np.float32)


def test_a_leak_follows_what_was_played_and_the_host_does_not() -> None:
    ours, hosts = words(6, 1), words(6, 2)
    late = np.concatenate([np.zeros(1600, dtype=np.float32), 0.1 * ours])
    leaking, clean, headphones = Leak(), Leak(), Leak()
    for at in range(0, len(ours) - 160, 160):
        far = ours[at : at + 160]
        leaking.note(far, late[at : at + 160])
        clean.note(far, np.zeros(160, dtype=np.float32))
        headphones.note(far, hosts[at : at + 160])
        if at == 16_000:
            assert leaking.goes_on and clean.goes_on, "nobody knows yet"
    assert (leaking.goes_on, clean.goes_on, headphones.goes_on) == (True, False, False)


@pytest.mark.models
def test_the_real_canceller_leaves_the_host_alone() -> None:
    ours, hosts = words(8, 1), words(8, 2)
    hosts[: 6 * HEARD_RATE] = 0
    reference = Reference()
    import soxr

    played = soxr.resample(ours, HEARD_RATE, SPOKEN_RATE)

    async def listen() -> Samples:
        passed = []
        at = 0
        async for _, frame in WithoutEcho(Air(ours, hosts), reference, WebRtc()).frames():
            for _ in range(4):  # the player is ahead
                reference.tap(at * 1000 / SPOKEN_RATE, played[at : at + 240].astype(np.float32))
                at += 240
            passed.append(frame)
        return np.concatenate(passed)

    passed = clock.run(listen(), virtual=True)
    echo = float(np.sqrt(np.square(passed[4 * HEARD_RATE : 6 * HEARD_RATE]).mean()))
    host = float(np.sqrt(np.square(passed[6 * HEARD_RATE :]).mean()))
    assert echo < 0.004, "next to nothing of ours"
    assert host > 0.05, "the host's own"


# --- stamps


@given(st.lists(st.integers(0, 60), min_size=300, max_size=300), st.sampled_from([-200, 0, 200]))
def test_stamps_follow_a_drifting_microphone_for_hours(delays: list[int], ppm: int) -> None:
    steady = Steady(HEARD_RATE, "heard")
    true_ms = stamp = 0.0
    for hour in range(3):
        for delay in delays:
            true_ms += 320 * (1 + ppm / 1e6)  # ten frames
            stamp = steady.stamp(10 * FRAME, true_ms - 320 + delay)
        if hour:
            assert abs(stamp - (true_ms - 320)) < 70


def test_a_played_block_is_stamped_no_earlier_than_it_was_asked_for() -> None:
    steady = Steady(SPOKEN_RATE, "played")
    asked = [0, 0, 0, 30, 30, 30, 60, 60, 60]
    assert [steady.stamp(240, at) for at in asked] == [0, 10, 20, 30, 40, 50, 60, 70, 80]
    assert steady.stamp(240, 500) == 500, "the output was interrupted"
