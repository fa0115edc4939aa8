"""The shared models as a room uses them: the same Protocols as the models of its own process. Called from workers' threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from ray import serve
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException

from livehost.clock import pause, stopwatch
from livehost.errors import LivehostError
from livehost.fleet.shared import APP
from livehost.fleet.turns import Urgency
from livehost.sound import Samples
from livehost.speak.kokoro_model import Measured, Norms, Style
from livehost.speak.windows import Plan
from livehost.understand.sentences import Side, Vectors
from livehost.workers import Cancelled

T = TypeVar("T")
_LIMIT_SECONDS, _AGAIN_SECONDS = 8.0, 0.2


def _handle(name: str) -> Any:
    return serve.get_app_handle(f"{APP}-{name}")


def _asked(ask: Callable[[], Any], running: Running | None = None) -> Any:
    """The answer. A replica that dies under it is no trouble as long as another answers in time: nothing here has effects."""
    seconds, last = stopwatch(), ""
    while (left := _LIMIT_SECONDS - seconds()) > 0:
        response = ask()
        if running:
            running.hold(response)
        try:
            return response.result(timeout_s=left)
        except (CancelledError, TimeoutError) as trouble:
            last = str(trouble) or "took too long"
            if running and running.terminate:
                raise Cancelled from None
        except (RayError, RayServeException) as trouble:
            if running and running.terminate:
                raise Cancelled from None
            last = str(trouble).splitlines()[0] if str(trouble) else type(trouble).__name__
            pause(_AGAIN_SECONDS)
    raise LivehostError(f"the shared model does not answer: {last}")


class SharedEngines:
    """Engines of a Matcher."""

    works = True

    def __init__(self) -> None:
        self._handle = _handle("Understanding")
        self._words: frozenset[str] | None = None

    def words(self) -> frozenset[str]:
        if self._words is None:
            self._words = cast(frozenset[str], _asked(self._handle.words.remote))
        return self._words

    def encode(self, texts: Sequence[str], side: Side) -> Vectors:
        """Many at once are knowledge that is made ready, one is a line."""
        urgency = Urgency.LINE if len(texts) == 1 else Urgency.BACKGROUND
        return cast(Vectors, _asked(lambda: self._handle.encode.remote(list(texts), side, urgency)))

    def read(self, pieces: NDArray[np.int64], segments: NDArray[np.int64]) -> NDArray[np.float64]:
        return cast(NDArray[np.float64], _asked(lambda: self._handle.read.remote(pieces, segments, Urgency.LINE)))


@dataclass
class Running:
    """One sentence that is being made. Setting `terminate` gives up what is asked for it."""

    _terminate: bool = False
    _response: Any = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def terminate(self) -> bool:
        return self._terminate

    @terminate.setter
    def terminate(self, value: bool) -> None:
        with self._lock:
            self._terminate = value
            if value and self._response is not None:
                self._response.cancel()

    def hold(self, response: Any) -> None:
        with self._lock:
            self._response = response
            if self._terminate:
                response.cancel()


class SharedVoice:
    """Kokoro's Model."""

    def __init__(self) -> None:
        self._handle = _handle("Speaking")

    def options(self) -> Running:
        return Running()

    def plan(self, tokens: Sequence[int], style: Style, paces: NDArray[np.float32], run: Running) -> Plan:
        return cast(Plan, _asked(lambda: self._handle.plan.remote(list(tokens), style, paces, Urgency.HOST), run))

    def sound(self, plan: Plan, style: Style, norms: Norms, run: Running) -> Samples:
        return cast(Samples, _asked(lambda: self._handle.sound.remote(plan, style, dict(norms), Urgency.HOST), run))

    def whole(self, plan: Plan, style: Style, run: Running) -> Samples:
        return cast(Samples, _asked(lambda: self._handle.whole.remote(plan, style, Urgency.HOST), run))

    def measured(self, spoken: Sequence[tuple[Plan, Style]]) -> Measured:
        return cast(Measured, _asked(lambda: self._handle.measured.remote(list(spoken), Urgency.BACKGROUND)))
