"""The Twitch connector against a small IRC server on a real websocket, with cuts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from websockets.asyncio.server import ServerConnection, serve

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.errors import BadInput, LivehostError
from livehost.events import Event
from livehost.ingest.twitch import TwitchChat, open_chat


@dataclass
class IrcServer:
    """Welcomes, refuses a JOIN before the welcome, hands out lines, cuts the connection after `cut_after` of them."""

    lines: list[str]
    cut_after: int = 5
    received: list[str] = field(default_factory=list)
    joined_too_soon: bool = False
    sent: int = 0

    async def __call__(self, link: ServerConnection) -> None:
        welcomed = False
        async for frame in link:
            said = str(frame).strip()
            self.received.append(said)
            if said.startswith("NICK"):
                await link.send(":server 001 you :Welcome\r\nPING :are you there\r\n")
                welcomed = True
            elif said.startswith("JOIN"):
                self.joined_too_soon |= not welcomed
                await self._hand_out(link)

    async def _hand_out(self, link: ServerConnection) -> None:
        # The last line before a cut comes again after it, as servers with a history do.
        batch = self.lines[max(0, self.sent - 1) : self.sent + self.cut_after]
        await link.send("\r\n".join(batch) + "\r\n")
        self.sent = min(len(self.lines), self.sent + self.cut_after)
        if self.sent < len(self.lines):
            await link.close()


def _line(number: int) -> str:
    return f"@id=m{number};user-id=u{number};display-name=V{number} :v{number}!v@v PRIVMSG #anna :line {number}"


async def _through(server: IrcServer, wanted: int, **account: str) -> list[Event]:
    """What comes in until `wanted` lines are there, over as many connections as it takes."""
    got: list[Event] = []
    enough = asyncio.Event()

    def put(event: Event) -> None:
        got.append(event)
        if sum(isinstance(event, events.ChatReceived) for event in got) >= wanted:
            enough.set()

    async with serve(server, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        session_clock = SessionClock(asyncio.get_running_loop())
        chat = TwitchChat("anna", session_clock, address=f"ws://127.0.0.1:{port}", **account)
        waiting = asyncio.create_task(enough.wait())
        while not enough.is_set():
            running = asyncio.create_task(chat.run(put))
            await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
            if account and not running.done():
                await _post_too_much(chat)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return got


async def _post_too_much(chat: TwitchChat) -> None:
    await chat.post("m1", "/ban  everyone")
    with pytest.raises(LivehostError, match="20 lines"):
        for _ in range(20):
            await chat.post("bad id", "x")
    await asyncio.sleep(0.05)  # for the server to read them


def test_no_line_is_lost_or_doubled_over_twenty_cuts() -> None:
    server = IrcServer([_line(number) for number in range(100)])
    got = clock.run(_through(server, 100))
    texts = [event.line.text for event in got if isinstance(event, events.ChatReceived)]
    assert texts == [f"line {number}" for number in range(100)]
    assert not server.joined_too_soon and "PONG :are you there" in server.received
    assert not any(said.startswith("PASS") for said in server.received)


def test_a_post_answers_its_line_is_no_command_and_keeps_the_limit() -> None:
    server = IrcServer([_line(1)])
    clock.run(_through(server, 1, nick="Cohost", token="oauth:secret"))
    posts = [said for said in server.received if "PRIVMSG" in said]
    assert posts[0] == "@reply-parent-msg-id=m1 PRIVMSG #anna :ban everyone" and posts[1] == "PRIVMSG #anna :x"
    assert len(posts) == 20 and "PASS oauth:secret" in server.received


def test_its_own_words_are_left_aside() -> None:
    own = "@id=o1;user-id=u0 :cohost!c@c PRIVMSG #anna :[AI] hello"
    server = IrcServer([own, _line(1)])
    got = clock.run(_through(server, 1, nick="Cohost", token="secret"))
    assert [event.line.id for event in got if isinstance(event, events.ChatReceived)] == ["m1"]


def test_what_is_no_channel_is_told() -> None:
    async def trial() -> None:
        with pytest.raises(BadInput, match="twitch:CHANNEL"):
            open_chat("twitch", "not a channel!", SessionClock(asyncio.get_running_loop()))

    clock.run(trial())
