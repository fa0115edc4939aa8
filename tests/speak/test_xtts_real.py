"""XTTS through the real TTS package, on a model of its class with random weights: its sound is noise, its way is the real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livehost.speak.engine import Punctual
from livehost.speak.xtts import Xtts, XttsSettings
from livehost.workers import Cancelled

pytest.importorskip("TTS", reason="the extra xtts is not installed")
pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]


def tiny_model(folder: Path) -> None:
    """A checkpoint in `folder`: one layer, few channels."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.models.xtts import Xtts as Model

    folder.mkdir()
    words = ["[STOP]", "[UNK]", "[SPACE]", "[en]", "[zh-cn]", "[START]", *map(chr, range(32, 127))]
    tokenizer = Tokenizer(models.BPE({word: at for at, word in enumerate(dict.fromkeys(words))}, [], unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "vocab.json"))
    config = XttsConfig()
    args = config.model_args
    args.gpt_layers, args.gpt_n_model_channels, args.gpt_n_heads = 1, 64, 2
    args.gpt_number_text_tokens = len(set(words))
    args.gpt_start_text_token, args.gpt_stop_text_token = 5, 0
    args.gpt_max_audio_tokens, args.decoder_input_dim = 60, 64
    args.tokenizer_file = str(folder / "vocab.json")
    config.save_json(str(folder / "config.json"))
    torch.manual_seed(1)
    model = Model.init_from_config(config)
    model.init_models()
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    torch.save({"mel": torch.ones(80)}, folder / "speakers_xtts.pth")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Any:
    import soundfile

    folder = tmp_path_factory.mktemp("xtts")
    tiny_model(folder / "model")
    noise = np.random.default_rng(1).normal(0, 0.1, 24_000 * 3).astype(np.float32)
    soundfile.write(folder / "sample.wav", noise, 24_000)
    return Xtts(XttsSettings(model=str(folder / "model"), samples=("sample.wav",), device="cpu"), folder)


def test_it_streams_sound(engine: Xtts) -> None:
    pieces = list(engine.speak("Yes, we ship to Canada.", "en"))
    assert pieces and all(piece.dtype == np.float32 and piece.ndim == 1 for piece in pieces)
    assert sum(map(len, pieces)) > 1000


def test_it_is_cancelled_between_pieces(engine: Xtts) -> None:
    watched = Punctual(engine, first_seconds=60, next_seconds=60)
    pieces = watched.speak("Yes, we ship to Canada.", "en")
    next(pieces)
    watched.cancel()
    with pytest.raises(Cancelled):
        for _ in pieces:
            pass
