"""Voices: where they lie, what they need to be spoken with, and the engine that speaks them."""

from __future__ import annotations

import difflib
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from livehost.clock import local_now
from livehost.errors import BadInput
from livehost.knowledge import Faq
from livehost.settings import Speech as Settings
from livehost.speak.consent import Refused, Use, permit
from livehost.speak.engine import Engine, Punctual
from livehost.speak.kokoro import Kokoro, Model
from livehost.speak.kokoro_model import Style
from livehost.speak.openai_speech import OpenAiSettings, OpenAiSpeech
from livehost.speak.phonemes import Phonemes
from livehost.speak.phrases import PhraseCache
from livehost.speak.pronunciation import Pronunciation, read_pronunciation
from livehost.speak.speech import Speech
from livehost.speak.stock import Stock
from livehost.speak.takes import read_takes
from livehost.speak.xtts import Xtts, XttsSettings
from livehost.weights import data_dir, kokoro_file

_STAND_IN = {"en": "heart", "zh": "xiaoxiao"}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """voice.toml. `other` speaks the languages that this one does not; `consent` is the record's file.

    `styles` names a file for each language that has one of its own; `similarity` and what follows was measured on
    sentences that the search did not see.
    """

    engine: str  # kokoro, openai or xtts
    kind: str  # "stock", or "cloned" from a person who agreed
    languages: tuple[str, ...]
    style: str = ""  # of Kokoro
    openai: OpenAiSettings | None = None
    xtts: XttsSettings | None = None
    fallback: str = ""  # the voice that speaks when the engine fails or is late; empty: the packaged ones, "none": none
    licence: str = ""
    source: str = ""
    other: str = ""
    consent: str = ""
    styles: dict[str, str] = {}
    similarity: float = 0.0
    similarity_best_stock: float = 0.0
    word_errors: dict[str, float] = {}

    def files(self) -> dict[str, str]:
        """Language → the file of its style."""
        return dict.fromkeys(self.languages, self.style) | self.styles


class Listed(msgspec.Struct, frozen=True):
    """A line of `livehost voices list`."""

    name: str
    languages: tuple[str, ...]
    kind: str
    engine: str
    folder: str


def shelves(creator: Path | None = None) -> list[Path]:
    """Folders of voices, first come first: beside the creators' folder, the user's, the packaged ones."""
    package = Path(__file__).parent.parent
    beside = [creator.resolve().parent.parent / "voices"] if creator else []
    packaged = package / "voices"
    return [*beside, data_dir() / "voices", packaged if packaged.is_dir() else package.parent / "voices"]


def checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name of a voice", fix="Names are of a-z, 0-9, - and _")
    return name


def find(name: str, where: Sequence[Path]) -> tuple[Path, Voice]:
    """The folder and settings of a voice; raises BadInput with the nearest name when there is none."""
    checked_name(name)
    for shelf in where:
        if (shelf / name / "voice.toml").is_file():
            return shelf / name, _read(shelf / name / "voice.toml")
    known = sorted({path.parent.name for shelf in where for path in shelf.glob("*/voice.toml")})
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"There are: {', '.join(known) or 'none'}"
    raise BadInput(f"there is no voice {name!r}", where=", ".join(map(str, where)), fix=hint)


def measurements() -> Path:
    """Where is kept what was measured of voices."""
    return data_dir() / "cache" / "voices"


def forget_spoken() -> None:
    """What was spoken and measured before is kept under numbers that don't tell whose voice it is: all goes."""
    shutil.rmtree(data_dir() / "cache" / "speech", ignore_errors=True)
    shutil.rmtree(measurements(), ignore_errors=True)


def list_voices(creator: Path | None = None) -> list[Listed]:
    found: dict[str, Listed] = {}
    for shelf in shelves(creator):
        for path in sorted(shelf.glob("*/voice.toml")):
            voice = _read(path)
            name = path.parent.name
            found.setdefault(name, Listed(name, voice.languages, voice.kind, voice.engine, str(path.parent)))
    return list(found.values())


