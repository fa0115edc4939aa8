"""A Ray cluster to run on: the one that is named, or one that is made here and ends with us."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from livehost.errors import MissingPart
from livehost.fleet.settings import FleetFile

_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


def ready_ray() -> Any:
    """The library, told to keep to itself; raises MissingPart."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise MissingPart("ray is not installed", fix="Run: pip install 'livehost[fleet]'") from None
    return ray


@contextmanager
def connected(file: FleetFile) -> Iterator[Any]:
    """The supervisor's handle, of this fleet: the one that is there already, or a new one."""
    ray = ready_ray()
    from livehost.fleet.hiring import namespace

    ray.init(
        address=file.fleet.address or "local",  # without a word Ray would join whatever else runs on this machine
        namespace=namespace(file.fleet.name),
        include_dashboard=False if not file.fleet.address else None,
        logging_level="error",
        log_to_driver=False,
    )
    try:
        yield supervisor_of(file)
    finally:
        ray.shutdown()


def supervisor_of(file: FleetFile) -> Any:
    ray = ready_ray()
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    from livehost.fleet.hiring import namespace
    from livehost.fleet.supervisor import SUPERVISOR, Supervisor

    if file.fleet.models == "shared":
        from livehost.fleet.shared import start_models

        start_models(max(1, int(ray.cluster_resources().get("CPU", 1))))
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    supervisor = (
        ray.remote(Supervisor)
        .options(
            name=SUPERVISOR,
            namespace=namespace(file.fleet.name),
            lifetime="detached",
            get_if_exists=True,
            num_cpus=0,
            max_concurrency=1000,
            max_restarts=-1,
            scheduling_strategy=here,
        )
        .remote(file)
    )
    ray.get(supervisor.begin.remote())
    return supervisor
