"""The gate and the queue of the sound going out."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from livehost.sound import Piece, Samples
from livehost.speak.player import Happened, Player

BLOCK = 480


def tone(value: float, blocks: float) -> Samples:
    return np.full(round(blocks * BLOCK), value, dtype=np.float32)


class Heard:
    def __init__(self) -> None:
        self.told: list[tuple[Happened, int, int]] = []

    def __call__(self, what: Happened, utterance: int, heard_ms: int) -> None:
        self.told.append((what, utterance, heard_ms))


def test_clauses_join_without_a_hole() -> None:
    heard = Heard()
    player = Player(heard)
    player.load(1, 0, Piece(tone(0.5, 1.5)))
    player.load(1, 1, Piece(tone(0.25, 1)))
    player.play(1, 2)
    sound = np.concatenate([player.render(BLOCK) for _ in range(4)])
    assert np.array_equal(sound[: 2 * BLOCK + BLOCK // 2], np.concatenate([tone(0.5, 1.5), tone(0.25, 1)]))
    assert not sound[2 * BLOCK + BLOCK // 2 :].any()
    assert heard.told == [("started", 1, 0), ("finished", 1, 50)]


def test_it_waits_for_a_late_clause_and_counts_it() -> None:
    heard = Heard()
    player = Player(heard)
    player.load(1, 0, Piece(tone(0.5, 1)))
    player.play(1, 2)
    player.render(BLOCK)
    assert not player.render(BLOCK).any() and player.underruns == 1
    player.load(1, 1, Piece(tone(0.5, 1)))
    assert player.render(BLOCK).all()
    assert heard.told[-1][0] == "finished"


def test_a_clause_may_come_in_pieces() -> None:
    heard = Heard()
    player = Player(heard)
    player.load(1, 0, Piece(tone(0.5, 1)), last=False)
    player.play(1, 1)
    assert player.render(BLOCK).all()
    player.load(1, 0, Piece(tone(0.25, 1), begins=False), last=False)
    assert player.render(BLOCK).all()
    assert heard.told == [("started", 1, 0)]
    player.load(1, 0, Piece(tone(0, 0), begins=False), last=True)
    player.render(BLOCK)
    assert heard.told[-1] == ("finished", 1, 40)


def test_a_phrase_begun_anew_replaces_what_was_not_yet_heard_of_it() -> None:
    player = Player(Heard())
    player.load(1, 0, Piece(tone(0.1, 1)), last=False)
    player.load(1, 0, Piece(tone(0.5, 1)), last=False)
    player.load(1, 0, Piece(tone(0.6, 5), begins=False), last=False)
    player.load(1, 0, Piece(tone(0.9, 1), begins=True, anew=True))
    player.play(1, 1)
    sound = np.concatenate([player.render(BLOCK) for _ in range(3)])
    assert np.array_equal(sound, np.concatenate([tone(0.1, 1), tone(0.9, 1), tone(0, 1)]))


def test_a_phrase_begun_anew_in_mid_sound_fades_the_old_one() -> None:
    player = Player(Heard())
    player.load(1, 0, Piece(tone(0.5, 5)), last=False)
    player.play(1, 1)
    player.render(BLOCK)
    player.load(1, 0, Piece(tone(0.9, 1), begins=True, anew=True))
    block = player.render(BLOCK)
    assert np.all(np.diff(block[:120]) <= 0) and np.allclose(block[120:], 0.9)


def test_a_closed_gate_is_silent_within_5_ms_and_drops_what_played() -> None:
    heard = Heard()
    player = Player(heard)
    player.load(1, 0, Piece(tone(0.5, 50)))
    player.play(1, 1)
    player.render(BLOCK)
    player.close_gate()
    block = player.render(BLOCK)
    assert not block[120:].any()
    assert not player.render(BLOCK).any()
    assert heard.told[-1] == ("cut", 1, 25)
    player.open_gate()
    player.load(1, 1, Piece(tone(0.5, 5)))
    assert not player.render(BLOCK).any(), "late sound of what was cut"


def test_what_is_played_into_a_closed_gate_is_cut_unheard() -> None:
    heard = Heard()
    player = Player(heard)
    player.close_gate()
    player.load(1, 0, Piece(tone(0.5, 1)))
    player.play(1, 1)
    assert not player.render(BLOCK).any()
    assert heard.told == [("cut", 1, 0)]


def words(value: float, count: int) -> Samples:
    """So many words of five blocks, each with a block of silence behind it."""
    return np.concatenate([np.concatenate([tone(value, 5), tone(0, 1)]) for _ in range(count)])


def test_it_is_ducked_and_comes_back() -> None:
    player = Player(Heard())
    player.load(1, 0, Piece(tone(0.5, 20)))
    player.play(1, 1)
    player.render(BLOCK)
    player.duck(1, -20, 10)
    player.render(BLOCK)
    assert np.allclose(player.render(BLOCK), 0.05)
    player.duck(1, 0, 10)
    player.render(BLOCK)
    assert np.allclose(player.render(BLOCK), 0.5)


def test_it_holds_at_the_next_gap_and_goes_on_from_the_beginning_of_the_word() -> None:
    heard = Heard()
    player = Player(heard)
    player.load(1, 0, Piece(words(0.5, 3)))
    player.play(1, 1)
    for _ in range(4):
        player.render(BLOCK)
    player.hold(1, 5, 80)
    assert player.render(BLOCK).all(), "the word is said to its end"
    for _ in range(20):
        assert not player.render(BLOCK).any()
    player.resume(1)
    sound = np.concatenate([player.render(BLOCK) for _ in range(20)])
    assert np.count_nonzero(sound) >= 10 * BLOCK - 2, "two words are left"
    assert heard.told[-1] == ("finished", 1, 360)


def test_a_word_that_broke_off_is_said_whole_after_it_was_held() -> None:
    player = Player(Heard())
    player.load(1, 0, Piece(words(0.5, 3)))
    player.play(1, 1)
    for _ in range(8):
        player.render(BLOCK)
    player.hold(1, 5, 0)
    assert not player.render(BLOCK)[120:].any()
    player.resume(1)
    sound = np.concatenate([player.render(BLOCK) for _ in range(20)])
    assert np.count_nonzero(sound) >= 10 * BLOCK - 2


def test_what_is_held_can_be_cut_and_the_gate_ends_it() -> None:
    for end in ("cut", "gate"):
        heard = Heard()
        player = Player(heard)
        player.load(1, 0, Piece(tone(0.5, 20)))
        player.play(1, 1)
        player.render(BLOCK)
        player.hold(1, 5, 0)
        player.render(BLOCK)
        player.cut(1, 5) if end == "cut" else player.close_gate()
        assert not player.render(BLOCK).any()
        assert heard.told[-1] == ("cut", 1, 25)
        player.resume(1)
        assert not player.render(BLOCK).any()


class PlayerMachine(RuleBasedStateMachine):
    """Each utterance sounds at its own level, so that every rendered sample tells whose it is."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = Heard()
        self.player = Player(self.heard)
        self.next = 1
        self.planned: list[int] = []
        self.cut: set[int] = set()
        self.gate = True

    @rule(clauses=st.integers(1, 3), size=st.floats(0.1, 3), late=st.booleans())
    def speaks(self, clauses: int, size: float, late: bool) -> None:
        for clause in range(clauses - late):
            self.player.load(self.next, clause, Piece(tone(self.next, size)))
        self.player.play(self.next, clauses)
        self.planned.append(self.next)
        self.next += 1

    @rule(which=st.integers(1, 20), fade=st.sampled_from([0, 5, 15]))
    def is_cut(self, which: int, fade: int) -> None:
        self.player.cut(which, fade)
        self.player.render(BLOCK)
        self.cut.add(which)

    @rule(which=st.integers(1, 20), within=st.sampled_from([0, 30]))
    def is_held(self, which: int, within: int) -> None:
        self.player.hold(which, 5, within)

    @rule(which=st.integers(1, 20))
    def goes_on(self, which: int) -> None:
        self.player.resume(which)

    @rule()
    def gate_turns(self) -> None:
        self.gate = not self.gate
        (self.player.open_gate if self.gate else self.player.close_gate)()

    @rule(which=st.integers(1, 20))
    def sound_comes_late(self, which: int) -> None:
        self.player.load(which, 2, Piece(tone(which, 1)))

    @rule()
    def renders(self) -> None:
        gate = self.gate
        block = self.player.render(BLOCK)
        if not gate:
            assert not block[120:].any()
        full = {round(float(v)) for v, after in itertools.pairwise(block) if v and v == after}  # no ramp
        assert not full & self.cut
        assert all(v in self.planned for v in full)

    @invariant()
    def each_ends_once(self) -> None:
        ends = [u for what, u, _ in self.heard.told if what != "started"]
        assert len(ends) == len(set(ends))


PlayerMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestPlayer = PlayerMachine.TestCase
