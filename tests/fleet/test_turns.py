"""A shared model computes the most urgent first, and nothing that nobody waits for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from livehost.fleet.turns import Turns, Urgency


def test_the_most_urgent_first_and_what_nobody_waits_for_never() -> None:
    done: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def first() -> str:
        begun.set()
        go_on.wait(10)
        return "first"

    async def share() -> None:
        turns = Turns("test")
        running = asyncio.create_task(turns.run(first, Urgency.BACKGROUND))
        await asyncio.to_thread(begun.wait, 10)
        asked = {
            name: asyncio.create_task(turns.run(lambda name=name: done.append(name), urgency))  # type: ignore[misc]
            for name, urgency in (
                ("background", Urgency.BACKGROUND),
                ("line 1", Urgency.LINE),
                ("given up", Urgency.LINE),
                ("host", Urgency.HOST),
                ("line 2", Urgency.LINE),
            )
        }
        await asyncio.sleep(0)
        assert turns.waiting == 5
        asked["given up"].cancel()
        await asyncio.sleep(0)
        go_on.set()
        assert await running == "first"
        await asyncio.gather(*asked.values(), return_exceptions=True)
        assert turns.passed_over == 1

    asyncio.run(share())
    assert done == ["host", "line 1", "line 2", "background"]


def test_a_job_that_fails_is_told_to_who_asked_and_the_next_one_runs() -> None:
    def fails() -> int:
        raise ValueError("no")

    async def share() -> int:
        turns = Turns("test")
        with pytest.raises(ValueError, match="no"):
            await turns.run(fails, Urgency.LINE)
        return await turns.run(lambda: 2, Urgency.LINE)

    assert asyncio.run(share()) == 2
