"""Carries out CallTool: in a worker, within the tool's time, the result or the trouble told as an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livehost import events
from livehost.clock import SessionClock
from livehost.commands import CallTool
from livehost.decision import Evidence
from livehost.errors import LivehostError
from livehost.events import Event
from livehost.toolbox import Toolbox
from livehost.tools.runner import Runner
from livehost.workers import Worker

PART = "tools"
_START_LIMIT_MS = 60_000
_SPARE_MS = 1500  # beyond the tool's own limit, which ends it in better order

Put = Callable[[Event], None]


class Caller:
    def __init__(self, box: Toolbox, clock: SessionClock) -> None:
        self._runner = Runner(box)
        self._limits = {tool.id: 1000 * tool.seconds + _SPARE_MS for tool in box.tool}
        self._starter = Worker("tools-start", clock)
        self._workers = {tool.id: Worker(f"tool-{tool.id}", clock) for tool in box.tool}  # a slow one holds up no other

    async def call(self, wish: CallTool, put: Put) -> None:
        """Always ends with ToolAnswered or ToolFailed."""
        arguments = dict(wish.arguments)
        worker = self._workers.get(wish.tool)
        if worker is None:
            put(events.ToolFailed(wish.call, "there is no such tool"))
            return
        try:
            values, took_ms = await worker.run(lambda: self._runner.run(wish.tool, arguments), self._limits[wish.tool])
        except TimeoutError:
            put(events.ToolFailed(wish.call, "took too long"))
        except (LivehostError, OSError, RuntimeError, ValueError) as trouble:
            put(events.ToolFailed(wish.call, str(trouble)))
        else:
            found = tuple(Evidence(f"tool:{wish.tool}", "", name, value) for name, value in values.items())
            put(events.ToolAnswered(wish.call, found, took_ms))

    async def run(self, put: Put) -> None:
        """Starts what must be started, then waits until it is cancelled; then its connections are closed."""
        try:
            try:
                await self._starter.run(self._runner.warm_up, _START_LIMIT_MS)
            except (LivehostError, TimeoutError, OSError, RuntimeError) as trouble:
                put(events.PartChanged(PART, "degraded", str(trouble) or "a server takes long to start"))
            await asyncio.Event().wait()
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        for worker in (self._starter, *self._workers.values()):
            worker.close()
        await asyncio.to_thread(self._runner.close)
