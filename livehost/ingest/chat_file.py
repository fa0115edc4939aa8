"""A chat out of a file: JSON lines, played in their own rhythm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from livehost.chat import Taken
from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.ingest.door import Door, Put
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Platform, Surroundings

_AT = re.compile(rb'"at_ms"\s*:\s*(\d{1,12})')


class ChatFile:
    """Lines go in at their `at_ms`; one that has none, or a bad one, at once after the line before it."""

    tells = apart = False

    def __init__(self, path: Path, clock: SessionClock) -> None:
        self.name = f"file:{path.name}"
        self._path = path
        self._clock = clock

    async def run(self, put: Put) -> None:
        began_ms = self._clock.now_ms() - self._clock.since_ms
        door = Door(self.name, self._clock, put)
        with self._path.open("rb") as file:
            number = 0
            while raw := file.readline(MOST_BYTES + 1):
                number += 1
                if len(raw) > MOST_BYTES and not raw.endswith(b"\n"):
                    _skip_rest(file)
                if at := _AT.search(raw[:MOST_BYTES]):
                    if int(at[1]) < self._clock.since_ms:
                        continue  # was read before the session was cut off
                    await self._clock.sleep_until_ms(began_ms + int(at[1]))
                door.take(raw, f"line {number}: ")
        door.close()

    async def post(self, reply_to: str, text: str) -> Taken:
        """A file is no room: the reply stands in the recording."""
        return Taken()

    async def unpost(self, line_id: str) -> None:
        """Nothing was posted."""


def _skip_rest(file: BinaryIO) -> None:
    """The rest of a line that is too long is not kept."""
    while (tail := file.readline(MOST_BYTES)) and not tail.endswith(b"\n"):
        pass


def open_chat(_scheme: str, rest: str, around: Surroundings) -> ChatFile:
    path = Path(rest)
    if not path.is_file():
        raise BadInput("there is no such chat file", where=rest, fix="Give a file of JSON lines as file:PATH")
    return ChatFile(path, around.clock)


PLATFORM = Platform("file", open_chat)
