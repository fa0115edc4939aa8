"""What the decoders of all platforms share: a raw frame in, chat lines out. Pure.

A platform's module offers `decode(raw) -> list[ChatLine]`, named in the entry points of the group `livehost.decoder`.
"""

from __future__ import annotations

from collections.abc import Callable

from livehost.chat import ChatLine

Decode = Callable[[str], list[ChatLine]]


class UnknownFrame(ValueError):
    """A frame that tells nothing of the room, or nothing that is known; `kind` is what it calls itself."""

    def __init__(self, kind: str) -> None:
        self.kind = kind[:80]
        super().__init__(f"unknown frame {self.kind!r}")
