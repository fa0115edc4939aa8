"""The cache of spoken phrases."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livehost.speak.phrases import PhraseCache

SOUND = np.full(1000, 0.5, dtype=np.float32)


def test_a_phrase_is_kept_over_restarts(tmp_path: Path) -> None:
    cache = PhraseCache(tmp_path)
    assert cache.get("heart hello") is None
    cache.put("heart hello", SOUND)
    again = PhraseCache(tmp_path).get("heart hello")
    assert again is not None and np.allclose(again, SOUND, atol=1e-4)
    assert cache.get("bella hello") is None and cache.misses == 2


def test_a_damaged_file_is_none(tmp_path: Path) -> None:
    PhraseCache(tmp_path).put("hi", SOUND)
    (path,) = tmp_path.glob("*/*.npy")
    path.write_bytes(b"\x93NUMPY half")
    assert PhraseCache(tmp_path).get("hi") is None


def test_a_folder_that_can_not_be_written_leaves_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for cache in (PhraseCache(tmp_path / "file"), PhraseCache(None)):
        cache.put("hi", SOUND)
        assert cache.knows("hi") and cache.get("hi") is not None


def test_the_disk_keeps_its_bound(tmp_path: Path) -> None:
    cache = PhraseCache(tmp_path, disk_bytes=20_000)
    for number in range(20):
        cache.put(f"number {number}", SOUND)
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*.npy")) > 20_000
    cache.trim()
    assert 0 < sum(path.stat().st_size for path in tmp_path.glob("*/*.npy")) <= 20_000
