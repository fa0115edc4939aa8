"""Twitch chat over IRC in a websocket: reading needs no account.

connect ─▶ CAP, PASS, NICK, USER ─▶ 001 ─▶ JOIN ─▶ lines …     a post ─▶ USERSTATE or its echo: taken, NOTICE: refused
"""

from __future__ import annotations

import asyncio
import re

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from livehost.clock import within_ms
from livehost.errors import LivehostError
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.posting import Limits
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.twitch_frames import IrcLine

ADDRESS = "wss://irc-ws.chat.twitch.tv:443"
LIMITS = Limits(characters=500, per_window=20, window_ms=30_000)  # over it nothing is delivered for half an hour
_READER = "justinfan74205"  # any number: the server lets such names read
_SILENT_MS, _BEAT_MS = 75_000, 50_000
_TAKEN_MS = 3_000
_SIGN_IN_FAULTS = ("authentication failed", "improperly formatted", "login unsuccessful")


class IrcLink:
    """Without a token it reads and can't post; `why` says why there is none, where there should be one."""

    limits = LIMITS

    def __init__(  # noqa: PLR0913 - all but the channel have a default
        self, channel: str, nick: str = "", token: str = "", address: str = ADDRESS, *, why: str = "", origin: str = ""
    ) -> None:
        self.name = f"twitch:{channel}"
        self._channel = channel
        self._nick, self._token = (nick or _READER).lower(), token.removeprefix("oauth:")
        self._address = address
        self._why = why
        self._origin = Origin(origin) if origin else None
        self._connection: ClientConnection | None = None
        self._posting = asyncio.Lock()
        self._taken: asyncio.Future[str] | None = None  # empty: it was taken; else why not

    async def attend(self, room: Room) -> None:
        room.silent_ms = _SILENT_MS
        room.beats(_BEAT_MS, self._beat)
        if self._token:
            room.own(self._nick)
        try:
            async with connect(
                self._address,
                max_size=MOST_BYTES,
                open_timeout=10,
                close_timeout=2,
                ping_interval=None,
                origin=self._origin,
            ) as connection:
                self._connection = connection
                await self._sign_in(connection)
                async for frame in connection:
                    text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                    for raw in text.split("\n"):
                        await self._line(room, connection, raw.rstrip("\r"))
        finally:
            self._connection = None

    async def _beat(self) -> None:
        if self._connection:
            await self._connection.send("PING :livehost\r\n")

    async def post(self, reply_to: str, text: str) -> None:
        if not self._token:
            raise LivehostError("posting needs an account", where=self.name, fix="Run: livehost login twitch")
        if self._connection is None:
            raise LivehostError("not connected", where=self.name)
        reply = f"@reply-parent-msg-id={reply_to} " if re.fullmatch(r"[\w-]{1,100}", reply_to) else ""
        said = text.lstrip("/.")  # a line that begins so would be a command
        async with self._posting:
            self._taken = asyncio.get_running_loop().create_future()
            try:
                await self._connection.send(f"{reply}PRIVMSG #{self._channel} :{said}\r\n")
                why_not = await within_ms(_TAKEN_MS, self._taken)
            except TimeoutError:
                raise LivehostError("the server did not say that it took the line", where=self.name) from None
            finally:
                self._taken = None
        if why_not:
            raise LivehostError(f"it was refused: {why_not}", where=self.name)

    async def _sign_in(self, connection: ClientConnection) -> None:
        await connection.send("CAP REQ :twitch.tv/tags twitch.tv/commands\r\n")
        await connection.send("CAP REQ :echo-message message-tags server-time\r\n")  # what other servers have instead
        if self._token:
            await connection.send(f"PASS oauth:{self._token}\r\n")
        await connection.send(f"NICK {self._nick}\r\n")
        await connection.send(f"USER {self._nick} 0 * :{self._nick}\r\n")
        await connection.send("CAP END\r\n")

    async def _line(self, room: Room, connection: ClientConnection, raw: str) -> None:
        room.alive()
        try:
            line = IrcLine(raw)
        except ValueError:
            return
        match line.command:
            case "PING":
                await connection.send(f"PONG :{line.params[-1] if line.params else ''}\r\n")
            case "001":
                await connection.send(f"JOIN #{self._channel}\r\n")
            case "JOIN" | "ROOMSTATE" if self._is_mine(line) or line.command == "ROOMSTATE":
                self._joined(room)
            case "USERSTATE":
                self._settle("")
            case "RECONNECT":
                raise Lost("the server asks for a new connection")
            case "NOTICE":
                self._notice(line)
            case "PRIVMSG" if self._token and self._is_mine(line):
                self._settle("")  # an echo of its own words
            case _:
                room.frame(raw)

    def _joined(self, room: Room) -> None:
        room.ready("reading and posting" if self._token else "reading; posting needs: livehost login twitch")
        if self._why:
            room.degraded(f"reading alone: {self._why}")

    def _notice(self, line: IrcLine) -> None:
        words = line.params[-1] if line.params else ""
        if any(fault in words.lower() for fault in _SIGN_IN_FAULTS):
            raise Refused("the sign-in was refused", fix="Run: livehost login twitch")
        if line.tags.get("msg-id", "").startswith("msg_"):  # msg_duplicate, msg_ratelimit, msg_banned, …
            if line.tags["msg-id"] == "msg_channel_suspended":
                raise Refused("there is no such channel, or it is suspended")
            self._settle(words[:200] or line.tags["msg-id"])

    def _settle(self, why_not: str) -> None:
        if self._taken and not self._taken.done():
            self._taken.set_result(why_not)

    def _is_mine(self, line: IrcLine) -> bool:
        return line.prefix.partition("!")[0].lower() == self._nick
