"""The real InspIRCd with its websocket, on a free port: what a chat over IRC is held against (Debian's package `inspircd`)."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PROGRAM = shutil.which("inspircd") or ""
_CONFIG = """
<server name="irc.livehost.test" description="test" network="test">
<admin name="x" nick="x" email="x@localhost">
<bind address="127.0.0.1" port="{port}" type="clients" hook="websocket">
<module name="sha1"><module name="websocket"><module name="cap"><module name="ircv3"><module name="ircv3_ctctags">
<module name="ircv3_servertime"><module name="ircv3_msgid"><module name="ircv3_echomessage">
<wsorigin allow="*"><websocket defaultmode="text" sendastext="yes">
<connect name="main" allow="*" timeout="10" pingfreq="15" hardsendq="1M" softsendq="64K" recvq="64K" threshold="1000000"
 commandrate="1000000" fakelag="no" localmax="1000" globalmax="1000" resolvehostnames="no">
<performance nouserdns="yes" softlimit="1000"><options defaultmodes="">
<channels users="100" opers="100"><pid file="{folder}/inspircd.pid">
<log method="file" type="*" level="default" target="{folder}/log">
<path datadir="{folder}" logdir="{folder}" runtimedir="{folder}" configdir="{folder}">
"""


@asynccontextmanager
async def inspircd() -> AsyncIterator[int]:
    """Its websocket's port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "inspircd.conf"
        config.write_text(_CONFIG.format(port=port, folder=folder))
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "--nofork", "--runasroot", f"--config={config}", stdout=asyncio.subprocess.DEVNULL
        )
        try:
            await _listening(port)
            yield port
        finally:
            process.terminate()
            await process.wait()


async def _listening(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("InspIRCd does not listen")
