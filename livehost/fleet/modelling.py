"""How the rooms of a fleet come by their models."""

from __future__ import annotations

from pathlib import Path

from livehost.asking import matcher_for
from livehost.fleet.hosting import ModelsFor
from livehost.fleet.settings import RECORDED, FleetFile
from livehost.knowledge import Knowledge
from livehost.models import Models, load_models
from livehost.plan import Plan, heard_by
from livehost.room import matcher_of
from livehost.weights import data_dir


def models_for(file: FleetFile) -> ModelsFor:
    kind = file.fleet.models
    if kind.startswith(RECORDED):
        from livehost.fleet.recorded import read_results, recorded_models

        session = Path(kind.removeprefix(RECORDED))
        return ModelsFor(lambda _plan, _knowledge: recorded_models(session), lambda _: read_results(session))
    return _shared() if kind == "shared" else ModelsFor(_own, matcher_of)


def _own(plan: Plan, knowledge: Knowledge) -> Models:
    return load_models(plan.creator, knowledge, heard=heard_by(plan, knowledge))


def _shared() -> ModelsFor:
    """Lines and sentences by the shared models; a host is heard by the worker's own recogniser."""
    from livehost.fleet.clients import SharedEngines, SharedVoice

    engines, voice = SharedEngines(), SharedVoice()

    def load(plan: Plan, knowledge: Knowledge) -> Models:
        heard = heard_by(plan, knowledge)
        return load_models(plan.creator, knowledge, heard=heard, engines=engines, speaks=voice)

    return ModelsFor(load, lambda new: matcher_for(new, data_dir() / "cache" / "embeddings.sqlite", engines))
