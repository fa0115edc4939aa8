"""`livehost doctor` on rooms that are asked over a socket: whether they are there, let us in, and how to mend it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import keyring
import pytest

from livehost import clock
from livehost.ingest import douyin, kick, oba, streamelements, streamerbot, youtube
from livehost.ingest.platform import Finding, platforms
from tests.platforms.douyin import ROOM, Douyin
from tests.platforms.kick import KickServer
from tests.platforms.relay import Relay
from tests.platforms.serving import free_port
from tests.platforms.streamerbot import StreamElements, StreamerBot
from tests.platforms.watching import MemoryKeyring, surroundings
from tests.platforms.youtube import VIDEO, YouTube

ACCOUNT = "a" * 24


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


def found(trial: Callable[[], Awaitable[list[Finding]]]) -> list[tuple[str, str]]:
    async def run() -> list[Finding]:
        return await trial()

    return [(one.state, one.detail) for one in clock.run(run(), virtual=True)]


def test_streamerbot_is_signed_in_to() -> None:
    async def trial(password: str, port: int = 0) -> list[Finding]:
        async with StreamerBot().open() as (host, there):
            around = surroundings({"LIVEHOST_STREAMERBOT_PASSWORD": password})
            found = await streamerbot.examine(f"{host}:{port or there}", around)
            assert found[0].state == "ok" or "LIVEHOST_STREAMERBOT_PASSWORD" in found[0].fix
            return found

    assert found(lambda: trial("secret-word")) == [("ok", "reading and posting")]
    assert "password is wrong" in found(lambda: trial("wrong-word"))[0][1]
    assert found(lambda: trial("secret-word", free_port())) == [("warn", "nobody listens there")]


def test_streamelements_token_and_account() -> None:
    async def trial(token: str, account: str) -> list[Finding]:
        async with StreamElements().open() as (_, api):
            return await streamelements.examine(account, surroundings({"LIVEHOST_STREAMELEMENTS_TOKEN": token}), api)

    assert found(lambda: trial("good-token", ACCOUNT)) == [("ok", "signed in as Anna")]
    assert found(lambda: trial("good-token", "b" * 24)) == [("warn", "the token is that of Anna, another account")]
    assert found(lambda: trial("stale-token", ACCOUNT)) == [("warn", "the token is not, or no longer, good")]


def test_relays_and_sidecars_are_knocked_at() -> None:
    async def relay() -> list[Finding]:
        async with Relay().open() as address:
            here = await oba.examine(address, surroundings())
        return here + await oba.examine(f"127.0.0.1:{free_port()}", surroundings())

    async def sidecar() -> list[Finding]:
        server = Douyin()
        async with server.open():
            here = await douyin.examine(ROOM, surroundings(sidecar=server.sidecar))
        return here + await douyin.examine(ROOM, surroundings(sidecar=f"ws://127.0.0.1:{free_port()}"))

    for trial in (relay, sidecar):
        assert found(trial) == [("ok", "it can be reached"), ("warn", "nobody answers there")]


def test_rooms_are_looked_for_without_a_sign_in_too() -> None:
    async def on_youtube() -> list[Finding]:
        async with YouTube().open() as servers:
            return await youtube.examine(VIDEO, surroundings(), servers)

    async def on_kick() -> list[Finding]:
        async with KickServer().open() as servers:
            return await kick.examine("anna", surroundings(), servers)

    assert [state for state, _ in found(on_youtube)] == ["warn", "ok"]
    assert [state for state, _ in found(on_kick)] == ["warn", "ok"]


def test_every_platform_with_a_room_is_examined() -> None:
    unexamined = {platform.name for platform in platforms().values() if platform.examine is None}
    assert unexamined == {"file", "ws"}  # these are this machine's own