def open_voice(  # noqa: PLR0913 - what a voice is made of
    name: str,
    creator: Path | None = None,
    *,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    faqs: Sequence[Faq] = (),
    cache: Path | None = None,
    model: Model | None = None,
) -> Speech:
    """What speaks with this voice, and with another one when its engine fails; `cache`: where phrases are kept; `model`:
    where Kokoro is computed, None: here."""
    where = shelves(creator)
    folder, voice = find(name, where)
    pronunciation = read_pronunciation(creator)
    making = _Making(creator, where, pronunciation, settings.pace, model)
    takes, left_out = read_takes(folder, faqs)
    for why in left_out:
        sys.stderr.write(f"livehost: take left out: {why}\n")
    return Speech(
        making.engines(folder, voice),
        PhraseCache(cache),
        pronunciation=pronunciation,
        takes=takes,
        lufs=settings.loudness_lufs,
    )


@dataclass(frozen=True)
class _Making:
    """What every engine is made with."""

    creator: Path | None
    where: Sequence[Path]
    pronunciation: Pronunciation
    pace: float
    model: Model | None = None

    def engines(self, folder: Path, voice: Voice) -> list[Engine]:
        """The voice's own, then the one that stands in for it."""
        match voice.engine:
            case "kokoro":
                return [self._kokoro(folder, voice)]
            case "openai" if voice.openai:
                refuse_without_consent(folder, voice, (), self.creator)
                engine = OpenAiSpeech(voice.openai, pace=self.pace)
                return [Punctual(engine, first_seconds=voice.openai.first_seconds), *self._fallback(voice)]
            case "xtts" if voice.xtts:
                refuse_without_consent(folder, voice, voice.xtts.samples, self.creator)
                clone = Xtts(voice.xtts, folder, pace=self.pace)
                return [Punctual(clone, first_seconds=voice.xtts.first_seconds), *self._fallback(voice)]
        raise BadInput(
            f"there is no engine {voice.engine!r}, or its table is missing",
            where=str(folder / "voice.toml"),
            fix="Known are: kokoro, openai with [openai], xtts with [xtts]",
        )

    def _kokoro(self, folder: Path, voice: Voice) -> Kokoro:
        styles = _styles(folder, voice, self.creator)
        if voice.other:
            folder, other = find(voice.other, self.where)
            styles = _styles(folder, other, self.creator) | styles
        phonemes = Phonemes(self.pronunciation.phonemes)
        return Kokoro(self.model or kokoro_file(), styles, phonemes, pace=self.pace, kept=measurements())

    def _fallback(self, voice: Voice) -> list[Engine]:
        if voice.fallback == "none":
            return []
        name = voice.fallback or _STAND_IN.get(voice.languages[0], "heart")
        return self.engines(*find(name, self.where))


def _read(path: Path) -> Voice:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Voice)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as trouble:
        raise BadInput(f"the voice's settings can't be read: {trouble}", where=str(path)) from None


def refuse_without_consent(folder: Path, voice: Voice, files: Iterable[str], creator: Path | None) -> None:
    """A cloned voice is refused unless the person's consent holds today; so is a clone that calls itself stock."""
    if voice.kind != "stock":
        kind, name = ("live", creator.resolve().name) if creator else ("files", "")
        permit(folder, files, Use(kind, name, local_now().date()), voice.consent)
    elif voice.engine == "xtts":
        raise Refused("XTTS speaks as a person does, so it needs that person's consent", where=str(folder))


def _styles(folder: Path, voice: Voice, creator: Path | None) -> dict[str, Style]:
    """Language → [510, 256]; what is called stock must be one of the published voices."""
    if voice.engine != "kokoro":
        raise BadInput("only a voice of Kokoro's can speak the other languages", where=str(folder / "voice.toml"))
    refuse_without_consent(folder, voice, voice.files().values(), creator)
    styles = {language: _style(folder, file) for language, file in voice.files().items()}
    if voice.kind == "stock" and not all(map(Stock().name_of, styles.values())):
        raise Refused(
            "this is none of the voices that Kokoro was published with, so it needs a person's consent",
            where=str(folder),
            fix="Enrol it with livehost voices enrol",
        )
    return styles


def _style(folder: Path, file: str) -> Style:
    path = folder / file
    if path.resolve().parent != folder.resolve():
        raise BadInput("the style must lie in the voice's own folder", where=str(folder / "voice.toml"))
    try:
        style: Style = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as trouble:
        raise BadInput(f"the style can't be read: {trouble}", where=str(path)) from None
    if style.shape != (510, 256) or style.dtype != np.float32:
        raise BadInput(f"the style must be float32 [510, 256], not {style.dtype} {list(style.shape)}", where=str(path))
    return style
