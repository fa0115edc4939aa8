"""Comments below a Bilibili video: `bilibili-comments:BV…`, as the video's page reads and answers them.

`livehost login bilibili` signs in for both, the live room and the comments.
"""

from __future__ import annotations

import json
import re
from typing import Any

from livehost.errors import BadInput, LivehostError
from livehost.ingest.bilibili_comment_frames import decode, line_id, parts_of
from livehost.ingest.bilibili_web import BilibiliWeb, Servers
from livehost.ingest.comments import Every, Grown, Thread, watch
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import listed, look, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost

NAME = "bilibili-comments"
_VIDEO = "1"  # the kind of thing that is commented on
_REPLIES_A_PAGE, _PAGES_MOST = 20, 5
_FIX = "Run: livehost login bilibili"
_REFUSALS = {
    -101: "the sign-in is no longer good",
    -111: "the sign-in is no longer good",
    12002: "comments are closed there",
    12003: "replies are not allowed there",
    12006: "the comment is gone",
    12015: "Bilibili wants a captcha",
    12016: "a word of it is not allowed",
    12025: "it is too long",
    12035: "the account is blocked there",
    12051: "the same was written before",
}


class CommentsLink:
    apart = True
    limits = Limits(characters=1000, per_window=3, window_ms=60_000, least_apart_ms=10_000, links=False)

    def __init__(self, video: str, around: Surroundings, servers: Servers | None = None) -> None:
        self.name = f"{NAME}:{video}"
        self._video = video
        self._clock = around.clock
        self._every: Every = options(around.table, Every, NAME)
        self._web = BilibiliWeb(around.secrets, around.clock, servers or Servers())
        self._number = ""
        self._creators: list[str] = []
        self._grown = Grown()

    async def attend(self, room: Room) -> None:
        try:
            self._number, creator = await self._web.video(self._video)
            self._creators = [creator, *([str(self._web.uid)] if self._web.uid else [])]
            room.ready("reading and answering" if self._web.may_post else f"reading; to answer: {_FIX}")
            await watch(room, self._clock, self, self._grown, self._every)
        finally:
            await self._web.web.aclose()

    async def post(self, reply_to: str, text_: str) -> str:
        video, root, parent = parts_of(reply_to)
        if not parent:
            raise LivehostError("no comment is answered by this", where=self.name)
        if not self._web.may_post:
            raise LivehostError("answering needs a sign-in", where=self.name, fix=_FIX)
        form = {"type": _VIDEO, "oid": video, "root": root, "parent": parent, "message": text_, "plat": "1"}
        sent = await self._web.write("/x/v2/reply/add", form, _REFUSALS)
        return line_id({"oid": video, "root": root, "rpid": text(sent, "rpid")})

    async def unpost(self, line: str) -> None:
        video, _, own = parts_of(line)
        await self._web.write("/x/v2/reply/del", {"type": _VIDEO, "oid": video, "rpid": own}, _REFUSALS)

    async def newest(self) -> list[Thread]:
        params = {"type": _VIDEO, "oid": self._number, "sort": "0", "nohot": "1", "ps": "20", "pn": "1"}
        return [_thread(found) for found in listed(await self._web.read("/x/v2/reply", params), "replies")]

    async def whole(self, thread: Thread) -> str:
        """A list of threads shows three replies of each: the others are asked for."""
        replies = listed(thread.shown, "replies")
        if thread.size > 1 + len(replies):
            replies = [reply for page in range(_PAGES_MOST) for reply in await self._replies(thread, page)]
        frame = {"creators": self._creators, "thread": thread.shown, "replies": replies}
        return json.dumps(frame, ensure_ascii=False)

    async def _replies(self, thread: Thread, page: int) -> list[Any]:
        if page * _REPLIES_A_PAGE >= thread.size:
            return []
        params = {
            "type": _VIDEO,
            "oid": self._number,
            "root": thread.id,
            "ps": str(_REPLIES_A_PAGE),
            "pn": str(page + 1),
        }
        return listed(await self._web.read("/x/v2/reply/reply", params), "replies")


def _thread(found: Any) -> Thread:
    moments = [whole(comment, "ctime") for comment in (found, *listed(found, "replies"))]
    return Thread(text(found, "rpid"), 1 + whole(found, "rcount"), max(moments) * 1000, found)


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    web = BilibiliWeb(around.secrets, around.clock, servers or Servers())
    try:
        signed_in = web.may_post and await web.signed_in()
        found = [Finding(NAME, "ok", "signed in") if signed_in else Finding(NAME, "warn", "no sign-in", _FIX)]
        if rest:
            number, _ = await web.video(video_of(rest))
            params = {"type": _VIDEO, "oid": number, "sort": "0", "ps": "1", "pn": "1"}
            count = whole(look(await web.read("/x/v2/reply", params), "page"), "acount")
            found.append(Finding(f"{NAME}:{rest}", "ok", f"{count} comments"))
        return found
    except Lost as trouble:
        return [Finding(NAME, "warn", trouble.what, trouble.fix)]
    finally:
        await web.web.aclose()


def video_of(rest: str) -> str:
    """Out of a number or the video's address; raises BadInput."""
    found = re.fullmatch(
        r"(?:https?://)?(?:(?:www|m)\.)?(?:bilibili\.com/video/)?(BV[0-9A-Za-z]{10})(?:[/?#].*)?", rest.strip()
    )
    if not found:
        raise BadInput(
            "this is no video", where=f"{NAME}:{rest}", fix=f"Write it as {NAME}:BV…, the number in its address"
        )
    return found[1]


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    every: Every = options(around.table, Every, NAME)
    return Room(CommentsLink(video_of(rest), around), decode, around, early_ms=every.history_ms)


PLATFORM = Platform(NAME, open_chat, Every, examine=examine)
