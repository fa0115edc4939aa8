"""Signing in to Bilibili's web page: a QR code for its app, and the page's cookies when it was allowed there.

generate ─▶ the code on the screen ─▶ poll each 2 s: 86101 not scanned, 86090 not allowed yet, 86038 too old, 0 ─▶ cookies
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import segno

from livehost.clock import SessionClock
from livehost.ingest.bilibili_web import data_of
from livehost.ingest.raw import text, whole
from livehost.ingest.trouble import Refused
from livehost.ingest.web import Web

_EVERY_MS, _LONGEST_MS = 2_000, 180_000
_OLD, _SCANNED = 86038, 86090
# Our names of the page's cookies.
COOKIES = {"bilibili_sessdata": "SESSDATA", "bilibili_jct": "bili_jct", "bilibili_uid": "DedeUserID"}


async def sign_in(base: str, web: Web, clock: SessionClock, tell: Callable[[str], None]) -> Mapping[str, str]:
    """The cookies by our names; raises Refused when it was not allowed in time."""
    given = data_of(await web.json("GET", f"{base}/x/passport-login/web/qrcode/generate"))
    tell(f"Scan this with Bilibili's app:\n{_drawn(text(given, 'url'))}")
    until_ms = clock.now_ms() + _LONGEST_MS
    scanned = False
    while clock.now_ms() < until_ms:
        await clock.sleep_until_ms(clock.now_ms() + _EVERY_MS)
        params = {"qrcode_key": text(given, "qrcode_key")}
        code = whole(data_of(await web.json("GET", f"{base}/x/passport-login/web/qrcode/poll", params=params)), "code")
        if code == 0:
            found = {name: web.cookies.get(cookie) or "" for name, cookie in COOKIES.items()}
            if not all(found.values()):
                raise Refused("Bilibili allowed it, but gave no cookies")
            return found
        if code == _SCANNED and not scanned:
            scanned = True
            tell("Scanned; now allow it in the app.")
        if code == _OLD:
            break
    raise Refused("the code is too old", fix="Run it again")


def _drawn(content: str) -> str:
    picture = io.StringIO()
    segno.make(content).terminal(out=picture, compact=True)
    return picture.getvalue()
