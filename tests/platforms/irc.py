"""Twitch's IRC over a websocket, as far as a reader needs it: the welcome, a room, PING, and lines when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection


@dataclass
class IrcRoom:
    joined: list[ServerConnection] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    async def __call__(self, link: ServerConnection) -> None:
        welcomed = False
        try:
            async for frame in link:
                said = str(frame).strip()
                self.received.append(said)
                if said.startswith("NICK"):
                    await link.send(":server 001 you :Welcome\r\n")
                    welcomed = True
                elif said.startswith("JOIN") and welcomed:
                    await link.send("@room-id=1 :tmi ROOMSTATE #anna\r\n")
                    self.joined.append(link)
                elif said.startswith("PING"):
                    await link.send(f":tmi PONG tmi {said.partition(' ')[2]}\r\n")
        finally:
            if link in self.joined:
                self.joined.remove(link)

    async def say(self, line: str) -> None:
        for link in list(self.joined):
            await link.send(line + "\r\n")
