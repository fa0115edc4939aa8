"""[hearing] in creator.toml: what is wrong is told with the file and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.creator_file import read_creator
from livehost.errors import BadInput, MissingPart
from livehost.hear.whisper import Whisper
from livehost.settings import Hearing
from livehost.weights import whisper_dir


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('modell = "small"', r"unknown key 'modell' in \[hearing\]; did you mean 'model'"),
        ('script = "simple"', "script"),
        ('engine = "openai"', "needs base_url and model"),
        ("early_ms = 600", "early_ms 600 is more than end_ms 512"),
        ("threads = 0", "threads"),
    ],
)
def test_a_wrong_key_or_value_is_told(tmp_path: Path, lines: str, told: str) -> None:
    path = tmp_path / "creator.toml"
    path.write_text(f'name = "Anna"\n[hearing]\n{lines}\n')
    with pytest.raises(BadInput, match=told) as caught:
        read_creator(path)
    assert str(path) in str(caught.value.where)


@pytest.mark.models
def test_a_model_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="did you mean 'small'"):
        Whisper(whisper_dir(), ("en",), Hearing(model="smal"))
    with pytest.raises(BadInput, match="int7"):
        Whisper(whisper_dir(), ("en",), Hearing(compute_type="int7"))
    with pytest.raises(MissingPart, match="can't be loaded"):
        Whisper(whisper_dir(), ("en",), Hearing(model=str(Path(__file__).parent)))


@pytest.mark.models
@pytest.mark.fixtures
def test_chinese_in_traditional_characters(shared_data: Path) -> None:
    from livehost.hear.audio_file import read_all

    sound = read_all(shared_data / "speech" / "aishell-BAC009S0724W0121.wav")
    heard = Whisper(whisper_dir(), ("zh",), Hearing(script="traditional")).transcribe(sound, "zh").text
    assert "廣州市" in heard
