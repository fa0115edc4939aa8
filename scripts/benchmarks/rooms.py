"""Rooms for a long time: three platforms at once with cuts, the real InspIRCd with cuts, and raw frames broken in every way."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import random
import resource
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import brotli
from common import Row, percentiles

from livehost import events
from livehost.clock import SessionClock
from livehost.clock import run as run_loop
from livehost.decoding import decoder, frames
from livehost.events import Event
from livehost.ingest.bilibili_packets import COMMAND, packed, unpacked
from livehost.ingest.lines import cleaned
from livehost.ingest.lines import decode as decode_lines
from livehost.ingest.platform import Surroundings
from livehost.secret import Secrets
from tests.ingest.expected import platform_files
from tests.platforms.flood import TOKEN, Chance, flooding, rooms_for

_SHARED = Path(os.environ.get("LIVEHOST_FIXTURES", Path(__file__).parents[3] / "shared" / "data"))
_MINUTES = float(os.environ.get("LIVEHOST_ROOMS_MINUTES", "30"))
_TIMES = int(os.environ.get("LIVEHOST_FUZZ_TIMES", "10000"))
_FUZZED = os.environ.get(
    "LIVEHOST_FUZZ_PLATFORMS",
    "twitch youtube bilibili kick douyin tiktok streamerbot streamelements ssn oba lines packets",
).split()
_KEPT = Path(__file__).parents[2] / "tests" / "ingest" / "frames"
_PER_SECOND = 500
_WRONG = (
    b"",
    b"null",
    b"1e999",
    b"[]",
    b"{}",
    b'"x"',
    b"-1",
    b"9" * 400,
    b"[" * 3000,
    b"\xff\xfe",
    b"\\",
    b'"',
    b"\x00",
)
_OTHER = (
    None,
    True,
    [],
    {},
    "",
    "x" * 70_000,
    -1,
    2**80,
    1e308,
    "NaN",
    [[[[[]]]]],
    {"a": {"a": {}}},
    "\x00\ud800",
    "9" * 5000,
    "<a " * 20_000,
    "<!--" * 15_000,
    "[emote:1:" * 7_000,
    "&#x" * 20_000,
)


def rooms() -> Row:
    """Twitch, Bilibili and Kick at 500 lines a second each with random cuts (30 minutes; LIVEHOST_ROOMS_MINUTES)."""
    servers = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert servers.stdin and servers.stdout
    addresses = json.loads(servers.stdout.readline())
    watch = _Watch()
    try:
        run_loop(_visit(addresses, watch, _MINUTES * 60, servers))
        told = json.loads(servers.stdout.readline())
    finally:
        servers.kill()
    return {
        "minutes": _MINUTES,
        "platforms": {
            name: {
                **told[name],
                "came": watch.came[name],
                "lost": told[name]["sent"] - watch.came[name] + watch.again[name],
                "out_of_order_or_twice": watch.again[name],
                "known_again": watch.doubled[name],
                "left_as_silent": watch.left[name],
            }
            for name in told
        },
        "memory_mb": watch.memory_mb,
        "cpu_percent_of_one_core": round(100 * watch.cpu_s / (_MINUTES * 60), 1),
    }


class _Watch:
    """Lines of a platform come in order, since each comes over one connection at a time. A gap is counted once."""

    def __init__(self) -> None:
        self.next: Counter[str] = Counter()
        self.came: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self.doubled: Counter[str] = Counter()
        self.left: Counter[str] = Counter()  # why connections were left that the server had not cut
        self.memory_mb: list[float] = []
        self.cpu_s = 0.0

    def put(self, event: Event) -> None:
        if isinstance(event, events.ChatReceived):
            name, number = event.line.platform, int(event.line.text.removeprefix("line "))
            self.came[name] += 1
            self.again[name] += number < self.next[name]
            self.next[name] = max(self.next[name], number + 1)
        elif isinstance(event, events.ChatDropped):
            self.doubled[event.source.partition(":")[0]] += event.count
        elif isinstance(event, events.PartChanged) and event.state == "lost" and "nothing came" in event.detail:
            self.left[event.part.partition(":")[0]] += 1


async def _visit(addresses: Row, watch: _Watch, seconds: float, servers: subprocess.Popen[str]) -> None:
    around = Surroundings(SessionClock(asyncio.get_running_loop()), Secrets(TOKEN))
    running = [asyncio.create_task(room.run(watch.put)) for room in rooms_for(addresses, around).values()]
    began, cpu = time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        await asyncio.sleep(min(60, seconds / 10))
        watch.memory_mb.append(_memory_mb())
    watch.cpu_s = time.process_time() - cpu
    assert servers.stdin
    servers.stdin.close()  # they fall silent and tell how much they said
    await asyncio.sleep(5)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


async def _serve() -> None:
    async with flooding() as flood:
        print(json.dumps(flood.addresses), flush=True)
        chance = Chance(7)
        talking = [
            asyncio.create_task(one.talk(_PER_SECOND, 0.1, (5.0, 40.0), chance)) for one in flood.talkers.values()
        ]
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        print(
            json.dumps({name: {"sent": one.sent, "cuts": one.cuts} for name, one in flood.talkers.items()}), flush=True
        )
        await asyncio.sleep(8)


def irc() -> Row:
    """The real InspIRCd, cut 100 times: what it delivered is what came."""
    from tests.ingest.test_twitch import cut_again_and_again
    from tests.platforms.inspircd import PROGRAM

    if not PROGRAM:
        return {"skipped": "InspIRCd is not installed (Debian: apt-get install inspircd)"}
    delivered, came, faults = run_loop(cut_again_and_again(100))
    return {
        "cuts": 100,
        "delivered": len(delivered),
        "came": len(came),
        "the_same": delivered == came,
        "faults": faults,
    }


def broken() -> Row:
    """Raw frames of every platform, broken 10,000 times each (LIVEHOST_FUZZ_TIMES, _PLATFORMS): refused or decoded, no more."""
    chance = random.Random(3)
    found: Row = {}
    for platform in _FUZZED:
        raws, decode = _raw_frames(platform), _decoder(platform)
        took_ms, refused, most_lines = [], 0, 0
        before_mb = _most_memory_mb()
        for raw in raws:
            for _ in range(_TIMES):
                frame = _broken(raw, chance)
                began = time.thread_time()  # what else the machine does is no fault of a decoder
                try:
                    most_lines = max(most_lines, decode(frame))
                except ValueError:
                    refused += 1
                took_ms.append((time.thread_time() - began) * 1000)
            took_ms = sorted(took_ms)[-20_000:] if len(took_ms) > 200_000 else took_ms
        found[platform] = {
            "frames": len(raws),
            "times": _TIMES,
            "refused": refused,
            "most_lines": most_lines,
            "slowest_ms": percentiles(took_ms, 2)["max"],
            "memory_grew_mb": round(_most_memory_mb() - before_mb, 1),
        }
    return found


def _raw_frames(platform: str) -> list[bytes]:
    """The shared real ones; of platforms without any, those written from their documentation."""
    if platform == "packets":
        command = json.dumps({"cmd": "DANMU_MSG", "info": [[0, 1, 25, 0, 1561207623], "多少钱", [5, "李", 0]]}).encode()
        inner = packed(COMMAND, command, 0) * 3
        presses = ((0, inner), (2, zlib.compress(inner)), (3, brotli.compress(inner)))
        return [packed(COMMAND, body, version) for version, body in presses]
    if platform == "lines":
        kept = (_KEPT / "kick.jsonl").read_bytes() + (_KEPT / "oba.jsonl").read_bytes()
        return kept.splitlines()
    shared = [path for name, path in platform_files(_SHARED / "chat") if name == platform]
    paths = shared or [_KEPT / f"{platform}.frames"]
    return [raw.encode() for path in paths for raw in frames(path.read_text(encoding="utf-8"))]


def _decoder(platform: str) -> Callable[[bytes], int]:
    """How many lines or packets a frame came to."""
    if platform == "packets":
        return lambda frame: len(unpacked(frame))
    if platform == "lines":
        return lambda frame: len(decode_lines(frame))
    decode = decoder(platform)
    return lambda frame: len([cleaned(line) for line in decode(frame.decode("utf-8", "replace"))])


def _most_memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _broken(raw: bytes, chance: random.Random) -> bytes:
    """Cut off, bits turned, something wrong put in, a piece taken out or doubled, a value of another kind."""
    at = chance.randrange(len(raw) + 1)
    match chance.randrange(6):
        case 0:
            return raw[:at]
        case 1:
            turned = bytearray(raw)
            for _ in range(chance.randrange(1, 9)):
                turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
            return bytes(turned)
        case 2:
            return raw[:at] + chance.choice(_WRONG) + raw[at + chance.randrange(12) :]
        case 3:
            return raw[:at] + raw[at + chance.randrange(1, 200) :]
        case 4:
            return _of_wrong_types(raw, chance)
        case _:
            return raw[:at] + raw[max(0, at - chance.randrange(1, 200)) :]


def _of_wrong_types(raw: bytes, chance: random.Random) -> bytes:
    """JSON that is whole, with one to three of its values replaced."""
    try:
        data = json.loads(raw)
    except ValueError:
        return raw + chance.choice(_WRONG)
    for _ in range(chance.randrange(1, 4)):
        inside = data
        while isinstance(inside, dict | list) and inside:
            key = chance.choice(list(inside)) if isinstance(inside, dict) else chance.randrange(len(inside))
            if not isinstance(inside[key], dict | list) or chance.random() < 0.2:
                inside[key] = copy.deepcopy(chance.choice(_OTHER))
                break
            inside = inside[key]
    return json.dumps(data).encode()


if __name__ == "__main__":
    asyncio.run(_serve())
