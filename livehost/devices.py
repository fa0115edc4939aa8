"""Sound devices by name or number, through PortAudio."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from livehost.clock import SessionClock
from livehost.errors import BadInput, LivehostError, MissingPart

Direction = Literal["input", "output"]

_END_SECONDS = 0.5
_LOOK_MS = 3000
_PROBLEMS = {  # PortAudio's codes
    -9985: ("another program holds it, or it is gone", "Close what uses it alone, or plug it in again"),
    -9996: ("there is no such device any more", "Plug it in again, or name another one"),
    -9997: ("it does not know this sample rate", "Set it to 48 kHz in the system's sound settings"),
    -9998: ("it has not as many channels", "Name another device"),
    -9999: ("the system's sound does not answer", "Look whether sound works in other programs"),
}


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


class _Open:
    """How many streams there are, the ending ones too. PortAudio sees devices that were plugged in later only when it begins
    anew, which ends all."""

    streams = 0
    looking: threading.Thread | None = None


async def look_again(clock: SessionClock) -> None:
    """Devices that came since PortAudio began are known, too, unless a stream is there that this would end.

    It is done beside the loop: a sound server that hangs must not hold up the session. Raises LivehostError while it does.
    """
    if _Open.streams:
        return
    looking = _Open.looking
    if looking is None:
        looking = _Open.looking = threading.Thread(target=_begin_anew, name="devices", daemon=True)
        looking.start()
    until_ms = clock.now_ms() + _LOOK_MS
    while looking.is_alive():
        if clock.now_ms() > until_ms:
            raise LivehostError("the system's sound does not answer", fix="Look whether sound works in other programs")
        await clock.sleep_until_ms(clock.now_ms() + 50)
    _Open.looking = None


def _begin_anew() -> None:
    sounddevice = portaudio()
    sounddevice._terminate()
    sounddevice._initialize()


@contextmanager
def running(make: Callable[[], Any], what: str) -> Iterator[Any]:
    """The stream of `what` that `make` opens runs within; raises LivehostError, in plain words, where it can't.

    It is ended beside the caller: for a device that is gone the library may wait for ever.
    """
    sounddevice = portaudio()
    try:
        stream = make()
        stream.start()
    except sounddevice.PortAudioError as trouble:
        raise _cannot(what, trouble) from None
    _Open.streams += 1
    try:
        yield stream
    finally:
        ending = threading.Thread(target=_end, args=(stream,), name="device-ends", daemon=True)
        ending.start()
        ending.join(_END_SECONDS)


def _cannot(what: str, trouble: Exception) -> LivehostError:
    code = next((arg for arg in trouble.args if isinstance(arg, int)), 0)
    problem, fix = _PROBLEMS.get(code, (str(trouble.args[0] if trouble.args else trouble), "Try another device"))
    return LivehostError(f"the {what} can't be opened: {problem}", fix=fix)


def _end(stream: Any) -> None:
    stream.abort()
    stream.close()
    _Open.streams -= 1
