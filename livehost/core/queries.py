"""What the matcher was asked and has not answered yet."""

from __future__ import annotations

from collections.abc import Callable

from livehost import commands
from livehost.commands import Command
from livehost.events import Candidate

Found = tuple[Candidate, ...] | None  # None: the matcher failed
Then = Callable[[Found, int], None]  # what is done with what was found, at which moment


class Queries:
    def __init__(self, wish: Callable[[Command], None]) -> None:
        self._wish = wish
        self._open: dict[int, Then] = {}
        self._count = 0

    def ask(self, text: str, among: commands.Among, then: Then) -> None:
        self._count += 1
        self._open[self._count] = then
        self._wish(commands.Match(self._count, text, among))

    def answered(self, number: int, found: Found, at_ms: int) -> None:
        """An unknown number is passed over."""
        if then := self._open.pop(number, None):
            then(found, at_ms)

    def __len__(self) -> int:
        return len(self._open)
