"""Three platforms at once, with cuts: nothing lost, nothing twice, each line from where it came."""

from __future__ import annotations

import asyncio

import keyring

from livehost import clock, events
from livehost.events import Event
from tests.platforms.flood import TOKEN, Chance, flooding, rooms_for
from tests.platforms.watching import MemoryKeyring, surroundings


def test_three_rooms_at_once_lose_nothing_and_double_nothing() -> None:
    keyring.set_keyring(MemoryKeyring())
    got: dict[str, list[str]] = {"twitch": [], "bilibili": [], "kick": []}

    def put(event: Event) -> None:
        if isinstance(event, events.ChatReceived):
            assert event.source.startswith(event.line.platform)
            got[event.line.platform].append(event.line.text)

    async def trial() -> dict[str, int]:
        chance = Chance(1)
        async with flooding() as flood:
            rooms = rooms_for(flood.addresses, surroundings(TOKEN))
            running = [asyncio.create_task(room.run(put)) for room in rooms.values()]
            talking = [asyncio.create_task(one.talk(50, 0.2, (3, 8), chance)) for one in flood.talkers.values()]
            await asyncio.sleep(30)
            for task in talking:
                task.cancel()
            await asyncio.sleep(5)
            for task in running:
                task.cancel()
            ended = await asyncio.gather(*running, *talking, return_exceptions=True)
            assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
            assert all(one.cuts >= 2 for one in flood.talkers.values()), flood.talkers
            return {name: one.sent for name, one in flood.talkers.items()}

    sent = clock.run(trial(), virtual=True)
    for name, count in sent.items():
        assert count > 500 and got[name] == [f"line {number}" for number in range(count)], name
