"""Kokoro-82M: sentences to sound, window by window, in the style that a voice's pack says."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from livehost.clock import stopwatch
from livehost.errors import BadInput
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.kokoro_model import KokoroModel, Measured, Norms, Style
from livehost.speak.level import gain_to, loudness
from livehost.speak.phonemes import Phonemes
from livehost.speak.windows import FRAME, Joiner, Plan, cut_out, windows

# The model speaks silence around each text: that behind it is hurried through. What stands before it is not silence alone, the
# first sound begins within it: at a pace of 2 "Yes, we" is heard as "Yes", at 4 as "S".
_LEAD_PACE, _END_PACE, _TAIL_PACE = 1.0, 3.0, 6.0
# What a voice's norms are measured on: plain speech of several lengths.
_MEASURED = {
    "en": (
        "Could you tell me which colours are left?",
        "The jacket keeps you warm and dry, even in rain.",
        "Thank you all for watching, it really means the world to me and my family.",
        "You can send back anything you do not like within a month, and the money is on your account after a week.",
    ),
    "zh": (
        "这一款是上个月新出的。",
        "请问现在还有哪些颜色有货？",
        "喜欢的朋友可以点一下购物车里的链接，三天之内就能收到。",
        "如果收到以后觉得不合适，七天之内都可以免费退换，运费也是由我们来承担的。",
    ),
}
_PACKAGED = Path(__file__).parent / "measured"
_SHORT = 80  # frames; a sentence as short is made whole, with norms of its own: none that was measured fits it
_USUAL_PACE, _LEARNING = 0.6, 0.3
_SLOWEST = 0.9  # where the machine is slower still, a gap in a sentence is better than to wait for most of it


@dataclass(frozen=True)
class _Settled:
    """What was measured of a voice in a language: its norms, and how loud it speaks with them (LUFS)."""

    measured: Measured
    loudness: float


class Model(Protocol):
    """The model's two halves, computed here or elsewhere; it keeps nothing of a voice. `run` is of `options`."""

    def options(self) -> Any: ...
    def plan(self, tokens: Sequence[int], style: Style, paces: NDArray[np.float32], run: Any) -> Plan: ...
    def sound(self, plan: Plan, style: Style, norms: Norms, run: Any) -> Samples: ...
    def whole(self, plan: Plan, style: Style, run: Any) -> Samples: ...
    def measured(self, spoken: Sequence[tuple[Plan, Style]]) -> Measured: ...


