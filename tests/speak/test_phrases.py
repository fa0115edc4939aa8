"""The cache of spoken clauses."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livehost.sound import Samples
from livehost.speak.phrases import PhraseCache


class CountingEngine:
    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []
        self.cancelled = 0

    def synthesise(self, text: str, language: str) -> Samples:
        self.received.append((text, language))
        return np.full(100 * len(text), 0.5, dtype=np.float32)

    def cancel(self) -> None:
        self.cancelled += 1


def test_a_phrase_is_computed_once_and_kept_over_restarts(tmp_path: Path) -> None:
    engine = CountingEngine()
    cache = PhraseCache(engine, "heart", tmp_path)
    first = cache.synthesise("hello", "en")
    assert np.array_equal(first, cache.synthesise("hello", "en"))
    again = PhraseCache(engine, "heart", tmp_path).synthesise("hello", "en")
    assert np.allclose(first, again, atol=1e-4)
    assert engine.received == [("hello", "en")]


def test_another_voice_or_language_is_another_sound(tmp_path: Path) -> None:
    engine = CountingEngine()
    PhraseCache(engine, "heart", tmp_path).synthesise("hi", "en")
    PhraseCache(engine, "bella", tmp_path).synthesise("hi", "en")
    PhraseCache(engine, "bella", tmp_path).synthesise("hi", "zh")
    assert len(engine.received) == 3


def test_a_damaged_file_is_computed_anew(tmp_path: Path) -> None:
    engine = CountingEngine()
    PhraseCache(engine, "heart", tmp_path).synthesise("hi", "en")
    (path,) = tmp_path.glob("*/*.npy")
    path.write_bytes(b"\x93NUMPY half")
    assert len(PhraseCache(engine, "heart", tmp_path).synthesise("hi", "en")) == 200
    assert len(engine.received) == 2


def test_a_folder_that_can_not_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    engine = CountingEngine()
    cache = PhraseCache(engine, "heart", tmp_path / "file")
    assert len(cache.synthesise("hi", "en")) == 200
    assert len(cache.synthesise("hi", "en")) == 200
    assert len(engine.received) == 1


def test_the_disk_keeps_its_bound(tmp_path: Path) -> None:
    cache = PhraseCache(CountingEngine(), "heart", tmp_path, disk_bytes=20_000)
    for number in range(20):
        cache.synthesise(f"number {number}", "en")
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*.npy")) > 20_000
    cache.trim()
    assert 0 < sum(path.stat().st_size for path in tmp_path.glob("*/*.npy")) <= 20_000
