"""The models that rooms share, as Ray Serve deployments. They compute and keep nothing: knowledge, matching decisions, voices
with their consent, and memory stay with the room; of a voice a single row of its style goes past.

    Understanding   lines → points, pieces → verdicts      Speaking   tokens and a style's row → plan, sound

A request is computed by itself, most urgent first. Requests of several rooms are not put into one call of the model: its
8-bit activations share a scale, so that a room's score would hang on what others ask (measured: logits differ by up to 0.9),
and on a CPU one call of eight takes as long as eight calls.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ray import serve

from livehost.fleet.turns import Turns, Urgency
from livehost.sound import Samples
from livehost.speak.kokoro_model import KokoroModel, Measured, Norms, Style
from livehost.speak.windows import Plan
from livehost.understand.cross_encoder import read_here
from livehost.understand.sentences import Library, Side, Vectors
from livehost.weights import kokoro_file

APP = "livehost-models"
_MOST_REQUESTS = 1000  # at a replica; the most urgent is computed first, so they wait there and not at the router


class Understanding:
    def __init__(self) -> None:
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
        self._library = Library()
        self._turns = Turns("understanding")
        self._library.encode(["warm"], "asked")
        read_here(np.zeros((1, 8), dtype=np.int64), np.zeros((1, 8), dtype=np.int64))

    async def works(self) -> bool:
        return self._library.works

    async def words(self) -> frozenset[str]:
        return self._library.words()

    async def encode(self, texts: list[str], side: Side, urgency: Urgency) -> Vectors:
        return await self._turns.run(lambda: self._library.encode(texts, side), urgency)

    async def read(
        self, pieces: NDArray[np.int64], segments: NDArray[np.int64], urgency: Urgency
    ) -> NDArray[np.float64]:
        return await self._turns.run(lambda: read_here(pieces, segments), urgency)


class Speaking:
    """A request that is cancelled while it waits is never computed; one that is computed is not broken off: it is a window."""

    def __init__(self) -> None:
        self._model = KokoroModel(kokoro_file())
        self._turns = Turns("speaking")

    async def plan(self, tokens: list[int], style: Style, paces: NDArray[np.float32], urgency: Urgency) -> Plan:
        return await self._turns.run(lambda: self._model.plan(tokens, style, paces, self._model.options()), urgency)

    async def sound(self, plan: Plan, style: Style, norms: Norms, urgency: Urgency) -> Samples:
        return await self._turns.run(lambda: self._model.sound(plan, style, norms, self._model.options()), urgency)

    async def whole(self, plan: Plan, style: Style, urgency: Urgency) -> Samples:
        return await self._turns.run(lambda: self._model.whole(plan, style, self._model.options()), urgency)

    async def measured(self, spoken: list[tuple[Plan, Style]], urgency: Urgency) -> Measured:
        return await self._turns.run(lambda: self._model.measured(spoken), urgency)


def start_models(most_replicas: int) -> None:
    """Both, unless they run already. Understanding has two replicas at least, so that one may be lost."""
    for kind, least in ((Understanding, 2), (Speaking, 1)):
        name = kind.__name__
        deployment: Any = serve.deployment(
            kind,
            name=name,
            max_ongoing_requests=_MOST_REQUESTS,
            ray_actor_options={"num_cpus": 0},
            autoscaling_config={
                "min_replicas": least,
                "max_replicas": max(least, most_replicas),
                "target_ongoing_requests": 4,
                "upscale_delay_s": 3,
                "downscale_delay_s": 120,
            },
            health_check_period_s=1,
            health_check_timeout_s=5,
        )
        serve.run(deployment.bind(), name=f"{APP}-{name}", route_prefix=None)
