"""Workers as actors. Light: the supervisor needs this, and must be back in a moment when it was killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from livehost.events import Action
from livehost.fleet.settings import FleetFile

if TYPE_CHECKING:
    from livehost.show.signin import Role


class Working:
    """The actor: what it does is in `worker`, which is loaded where it runs and not where it is started."""

    def __init__(self, name: str, node: str, host: str, file: FleetFile, supervisor: Any) -> None:
        from livehost.fleet.worker import Worker

        self._worker = Worker(name, node, host, file, supervisor)

    async def run(self) -> None:
        await self._worker.run()

    async def act(self, room: str, action: Action, who: str, item: int = 0, text: str = "") -> bool:
        return self._worker.act(room, action, who, item, text)

    async def invite(self, room: str, name: str, role: Role) -> str:
        return self._worker.invite(room, name, role)

    async def about(self) -> dict[str, Any]:
        return self._worker.about()

    async def end(self) -> None:
        await self._worker.end()


def start_worker(name: str, node: str, host: str, file: FleetFile, supervisor: Any) -> Any:
    """Its handle; the actor goes where it is told and nowhere else."""
    return (
        ray.remote(Working)
        .options(
            name=name,
            namespace=namespace(file.fleet.name),
            lifetime="detached",
            num_cpus=0,
            max_concurrency=1000,
            max_restarts=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        )
        .remote(name, node, host, file, supervisor)
    )


def namespace(fleet: str) -> str:
    return f"livehost-{fleet}"
