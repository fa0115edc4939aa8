"""Twitch: `twitch:CHANNEL`. Signed in, over EventSub with posting through Helix; without an account, reading over IRC.

`livehost login twitch` signs in. A token from elsewhere goes into `LIVEHOST_TWITCH_TOKEN`; one that has the IRC scopes alone
(chat:read, chat:edit) reads and posts over IRC.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from livehost.errors import BadInput, LivehostError
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.room import Room
from livehost.ingest.trouble import Refused
from livehost.ingest.twitch_eventsub import EventSubLink
from livehost.ingest.twitch_frames import decode
from livehost.ingest.twitch_helix import Helix, Servers
from livehost.ingest.twitch_irc import LIMITS, IrcLink


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`client_id`: of your own application at dev.twitch.tv, for the sign-in; it is no secret."""

    client_id: str = ""
    irc: bool = False  # over IRC even when signed in


class TwitchLink:
    """Chooses the way in with each connection: what the token allows is known only then, and may change."""

    limits = LIMITS

    def __init__(self, channel: str, around: Surroundings, servers: Servers | None = None) -> None:
        self.name = f"twitch:{channel}"
        self._channel = channel
        self._servers = servers or Servers()
        self._options: Options = options(around.table, Options, "twitch")
        self._helix = helix_for(around, self._servers)
        self._way: IrcLink | EventSubLink | None = None

    async def attend(self, room: Room) -> None:
        try:
            self._way = await self._way_in()
            await self._way.attend(room)
        finally:
            await self._helix.web.aclose()

    async def post(self, reply_to: str, text: str) -> str | None:
        if self._way is None:
            raise LivehostError("not connected", where=self.name)
        return await self._way.post(reply_to, text)

    async def unpost(self, line_id: str) -> None:
        if not isinstance(self._way, EventSubLink):
            raise LivehostError("over IRC nothing can be deleted", where=self.name, fix="Run: livehost login twitch")
        await self._way.unpost(line_id)

    async def _way_in(self) -> IrcLink | EventSubLink:
        if not self._helix.account.there:
            return IrcLink(self._channel, address=self._servers.irc)
        try:
            who = await self._helix.who()
        except Refused as trouble:  # reading goes on without the account
            return IrcLink(self._channel, address=self._servers.irc, why=f"{trouble.what}. {trouble.fix}")
        if self._options.irc or "user:read:chat" not in who.scopes:
            return IrcLink(self._channel, who.login, self._helix.account.access, self._servers.irc)
        return EventSubLink(self._channel, self._helix, self._servers.eventsub)


def helix_for(around: Surroundings, servers: Servers | None = None) -> Helix:
    chosen: Options = options(around.table, Options, "twitch")
    return Helix(chosen.client_id, around.secrets, around.clock, servers or Servers())


async def log_in(around: Surroundings, tell: Callable[[str], None], servers: Servers | None = None) -> str:
    helix = helix_for(around, servers)
    try:
        return await helix.log_in(tell)
    finally:
        await helix.web.aclose()


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    """The token, what it allows, and the channel."""
    helix = helix_for(around, servers)
    try:
        if not helix.account.there:
            fix = "Run: livehost login twitch"
            return [Finding("twitch", "warn", "no sign-in: chat is read, nothing can be posted", fix)]
        who = await helix.who()
        found = [Finding("twitch", "ok", f"signed in as {who.login}")]
        wanted = {
            "user:read:chat": "read chat over EventSub",
            "user:write:chat": "post",
            "moderator:manage:chat_messages": "delete a post that was wrong",
        }
        found += [
            Finding("twitch", "warn", f"the sign-in does not allow to {what}", "Run: livehost login twitch")
            for scope, what in wanted.items()
            if scope not in who.scopes
        ]
        if channel := _channel(rest):
            await helix.user_id(channel)
            found.append(Finding(f"twitch:{channel}", "ok", "the channel is there"))
        return found
    finally:
        await helix.web.aclose()


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    channel = _channel(rest)
    if not re.fullmatch(r"[a-z0-9_]{1,25}", channel):
        raise BadInput("this is no name of a channel", where=f"twitch:{rest}", fix="Write it as twitch:CHANNEL")
    return Room(TwitchLink(channel, around), decode, around)


def _channel(rest: str) -> str:
    """Out of a name or the channel's address."""
    return rest.strip("/ ").rpartition("/")[2].lstrip("#@").lower()


PLATFORM = Platform(
    "twitch",
    open_chat,
    Options,
    secrets=("twitch_token", "twitch_refresh", "twitch_client_id"),
    examine=examine,
    log_in=log_in,
)
