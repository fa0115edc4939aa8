"""Voices: where they lie, what they need to be spoken with, and the engine that speaks them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from livehost.clock import local_now
from livehost.errors import BadInput
from livehost.speak.consent import Refused, Use, permit
from livehost.speak.kokoro import Kokoro, Style
from livehost.speak.stock import Stock
from livehost.weights import data_dir, kokoro_file

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """voice.toml. `other` speaks the languages that this one does not; `consent` is the record's file.

    `styles` names a file for each language that has one of its own; `similarity` and what follows was measured on
    sentences that the search did not see.
    """

    engine: str
    kind: str  # "stock", or "cloned" from a person who agreed
    languages: tuple[str, ...]
    style: str
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


def find(name: str, where: Sequence[Path]) -> tuple[Path, Voice]:
    """The folder and settings of a voice; raises BadInput with the nearest name when there is none."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name of a voice", fix="Names are of a-z, 0-9, - and _")
    for shelf in where:
        if (shelf / name / "voice.toml").is_file():
            return shelf / name, _read(shelf / name / "voice.toml")
    known = sorted({path.parent.name for shelf in where for path in shelf.glob("*/voice.toml")})
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"There are: {', '.join(known) or 'none'}"
    raise BadInput(f"there is no voice {name!r}", where=", ".join(map(str, where)), fix=hint)


def list_voices(creator: Path | None = None) -> list[Listed]:
    found: dict[str, Listed] = {}
    for shelf in shelves(creator):
        for path in sorted(shelf.glob("*/voice.toml")):
            voice = _read(path)
            name = path.parent.name
            found.setdefault(name, Listed(name, voice.languages, voice.kind, voice.engine, str(path.parent)))
    return list(found.values())


def open_voice(name: str, creator: Path | None = None, *, threads: int = 2) -> Kokoro:
    """The engine that speaks with this voice, and with its `other` for the languages that it does not speak."""
    where = shelves(creator)
    folder, voice = find(name, where)
    styles = _styles(folder, voice, creator)
    if voice.other:
        folder, other = find(voice.other, where)
        styles = _styles(folder, other, creator) | styles
    return Kokoro(kokoro_file(), styles, threads=threads)


def _read(path: Path) -> Voice:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Voice)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as trouble:
        raise BadInput(f"the voice's settings can't be read: {trouble}", where=str(path)) from None


def _styles(folder: Path, voice: Voice, creator: Path | None) -> dict[str, Style]:
    """Language → [510, 256]; a cloned voice is refused unless the person's consent holds today, and so is one that is
    called stock without being one of the published voices."""
    if voice.kind != "stock":
        kind, name = ("live", creator.resolve().name) if creator else ("files", "")
        permit(folder, voice.files().values(), Use(kind, name, local_now().date()), voice.consent)
    if voice.engine != "kokoro":
        raise BadInput(f"there is no engine {voice.engine!r}", where=str(folder / "voice.toml"), fix="Known is: kokoro")
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
