"""Twitch chat over EventSub's websocket, with posting through Helix.

connect ─▶ session_welcome ─▶ subscriptions over HTTP, within 10 s ─▶ notifications, keepalives …
session_reconnect ─▶ the new connection's welcome ─▶ only then the old one is left
"""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livehost.clock import within_ms
from livehost.errors import LivehostError
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.posting import Limits
from livehost.ingest.raw import moment_ms, parse, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.twitch_helix import Helix, Who

_WELCOME_MS = 10_000
_MOVE_MS = 30_000
_SUBSCRIPTIONS = (  # no channel.cheer: the line in the chat tells of the same bits
    # kind, version, who else the condition names beside the broadcaster, needed
    ("channel.chat.message", "1", "user_id", True),
    ("channel.chat.message_delete", "1", "user_id", False),
    ("channel.chat.clear_user_messages", "1", "user_id", False),
    ("channel.chat.notification", "1", "user_id", False),
    ("channel.follow", "2", "moderator_user_id", False),
    ("channel.raid", "1", "to", False),
)


class EventSubLink:
    """The account's token says who posts."""

    limits = Limits(characters=500, per_window=20, window_ms=30_000)

    def __init__(self, channel: str, helix: Helix, address: str) -> None:
        self.name = f"twitch:{channel}"
        self._channel = channel
        self._helix = helix
        self._address = address
        self._who: Who | None = None
        self._broadcaster = ""

    async def attend(self, room: Room) -> None:
        room.silent_ms = _WELCOME_MS + 5_000
        self._who = await self._helix.who()
        self._broadcaster = self._broadcaster or await self._helix.user_id(self._channel)
        if self._who.user_id != self._broadcaster:  # the broadcaster's own lines are the host's
            room.own(self._who.user_id, self._who.login)
        connection, session = await self._open(self._address, room)
        try:
            await self._subscribe(session, room)
            while True:
                connection = await self._until_moved(connection, room)
        finally:
            await connection.close()

    async def post(self, reply_to: str, text: str) -> str:
        if self._who is None or not self._broadcaster:
            raise LivehostError("not connected", where=self.name)
        return await self._helix.send(self._broadcaster, self._who.user_id, text, reply_to)

    async def unpost(self, line_id: str) -> None:
        if self._who is None or not self._broadcaster:
            raise LivehostError("not connected", where=self.name)
        await self._helix.delete(self._broadcaster, self._who.user_id, line_id)

    async def _open(self, address: str, room: Room) -> tuple[ClientConnection, str]:
        """A connection that has been welcomed, and its session."""
        connection = await connect(address, max_size=MOST_BYTES, open_timeout=10, close_timeout=2, ping_interval=None)
        try:
            frame = parse(str(await within_ms(_WELCOME_MS, connection.recv())))
        except BaseException:
            await connection.close()
            raise
        session = text(frame, "payload", "session", "id")
        if text(frame, "metadata", "message_type") != "session_welcome" or not session:
            await connection.close()
            raise Lost("Twitch did not say welcome")
        keepalive_s = whole(frame, "payload", "session", "keepalive_timeout_seconds") or 10
        room.silent_ms = keepalive_s * 1000 + 5_000
        room.server_time(moment_ms(text(frame, "metadata", "message_timestamp")) or self._helix.web.server_epoch_ms)
        room.alive()
        return connection, session

    async def _subscribe(self, session: str, room: Room) -> None:
        without = []
        for kind, version, also, needed in _SUBSCRIPTIONS:
            try:
                await self._helix.subscribe(kind, version, self._condition(also), session)
            except Refused as trouble:
                if needed:
                    raise Refused(f"chat can't be read: {trouble.what}", fix="Run: livehost login twitch") from None
                without.append(kind.removeprefix("channel."))
            room.alive()
        room.ready(f"without {', '.join(without)}: the sign-in does not allow it" if without else "")

    def _condition(self, also: str) -> dict[str, str]:
        if also == "to":
            return {"to_broadcaster_user_id": self._broadcaster}
        condition = {"broadcaster_user_id": self._broadcaster}
        return {**condition, also: self._who.user_id} if also and self._who else condition

    async def _until_moved(self, connection: ClientConnection, room: Room) -> ClientConnection:
        """Reads; when Twitch asks to move, goes on reading until the new connection is welcomed, and returns that."""
        moving: asyncio.Task[tuple[ClientConnection, str]] | None = None
        receiving = asyncio.ensure_future(connection.recv())
        try:
            while True:
                await asyncio.wait([receiving, moving] if moving else [receiving], return_when=asyncio.FIRST_COMPLETED)
                if receiving.done():
                    if moving and not receiving.cancelled() and isinstance(receiving.exception(), ConnectionClosed):
                        return await self._moved(moving, connection)
                    if address := self._take(str(receiving.result()), room):
                        moving = moving or asyncio.create_task(self._open(address, room))
                    receiving = asyncio.ensure_future(connection.recv())
                elif moving and moving.done():
                    return await self._moved(moving, connection)
        except BaseException:
            if moving:
                moving.cancel()
            raise
        finally:
            receiving.cancel()
            del receiving, moving  # an error carries this frame with it: they would hold each other

    async def _moved(
        self, moving: asyncio.Task[tuple[ClientConnection, str]], old: ClientConnection
    ) -> ClientConnection:
        fresh, _ = await within_ms(_MOVE_MS, moving)
        await old.close()
        return fresh

    def _take(self, raw: str, room: Room) -> str:
        """One frame; where Twitch asks to move, the address to move to."""
        room.alive()
        try:
            frame = parse(raw)
        except ValueError:
            return ""
        match text(frame, "metadata", "message_type"):
            case "notification":  # at least once: what comes again has the same id, by which the door knows it
                room.frame(raw)
            case "session_reconnect":
                return text(frame, "payload", "session", "reconnect_url")
            case "revocation" if text(frame, "payload", "subscription", "type") == "channel.chat.message":
                why = text(frame, "payload", "subscription", "status")
                raise Refused(f"Twitch has ended the subscription: {why}", fix="Run: livehost login twitch")
        return ""