class Kokoro:
    """A voice for each of the languages, over one model. `speak` is not reentrant; `cancel` may come any time.

    `kept`: a folder for what was measured of a voice that is none of the packaged ones, which takes half a minute.
    """

    name = "kokoro"

    def __init__(
        self,
        model: Path | Model,
        styles: dict[str, Style],
        phonemes: Phonemes,
        *,
        pace: float = 1.0,
        kept: Path | None = None,
    ) -> None:
        self._model: Model = KokoroModel(model) if isinstance(model, Path) else model
        self._styles = styles
        self._phonemes = phonemes
        self._pace = pace
        self._kept = kept
        self._settled: dict[str, _Settled] = {}
        self._computing = _USUAL_PACE  # seconds for a second of sound, lately
        self._running: Any = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Of all that its sound depends on, beside text and language."""
        settings = (self._pace, _LEAD_PACE, _END_PACE, _TAIL_PACE, _MEASURED, self._phonemes.identity)
        digest = hashlib.sha256(repr(settings).encode())
        for language, style in sorted(self._styles.items()):
            digest.update(language.encode() + style.tobytes())
        return f"kokoro-v1.0-int8-windows {digest.hexdigest()}"

    def loudness(self, language: str) -> float | None:
        """LUFS of what it speaks."""
        return self._settle(language, self._style(language)).loudness

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        """The sound of sayable text at 24 kHz, as it comes from the model; raises Cancelled, BadInput, MissingPart."""
        style = self._style(language)
        settled = self._settle(language, style)
        run = self._model.options()
        with self._lock:
            self._running = run
        try:
            for tokens in self._phonemes.tokens(text, language):
                yield from self._sound(tokens, style, settled, run)
        finally:
            with self._lock:
                self._running = None

    def cancel(self) -> None:
        with self._lock:
            if self._running is not None:
                self._running.terminate = True

    def warm_up(self) -> None:
        """Loads what loads on first use: dictionaries, the model's memory."""
        for language in self._styles:
            for _ in self.speak("好。" if language == "zh" else "Hi.", language):
                pass

    def _style(self, language: str) -> Style:
        style = self._styles.get(language)
        if style is None:
            raise BadInput(f"there is no voice for {language!r}", fix="Choose a voice that speaks it")
        return style

    def _sound(self, tokens: list[int], style: Style, settled: _Settled, run: Any) -> Iterator[Samples]:
        plan, row = self._planned(tokens, style, run)
        if plan.length <= _SHORT:
            sound = self._model.whole(plan, row, run)
            yield sound * np.float32(gain_to(sound, settled.loudness))
            return
        norms = settled.measured.norms(plan.length)
        joiner = Joiner()
        for window in windows(plan, min(self._computing, _SLOWEST)):
            seconds = stopwatch()
            part = cut_out(plan, window)
            sound = self._model.sound(part, row, norms, run)
            pace = seconds() * SPOKEN_RATE / (part.length * FRAME)
            self._computing += _LEARNING * (pace - self._computing)
            yield joiner.join(window, sound)

    def _planned(self, tokens: list[int], style: Style, run: Any) -> tuple[Plan, Style]:
        row = style[min(len(tokens), len(style)) - 1][None]
        return self._model.plan(tokens, row, self._paces(tokens), run), row

    def _paces(self, tokens: list[int]) -> NDArray[np.float32]:
        """[tokens + 2]: what is said at the voice's pace, the silence before and behind it faster."""
        paces = np.full(len(tokens) + 2, self._pace, dtype=np.float32)
        paces[0], paces[-1] = _LEAD_PACE, _TAIL_PACE
        for at in range(len(tokens) - 1, 0, -1):
            if tokens[at] not in self._phonemes.pauses:
                break
            paces[at + 1] = _END_PACE
        return paces

    def _settle(self, language: str, style: Style) -> _Settled:
        if language not in self._settled:
            digest = hashlib.sha256(style.tobytes() + repr(_MEASURED[language]).encode()).hexdigest()
            paths = [folder / f"{digest[:32]}.npz" for folder in (_PACKAGED, self._kept) if folder]
            found = next(filter(None, map(_read, paths)), None)
            self._settled[language] = found or self._measure(language, style, paths[1:])
        return self._settled[language]

    def _measure(self, language: str, style: Style, paths: Sequence[Path]) -> _Settled:
        run = self._model.options()
        spoken = [
            self._planned(tokens, style, run)
            for text in _MEASURED[language]
            for tokens in self._phonemes.tokens(text, language)
        ]
        measured = self._model.measured(spoken)
        sound = [self._model.sound(plan, row, measured.norms(plan.length), run) for plan, row in spoken[1:3]]
        settled = _Settled(measured, loudness(np.concatenate(sound)))
        for path in paths:
            _write(path, settled)
        return settled


def _read(path: Path) -> _Settled | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            values = {name: kept[name].astype(np.float32) for name in kept.files if name not in ("lengths", "loudness")}
            return _Settled(Measured(kept["lengths"], values), float(kept["loudness"]))
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _write(path: Path, settled: _Settled) -> None:
    """What can't be kept is measured again."""
    new = path.with_suffix(".new.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        measured = settled.measured
        values = {name: value.astype(np.float16) for name, value in measured.values.items()}
        arrays: dict[str, Any] = {"loudness": settled.loudness, "lengths": measured.lengths, **values}
        np.savez_compressed(new, **arrays)
        new.replace(path)
    except OSError:
        return
