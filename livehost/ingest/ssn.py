"""Social Stream Ninja: its messages to chat lines, and its relay (`ssn:SESSION`), which posts through the streamer's own
browser into platforms that let nobody else post.

In its settings both "remote API control" and "send chat messages to API server" must be on.
"""

from __future__ import annotations

import html
import re
from typing import Any

from livehost.chat import ChatLine, Gift, LineType, Viewer
from livehost.errors import BadInput
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Finding, Platform, Surroundings
from livehost.ingest.posting import Limits
from livehost.ingest.raw import look, parse, text, whole
from livehost.ingest.relay import RelayLink, examined
from livehost.ingest.room import Room

RELAY = "wss://io.socialstream.ninja"
_LIMITS = Limits(characters=200, per_window=20, window_ms=30_000)  # the least of the platforms behind it
_PAID = re.compile(r"([^\d\s]{0,3})\s*(\d[\d.,]{0,15})\s*(.{0,30})")
_TAG = re.compile(r"<(/?[a-zA-Z!][^<>]*)>")
_APART = re.compile(r"/?(?:br|p|div|li)\b", re.IGNORECASE)  # words before and behind these do not belong together
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]{1,200})"|'([^']{1,200})')""", re.IGNORECASE)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "R$": "BRL"}
_EVENTS: dict[str, LineType] = {
    "follow": "follow",
    "new_follower": "follow",
    "followed": "follow",
    "raid": "raid",
    "joined": "join",
    "like": "like",
    "liked": "like",
    "new_subscriber": "subscribe",
    "subscription": "subscribe",
    "resub": "subscribe",
}
_FLAGS = {"host": "broadcaster", "moderator": "moderator", "mod": "moderator", "admin": "moderator", "bot": "bot"}


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, and for private messages: these are not to be spoken."""
    data = parse(raw)
    if look(data, "private"):
        raise UnknownFrame("private message")
    if not isinstance(data, dict) or not (text(data, "chatname") or text(data, "chatmessage")):
        raise UnknownFrame(text(data, "action") or "no message")
    said = text(data, "chatmessage")
    words = said if look(data, "textonly") is True else _words(said)
    made: dict[str, Any] = {
        "platform": text(data, "type"),
        "id": text(data, "id"),
        "user": Viewer(
            text(data, "userid"),
            html.unescape(text(data, "chatname")),
            tuple(dict.fromkeys(role for flag, role in _FLAGS.items() if look(data, flag) is True)),
        ),
        "text": words,
    }
    if paid := text(data, "hasDonation"):
        return [ChatLine(**made, type="gift", gift=_gift(paid))]
    event = look(data, "event")
    if isinstance(event, str) and event:
        if event not in _EVENTS:
            raise UnknownFrame(f"event {event}")
        return [ChatLine(**made, type=_EVENTS[event], count=whole(data, "meta", "viewers"))]
    return [ChatLine(**made)]


def _gift(shown: str) -> Gift:
    """ "$50.00 USD" is money, "3 roses" is a gift by its name."""
    found = _PAID.search(shown)
    if not found:
        return Gift(shown[:60])
    sign, digits, rest = found[1], found[2], found[3].strip()
    code = rest if re.fullmatch(r"[A-Z]{3}", rest) else _SIGNS.get(sign, "")
    cents = re.search(r"[.,](\d{1,2})$", digits)
    value = int(re.sub(r"\D", "", digits[: cents.start()] if cents else digits) or 0)
    if code:
        return Gift("donation", 1, value + (int(cents[1]) / 10 ** len(cents[1]) if cents else 0.0), code)
    return Gift(rest or shown[:60], max(1, value))


def _words(said: str) -> str:
    """The words of a message that came as markup; pictures are left out, or named where there is nothing else.

    By patterns that read each character once: an HTML parser takes minutes for a long line of "<a ".
    """
    if "<" not in said and "&" not in said:
        return said
    said = said[:MOST_BYTES]
    words = html.unescape(_TAG.sub(lambda tag: " " if _APART.match(tag[1]) else "", said))
    pictures = (_ALT.search(tag[1]) for tag in _TAG.finditer(said) if tag[1].lower().startswith("img"))
    return " ".join(words.split()) or " ".join(html.unescape(alt[1] or alt[2]) for alt in pictures if alt)


def link_to(session: str, address: str = RELAY) -> RelayLink:
    """The session's number is its only secret: no name, no error and no log holds it."""
    return RelayLink("ssn", f"{address}/join/{session}/4", _reply, _LIMITS)


def _reply(_reply_to: str, text: str) -> dict[str, str]:
    return {"action": "sendChat", "value": text}


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    if not re.fullmatch(r"[\w-]{3,80}", rest):
        raise BadInput(
            "this is no session of Social Stream Ninja", fix="Write it as ssn:SESSION, the id in its address"
        )
    return Room(link_to(rest), decode, around)


async def examine(rest: str, _around: Surroundings) -> list[Finding]:
    """That the relay answers; whether the two settings are on shows with the first line."""
    return [await examined("ssn", f"{RELAY}/join/{rest}/4", "Check the network; the relay may be down")] if rest else []


PLATFORM = Platform("ssn", open_chat, examine=examine)
