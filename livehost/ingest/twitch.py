"""Twitch chat over IRC in a websocket: reading needs no account, posting needs one (`LIVEHOST_TWITCH_NICK` and
`LIVEHOST_TWITCH_TOKEN` in the environment; the token's scopes are chat:read and chat:edit).

 connect ─▶ CAP, PASS, NICK ─▶ 001 ─▶ JOIN ─▶ lines …  nothing for 60 s ─▶ PING ─▶ nothing for 15 s more ─▶ broken
"""

from __future__ import annotations

import asyncio
import os
import re
from collections import deque

from websockets.asyncio.client import ClientConnection, connect

from livehost.clock import SessionClock, within_ms
from livehost.errors import BadInput, LivehostError
from livehost.ingest.door import Door, Put
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.twitch_frames import IrcLine, decode

ADDRESS = "wss://irc-ws.chat.twitch.tv:443"
_READER = "justinfan74205"  # any number: the server lets such names read
_SILENT_MS, _ANSWER_MS = 60_000, 15_000
_POSTS, _POSTS_MS = 20, 30_000  # over the limit nothing is delivered for half an hour
_LONGEST = 500


class TwitchChat:
    """A lost connection is an error, and whoever runs it tries again; ids of lines are remembered over that."""

    finite = False

    def __init__(
        self, channel: str, clock: SessionClock, nick: str = "", token: str = "", address: str = ADDRESS
    ) -> None:
        self.name = f"twitch:{channel}"
        self._channel = channel
        self._clock = clock
        self._nick, self._token = nick.lower(), token.removeprefix("oauth:")
        self._address = address
        self._connection: ClientConnection | None = None
        self._door: Door | None = None
        self._posted: deque[int] = deque(maxlen=_POSTS)

    async def run(self, put: Put) -> None:
        self._door = self._door or Door(self.name, self._clock, put)
        try:
            async with connect(self._address, max_size=MOST_BYTES, open_timeout=10) as connection:
                await self._sign_in(connection)
                while True:
                    await self._take(connection, await self._heard(connection))
        finally:
            self._connection = None
            self._door.close()

    async def post(self, reply_to: str, text: str) -> None:
        """Raises without an account, without a connection, and when Twitch's limit is reached."""
        if not self._token:
            raise LivehostError("posting needs an account", where=self.name, fix="Set LIVEHOST_TWITCH_NICK and _TOKEN")
        if self._connection is None:
            raise LivehostError("not connected", where=self.name)
        now_ms = self._clock.now_ms()
        if len(self._posted) == _POSTS and now_ms - self._posted[0] < _POSTS_MS:
            raise LivehostError("20 lines in 30 seconds are all that Twitch takes", where=self.name)
        self._posted.append(now_ms)
        reply = f"@reply-parent-msg-id={reply_to} " if re.fullmatch(r"[\w-]{1,100}", reply_to) else ""
        said = " ".join(text.split())[:_LONGEST].lstrip("/.")  # a line that begins so would be a command
        await self._connection.send(f"{reply}PRIVMSG #{self._channel} :{said}\r\n")

    async def _sign_in(self, connection: ClientConnection) -> None:
        await connection.send("CAP REQ :twitch.tv/tags twitch.tv/commands\r\n")
        if self._token:
            await connection.send(f"PASS oauth:{self._token}\r\n")
        await connection.send(f"NICK {self._nick or _READER}\r\n")

    async def _heard(self, connection: ClientConnection) -> str:
        """The next frame. Alive but silent is dead: a question that nobody answers ends it."""
        asked = False
        receiving = asyncio.ensure_future(connection.recv())
        try:
            while True:
                try:
                    frame = await within_ms(_ANSWER_MS if asked else _SILENT_MS, asyncio.shield(receiving))
                except TimeoutError:
                    if asked:
                        raise LivehostError("nothing came for 75 seconds", where=self.name) from None
                    asked = True
                    await connection.send("PING :livehost\r\n")
                else:
                    return frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        finally:
            receiving.cancel()

    async def _take(self, connection: ClientConnection, frame: str) -> None:
        for raw in frame.splitlines():
            try:
                line = IrcLine(raw)
            except ValueError:
                continue
            match line.command:
                case "PING":
                    await connection.send(f"PONG :{line.params[-1] if line.params else ''}\r\n")
                case "001":
                    await connection.send(f"JOIN #{self._channel}\r\n")
                    self._connection = connection
                case "RECONNECT":
                    raise LivehostError("the server asks for a new connection", where=self.name)
                case "NOTICE" if "authentication failed" in raw.lower() or "improperly formatted" in raw.lower():
                    raise LivehostError("the sign-in was refused", where=self.name, fix="Renew LIVEHOST_TWITCH_TOKEN")
                case _:
                    self._give(raw, line)

    def _give(self, raw: str, line: IrcLine) -> None:
        if self._door is None or (self._nick and line.prefix.partition("!")[0].lower() == self._nick):
            return  # its own words come back from some servers
        try:
            self._door.give(decode(raw))
        except (UnknownFrame, ValueError):
            return


def open_chat(_scheme: str, rest: str, clock: SessionClock) -> TwitchChat:
    channel = rest.lstrip("#/").lower()
    if not re.fullmatch(r"[a-z0-9_]{1,25}", channel):
        raise BadInput("this is no name of a channel", where=f"twitch:{rest}", fix="Write it as twitch:CHANNEL")
    nick, token = os.environ.get("LIVEHOST_TWITCH_NICK", ""), os.environ.get("LIVEHOST_TWITCH_TOKEN", "")
    return TwitchChat(channel, clock, nick, token if nick else "")
