"""Sound devices by name or number, through PortAudio."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from livehost.errors import BadInput, MissingPart

Direction = Literal["input", "output"]

_END_SECONDS = 0.5


def portaudio() -> Any:
    """The sounddevice module; raises MissingPart without the library behind it."""
    try:
        import sounddevice
    except OSError:
        raise MissingPart(
            "PortAudio is not installed",
            fix="On Debian or Ubuntu: apt-get install libportaudio2. Or run with --mic none --speaker none",
        ) from None
    return sounddevice


def choose(wanted: str, direction: Direction) -> int | None:
    """The number of the device whose name holds `wanted`, None for the default; raises BadInput with those there are."""
    sounddevice = portaudio()
    devices = list(sounddevice.query_devices())
    fitting = {n: d["name"] for n, d in enumerate(devices) if d[f"max_{direction}_channels"] > 0}
    if wanted == "default":
        if not fitting:
            other = "--mic none" if direction == "input" else "--speaker none"
            raise MissingPart(f"there is no sound {direction} on this machine", fix=f"Plug one in, or use {other}")
        return None
    if wanted.isdigit() and int(wanted) in fitting:
        return int(wanted)
    found = [number for number, name in fitting.items() if wanted.lower() in name.lower()]
    exact = [number for number in found if fitting[number] == wanted]
    if len(found) == 1 or exact:
        return (exact or found)[0]
    listed = "; ".join(f"{number} {name}" for number, name in fitting.items()) or "none"
    problem = "several" if found else "no"
    raise BadInput(f"{problem} {direction} devices are called {wanted!r}", fix=f"There are: {listed}")


@contextmanager
def running(stream: Any) -> Iterator[None]:
    """The stream runs within. It is ended beside the caller: for a device that is gone the library may wait for ever."""
    stream.start()
    try:
        yield
    finally:
        ending = threading.Thread(target=_end, args=(stream,), name="device-ends", daemon=True)
        ending.start()
        ending.join(_END_SECONDS)


def _end(stream: Any) -> None:
    stream.abort()
    stream.close()
