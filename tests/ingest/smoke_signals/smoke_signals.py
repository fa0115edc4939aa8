"""A platform that Livehost does not know: `smoke:HOST:PORT`, JSON over a websocket. An example to copy."""

from __future__ import annotations

import json

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from livehost.chat import ChatLine, Viewer
from livehost.errors import LivehostError
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.platform import Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.room import Room


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of [platforms.smoke] that are its own."""

    hill: str = ""


def decode(raw: str) -> list[ChatLine]:
    """A frame to lines; raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = json.loads(raw)
    if "text" not in frame:
        raise UnknownFrame(str(frame.get("kind", "")))
    return [ChatLine(platform="smoke", id=frame["id"], user=Viewer(frame["who"], frame["who"]), text=frame["text"])]


class SmokeLink:
    """One connection, and what is posted over it; the Room around it does all the rest."""

    limits = Limits(characters=40, per_window=5, window_ms=10_000)

    def __init__(self, address: str, around: Surroundings) -> None:
        self.name = f"smoke:{address}"
        self._address = address
        self._hill = options(around.table, Options, "smoke").hill
        self._connection: ClientConnection | None = None

    async def attend(self, room: Room) -> None:
        """Connects, and gives `room` what comes; raises or returns when it is over."""
        room.silent_ms = 60_000  # so long nothing may come
        async with connect(f"ws://{self._address}/{self._hill}") as connection:
            self._connection = connection
            room.ready("seen from here")
            async for message in connection:
                room.frame(str(message))

    async def post(self, reply_to: str, text: str) -> None:
        """Raises unless the platform took the line."""
        if self._connection is None:
            raise LivehostError("not connected", where=self.name)
        await self._connection.send(json.dumps({"reply_to": reply_to, "text": text}))


def open_chat(scheme: str, rest: str, around: Surroundings) -> Room:
    return Room(SmokeLink(rest, around), decode, around)


PLATFORM = Platform("smoke", open_chat, Options, secrets=("smoke_token",))
