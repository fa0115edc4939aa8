"""Encrypted sound: whole, cut off, changed, of another key, at any place; and a track that is recorded so."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost.errors import BadInput
from livehost.record.audio import Track
from livehost.record.sealed import SealedReader, SealedWriter, opened, recording_key, seal, unseal
from livehost.secret import Secrets

KEY, OTHER = b"k" * 32, b"o" * 32


def written(path: Path, data: bytes, step: int = 1000) -> Path:
    with SealedWriter(path, KEY) as file:
        for start in range(0, len(data), step):
            file.write(data[start : start + step])
    return path


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, 13000), step=st.integers(1, 9000), place=st.integers(0, 14000), count=st.integers(0, 9000))
def test_it_reads_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, length: int, step: int, place: int, count: int
) -> None:
    data = bytes(n * 7 % 251 for n in range(length))
    path = written(tmp_path_factory.mktemp("sealed") / "x", data, step)
    with opened(path, KEY) as file:
        assert file.read() == data
        file.seek(place)
        assert file.read(count) == data[place : place + count]
        assert file.seek(0, io.SEEK_END) == length


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 13000))
def test_cut_off_it_opens_to_the_last_whole_piece(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    data = bytes(n * 7 % 251 for n in range(13000))
    path = written(tmp_path_factory.mktemp("cut") / "x", data)
    raw = path.read_bytes()
    path.write_bytes(raw[: max(24, len(raw) - cut)])
    with SealedReader(path, KEY) as file:
        whole = (len(raw) - 24 - cut) // 4112 * 4096
        assert not file.whole and file.length == max(0, whole)
        assert file.readall() == data[: file.length]


def test_changed_swapped_or_of_another_key_it_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x", b"sound" * 3000)
    raw = bytearray(path.read_bytes())
    with pytest.raises(BadInput, match="of another key"):
        opened(path, OTHER).read()
    raw[100] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BadInput, match="it was changed"):
        opened(path, KEY).read()
    raw[100] ^= 1
    path.write_bytes(raw[:24] + raw[24 + 4112 : 24 + 8224] + raw[24 : 24 + 4112] + raw[24 + 8224 :])
    with pytest.raises(BadInput, match="it was changed"):
        opened(path, KEY).read()
    path.write_bytes(b"OggS" + bytes(60))
    with pytest.raises(BadInput, match="no encrypted sound"):
        opened(path, KEY)


def test_a_track_is_recorded_so_and_no_plain_sound_touches_the_disk(tmp_path: Path) -> None:
    track = Track(tmp_path / "host.opus", 16000, "host", pytest.fail, KEY)
    tone = np.sin(np.arange(16000) * 0.2).astype(np.float32) / 2
    for second in range(3):
        track.tap(second * 1000, tone)
    track.close()
    (path,) = tmp_path.iterdir()
    assert path.name == "host.opus.sealed" and b"OggS" not in path.read_bytes()
    with opened(path, KEY) as file, soundfile.SoundFile(file) as sound:
        assert abs(sound.frames - 48000) < 1000 and sound.comment == "host"
        assert np.abs(sound.read()).max() > 0.3
    plain = unseal(path, KEY)
    assert plain.name == "host.opus" and soundfile.info(plain).samplerate == 16000
    assert seal(plain, KEY) == path and not plain.exists()


def test_the_key_comes_from_the_environment_and_must_be_one() -> None:
    text = base64.urlsafe_b64encode(KEY).decode()
    assert recording_key(Secrets({"LIVEHOST_RECORDING_KEY": text})) == KEY
    with pytest.raises(BadInput, match="32 bytes in base64"):
        recording_key(Secrets({"LIVEHOST_RECORDING_KEY": "hello"}))
