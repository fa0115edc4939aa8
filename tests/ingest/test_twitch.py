"""Twitch over IRC: a small server with cuts, and the real InspIRCd."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from livehost import clock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.backoff import BackOff
from livehost.ingest.connect import open_chat
from livehost.ingest.room import Room
from livehost.ingest.twitch_frames import decode
from livehost.ingest.twitch_irc import IrcLink
from tests.platforms.cutting import Cutter
from tests.platforms.inspircd import PROGRAM, inspircd
from tests.platforms.watching import Watched, surroundings, watched


@dataclass
class IrcServer:
    """Welcomes, refuses a JOIN before the welcome, hands out lines, cuts the connection after `cut_after` of them."""

    lines: list[str]
    cut_after: int = 5
    received: list[str] = field(default_factory=list)
    joined_too_soon: bool = False
    sent: int = 0
    answer: str = "@display-name=Cohost :tmi USERSTATE #anna"  # to a post

    async def __call__(self, link: ServerConnection) -> None:
        welcomed = False
        async for frame in link:
            said = str(frame).strip()
            self.received.append(said)
            if said.startswith("NICK"):
                await link.send(":server 001 you :Welcome\r\nPING :are you there\r\n")
                welcomed = True
            elif "PRIVMSG" in said and self.answer:
                await link.send(self.answer)
            elif said.startswith("JOIN"):
                await link.send(":tmi ROOMSTATE #anna")
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


def _room(port: int, **account: str) -> Room:
    link = IrcLink("anna", address=f"ws://127.0.0.1:{port}", origin="http://127.0.0.1", **account)
    return Room(link, decode, surroundings(), BackOff(1, "test", first_ms=20, longest_ms=100))


async def _through(server: IrcServer, wanted: int, **account: str) -> tuple[Watched, Room]:
    """What comes in until `wanted` lines are there, over as many connections as it takes."""
    async with serve(server, "127.0.0.1", 0) as listening:
        room = _room(next(iter(listening.sockets)).getsockname()[1], **account)
        async with watched(room) as seen:
            await seen.until(lambda: len(seen.lines) >= wanted)
            if account:
                await _post_too_much(room)
    return seen, room


async def _post_too_much(room: Room) -> None:
    await room.post("m1", "/ban  everyone")
    with pytest.raises(LivehostError, match="20 lines"):
        for _ in range(20):
            await room.post("bad id", "x")


def test_no_line_is_lost_or_doubled_over_twenty_cuts() -> None:
    server = IrcServer([_line(number) for number in range(100)])
    seen, _ = clock.run(_through(server, 100))
    assert seen.texts == [f"line {number}" for number in range(100)]
    assert not server.joined_too_soon and "PONG :are you there" in server.received
    assert not any(said.startswith("PASS") for said in server.received)


def test_a_post_answers_its_line_is_no_command_and_keeps_the_limit() -> None:
    server = IrcServer([_line(1)])
    clock.run(_through(server, 1, nick="Cohost", token="oauth:secret"))
    posts = [said for said in server.received if "PRIVMSG" in said]
    assert posts[0] == "@reply-parent-msg-id=m1 PRIVMSG #anna :ban everyone" and posts[1] == "PRIVMSG #anna :x"
    assert len(posts) == 20 and "PASS oauth:secret" in server.received


def test_a_line_that_the_server_refuses_is_told_and_one_it_is_silent_about_too() -> None:
    async def trial(answer: str, told: str) -> None:
        async with serve(IrcServer([_line(1)], answer=answer), "127.0.0.1", 0) as listening:
            room = _room(next(iter(listening.sockets)).getsockname()[1], nick="cohost", token="secret")
            async with watched(room) as seen:
                await seen.until(lambda: len(seen.lines) == 1)
                with pytest.raises(LivehostError, match=told):
                    await room.post("", "hello")

    refused = "@msg-id=msg_ratelimit :tmi NOTICE #anna :You are sending messages too quickly."
    clock.run(trial(refused, "too quickly"), virtual=True)
    clock.run(trial("", "did not say that it took the line"), virtual=True)


def test_its_own_words_and_those_of_bots_are_left_aside() -> None:
    own = "@id=o1;user-id=u0 :cohost!c@c PRIVMSG #anna :[AI] hello"
    bot = "@id=o2;user-id=u9;display-name=Nightbot :nightbot!n@n PRIVMSG #anna :follow me"
    server = IrcServer([own, bot, _line(1)])
    seen, _ = clock.run(_through(server, 1, nick="Cohost", token="secret"))
    assert [line.id for line in seen.lines] == ["m1"]


def test_what_is_no_channel_is_told() -> None:
    async def trial() -> None:
        with pytest.raises(BadInput, match="twitch:CHANNEL"):
            open_chat("twitch:not a channel!", surroundings())

    clock.run(trial())


# --- the real server


async def _signed_in(port: int, nick: str) -> ClientConnection:
    link = await connect(f"ws://127.0.0.1:{port}", origin=Origin("http://127.0.0.1"))
    for line in (f"NICK {nick}", f"USER {nick} 0 * :{nick}"):
        await link.send(line)
    while True:
        said = str(await link.recv())
        if " 001 " in said:
            await link.send("JOIN #anna")
        if " 366 " in said:
            return link


async def _talk(link: ClientConnection, every_s: float) -> None:
    """Numbered lines without end."""
    number = 0
    while True:
        number += 1
        await link.send(f"NICK mia{number}")  # one viewer alone would be held to a line a second
        await link.send(f"PRIVMSG #anna :line {number}")
        await asyncio.sleep(every_s)


async def _heard(link: ClientConnection, into: list[str]) -> None:
    try:
        async for frame in link:
            said = str(frame)
            if said.startswith("PING"):
                await link.send(said.replace("PING", "PONG", 1))
            if found := re.search(r":cohost!\S+ PRIVMSG #anna :(.*)", said):
                into.append(found[1].strip())
    except ConnectionClosed:
        return


async def _more(seen: Watched, lines: int) -> None:
    """So many more lines come in, over a connection that is made first if need be."""
    wanted = len(seen.lines) + lines
    await seen.until(lambda: len(seen.lines) >= wanted)


async def cut_again_and_again(cuts: int) -> tuple[list[str], list[str], str]:
    """What the server delivered, what came in, and what went wrong: over `cuts` connections to the real server."""
    async with inspircd() as port, Cutter(port).open() as cutter:
        talker = await _signed_in(port, "mia")
        talking = asyncio.gather(_talk(talker, 0.005), _heard(talker, []))  # who never reads is put out by the server
        async with watched(_room(cutter.port)) as seen:
            for number in range(cuts):
                await _more(seen, 5 + number % 7)
                cutter.cut()
            await seen.until(lambda: seen.told[-1].startswith("ok"))
            talking.cancel()
            await talker.close()
            await seen.until(lambda: len(seen.texts) >= len(cutter.passed), 5)
        await asyncio.gather(talking, return_exceptions=True)
        faults = [told for told in seen.told if told.startswith("lost") and "connection" not in told]
        return cutter.passed, seen.texts, " ".join(faults)


async def quiet_for(seconds: float) -> list[str]:
    """What is told of a room in which nobody writes; InspIRCd asks each 15 s whether anybody is there."""
    async with inspircd() as port, watched(_room(port)) as seen:
        await asyncio.sleep(seconds)
        return seen.told


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAM, reason="InspIRCd is not installed (Debian: apt-get install inspircd)")
def test_inspircd_cut_again_and_again() -> None:
    delivered, came, faults = clock.run(cut_again_and_again(8))
    assert came == delivered and len(came) > 40 and not faults


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAM, reason="InspIRCd is not installed (Debian: apt-get install inspircd)")
def test_inspircd_takes_posts_and_the_limit_is_kept() -> None:
    async def trial() -> list[str]:
        heard: list[str] = []
        async with inspircd() as port:
            mia = await _signed_in(port, "mia")
            hearing = asyncio.create_task(_heard(mia, heard))
            room = _room(port, nick="cohost", token="any")
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok"), 10)
                await _post_too_much(room)
                await mia.send("PRIVMSG #anna :and you?")
                await seen.until(lambda: seen.texts == ["and you?"], 10)
            await mia.close()
            await hearing
        return heard

    assert clock.run(trial()) == ["ban everyone", *["x"] * 19]
