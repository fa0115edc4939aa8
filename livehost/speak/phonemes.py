"""Sayable text to Kokoro's tokens: Chinese by misaki, English by espeak-ng (GPL-3, an optional library), both in one call."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from importlib import resources
from typing import Any

from livehost.errors import MissingPart

_MOST_TOKENS = 500
_HAN_RUN = re.compile(r"[㐀-鿿，。！？；：、\d]+")
_PAUSES = " ,.!?;:—…"


class Phonemes:
    """`own`: words of the creator's with their phonemes, as IPA or as pinyin ("chong2 qing4")."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        table = resources.files("livehost.speak").joinpath("kokoro_vocabulary.json").read_text(encoding="utf-8")
        self._vocabulary: dict[str, int] = json.loads(table)
        self.pauses = frozenset(self._vocabulary[p] for p in _PAUSES if p in self._vocabulary)
        self._own = dict(own or {})
        words = sorted(map(re.escape, self._own), key=len, reverse=True)
        self._own_words = re.compile(f"({'|'.join(words)})") if words else None
        self._chinese: Any = None
        self._english: Any = None
        self._lock = threading.Lock()  # espeak-ng keeps its state for the whole process

    @property
    def identity(self) -> str:
        return repr(sorted(self._own.items()))

    def tokens(self, text: str, language: str) -> list[list[int]]:
        """One list per piece that the model can take at once."""
        known = [self._vocabulary[p] for p in self.of(text, language) if p in self._vocabulary]
        return [known[at : at + _MOST_TOKENS] for at in range(0, len(known), _MOST_TOKENS)]

    def of(self, text: str, language: str) -> str:
        """The phonemes of a text; raises MissingPart."""
        if self._own_words is None:
            return self._read(text, language)
        parts = self._own_words.split(text)
        return " ".join(
            self._own_sound(part) if part in self._own else self._read(part, language) for part in parts if part
        )

    def _own_sound(self, word: str) -> str:
        sound = self._own[word]
        if not re.fullmatch(r"(?:[a-zü]+[1-5]\s*)+", sound):
            return sound
        self._load_chinese()
        return "".join(self._chinese.py2ipa(syllable) for syllable in sound.split())

    def _read(self, text: str, language: str) -> str:
        return self._mixed(text) if language == "zh" else self._read_english(text)

    def _mixed(self, text: str) -> str:
        """Chinese with English words in it: each run by its own reader."""
        parts: list[str] = []
        at = 0
        for run in _HAN_RUN.finditer(text):
            parts += [self._read_english(text[at : run.start()]), self._read_chinese(run.group())]
            at = run.end()
        parts.append(self._read_english(text[at:]))
        return " ".join(part for part in parts if part.strip())

    def _read_chinese(self, text: str) -> str:
        self._load_chinese()
        phonemes: str = self._chinese(text)[0]
        return phonemes

    def _load_chinese(self) -> None:
        if self._chinese is None:
            try:
                import jieba
                from misaki.zh import ZHG2P
            except ImportError:
                raise MissingPart("misaki is not installed", fix="Run: pip install 'livehost[models]'") from None
            jieba.setLogLevel("ERROR")
            self._chinese = ZHG2P()

    def _read_english(self, text: str) -> str:
        if not any(character.isalpha() for character in text):
            return text.strip()
        with self._lock:
            if self._english is None:
                try:
                    from misaki.espeak import EspeakG2P
                except ImportError:
                    raise MissingPart(
                        "English needs phonemizer and espeakng-loader", fix="Run: pip install 'livehost[models]'"
                    ) from None
                self._english = EspeakG2P("en-us")
            phonemes: str = self._english(text)[0]
        return phonemes
