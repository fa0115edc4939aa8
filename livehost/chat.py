"""What a chat says: one line of the public format, whichever platform it came from."""

from __future__ import annotations

from typing import Literal

import msgspec

Scene = Literal["room", "group", "comment", "direct"]
LineType = Literal["message", "gift", "subscribe", "follow", "like", "join", "raid", "deleted", "banned", "order"]


class Viewer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote: `id` is the platform's own, `name` is what others see."""

    id: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()


class Gift(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str = ""
    count: int = 1
    value: float = 0.0  # of all of them together, in `currency`
    currency: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What a platform took of a line that was posted: whether its link went along, and its own id of the line; empty: it told
    none."""

    link: bool = True
    line_id: str = ""


class ChatLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of chat, or another thing that viewers do, as CONTRACTS.md and README give it.

    `at_ms` is the line's own time: in a file, milliseconds since its start; from a platform, since 1970.
    """

    at_ms: int = 0
    platform: str = ""
    id: str = ""
    user: Viewer = Viewer()
    text: str = ""
    type: LineType = "message"
    gift: Gift | None = None
    months: int = 0
    gifted: int = 0
    count: int = 0
    target_id: str = ""
    target_user: str = ""
    private: bool = False  # to the co-host alone, through a bridge of the creator's: nobody else sees the answer
    account: str = ""  # that the bridge has made sure of, of a private line
    product_id: str = ""
    scene: Scene = "room"  # beside the live room: a group, a comment below a video, a message to the co-host alone
    reply_to: str = ""  # the line that it replies to, where the platform tells
