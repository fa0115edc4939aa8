"""YouTube's chat to lines: the web page's actions (InnerTube), whole pages of them, and the official API's items. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from livehost.chat import ChatLine, Gift, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, moment_ms, number, parse, text, whole

_SIGNS = {
    "US$": "USD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD", "MX$": "MXN",
    "R$": "BRL", "S$": "SGD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "￥": "JPY", "CN¥": "CNY", "₹": "INR",
    "₩": "KRW", "₱": "PHP", "₽": "RUB", "฿": "THB", "₺": "TRY", "₪": "ILS", "₫": "VND", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip
_ROLES = {"OWNER": "owner", "MODERATOR": "moderator", "VERIFIED": "verified"}
_ACTIONS_MOST = 2000


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    data = parse(raw)
    if isinstance(data, list):
        return _several(data, _action)
    if text(data, "kind").startswith("youtube#liveChatMessage"):
        return _several(listed(data, "items"), _item) if "items" in data else _item(data)
    for path in (("response", "continuationContents"), ("continuationContents",), ("contents",)):
        page = look(data, *path)
        for name in ("liveChatContinuation", "liveChatRenderer"):
            if isinstance(look(page, name), dict):
                return _several(listed(page, name, "actions"), _action)
    if isinstance(look(data, "actions"), list):
        return _several(listed(data, "actions"), _action)
    if "snippet" in data if isinstance(data, dict) else False:
        return _item(data)
    return _action(data)


def _several(frames: list[Any], one: Callable[[Any], list[ChatLine]]) -> list[ChatLine]:
    """Those of a page that are known; raises when none is."""
    found: list[ChatLine] = []
    unknown = ""
    for frame in frames[:_ACTIONS_MOST]:
        try:
            found += one(frame)
        except UnknownFrame as trouble:
            unknown = trouble.kind
    if not found and unknown:
        raise UnknownFrame(unknown)
    return found


# --- the page's actions


def _action(data: Any) -> list[ChatLine]:
    if isinstance(replayed := look(data, "replayChatItemAction", "actions"), list):
        inner = [frame for frame in replayed if look(frame, "replayChatItemAction") is None]
        return _several(inner, _action)
    item = look(data, "addChatItemAction", "item") or look(data, "replaceChatItemAction", "replacementItem")
    if isinstance(item, dict):
        for name, make in _RENDERERS.items():
            if isinstance(renderer := item.get(name), dict):
                return [make(renderer)]
        raise UnknownFrame(next(iter(item), "addChatItemAction"))
    for name in ("markChatItemAsDeletedAction", "removeChatItemAction"):
        if target := text(data, name, "targetItemId"):
            return [ChatLine(platform="youtube", type="deleted", target_id=target)]
    for name in ("markChatItemsByAuthorAsDeletedAction", "removeChatItemByAuthorAction"):
        if author := text(data, name, "externalChannelId"):
            return [ChatLine(platform="youtube", type="banned", target_user=author)]
    kinds = [str(key) for key in data if key != "clickTrackingParams"] if isinstance(data, dict) else []
    raise UnknownFrame(kinds[0] if kinds else "no action")


def _made(renderer: Any, **fields: Any) -> ChatLine:
    made: dict[str, Any] = {
        "platform": "youtube",
        "id": text(renderer, "id"),
        "at_ms": max(0, whole(renderer, "timestampUsec") // 1000),
        "user": _author(renderer),
        "text": _runs(look(renderer, "message")),
        **fields,
    }
    return ChatLine(**made)


def _paid(renderer: Any) -> ChatLine:
    value, currency = amount(text(renderer, "purchaseAmountText", "simpleText"))
    return _made(renderer, type="gift", gift=Gift("super chat", 1, value, currency))


def _sticker(renderer: Any) -> ChatLine:
    value, currency = amount(text(renderer, "purchaseAmountText", "simpleText"))
    return _made(renderer, type="gift", gift=Gift("super sticker", 1, value, currency))


def _member(renderer: Any) -> ChatLine:
    header = _runs(look(renderer, "headerPrimaryText"))
    months = re.search(r"\d{1,4}", header)
    return _made(renderer, type="subscribe", months=int(months[0]) if months else 1)


def _gifted(renderer: Any) -> ChatLine:
    header = look(renderer, "header", "liveChatSponsorshipsHeaderRenderer")
    count = re.search(r"\d{1,5}", _runs(look(header, "primaryText")))
    named = {
        **(header if isinstance(header, dict) else {}),
        "authorExternalChannelId": text(renderer, "authorExternalChannelId"),
    }
    return _made(renderer, type="subscribe", gifted=int(count[0]) if count else 1, user=_author(named), text="")


_RENDERERS: dict[str, Callable[[Any], ChatLine]] = {
    "liveChatTextMessageRenderer": _made,
    "liveChatPaidMessageRenderer": _paid,
    "liveChatPaidStickerRenderer": _sticker,
    "liveChatMembershipItemRenderer": _member,
    "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer": _gifted,
}


def _author(renderer: Any) -> Viewer:
    badges = [look(badge, "liveChatAuthorBadgeRenderer") for badge in listed(renderer, "authorBadges")]
    roles = tuple(
        _ROLES.get(text(badge, "icon", "iconType"), "") or ("member" if look(badge, "customThumbnail") else "")
        for badge in badges[:10]
    )
    name = text(renderer, "authorName", "simpleText")
    return Viewer(text(renderer, "authorExternalChannelId"), name, tuple(role for role in roles if role))


def _runs(message: Any) -> str:
    """The words; a channel's own emoji only where nothing else was written."""
    if simple := text(message, "simpleText"):
        return simple
    words, emoji = [], []
    for run in listed(message, "runs")[:500]:
        if look(run, "emoji", "isCustomEmoji"):
            emoji.append(text(run, "emoji", "shortcuts", 0))
        else:
            words.append(text(run, "text") or text(run, "emoji", "emojiId"))
    return " ".join("".join(words).split()) or " ".join(filter(None, emoji))


def amount(shown: str) -> tuple[float, str]:
    """ "¥1,000", "US$5.00", "2,50 €", "PHP 50.00": the value and its ISO 4217 code, 0 and "" where there is none."""
    shown = shown.replace("\u00a0", " ").strip()[:60]
    digits = re.search(r"\d[\d.,' ]*", shown)
    if not digits:
        return 0.0, ""
    plain = digits[0].strip(" .,'")
    cents = re.search(r"[.,](\d{1,2})$", plain)
    value = int(re.sub(r"\D", "", plain[: cents.start()] if cents else plain) or 0)
    sign = (shown[: digits.start()] + shown[digits.end() :]).strip()
    code = sign if re.fullmatch(r"[A-Z]{3}", sign) else _SIGNS.get(sign, "")
    return value + (int(cents[1]) / 10 ** len(cents[1]) if cents else 0.0), code


# --- the official API


def _item(data: Any) -> list[ChatLine]:
    snippet, author = look(data, "snippet"), look(data, "authorDetails")
    kind = text(snippet, "type")
    flags = {"isChatOwner": "owner", "isChatModerator": "moderator", "isChatSponsor": "member"}
    made: dict[str, Any] = {
        "platform": "youtube",
        "id": text(data, "id"),
        "at_ms": moment_ms(text(snippet, "publishedAt")),
        "user": Viewer(
            text(author, "channelId"),
            text(author, "displayName"),
            tuple(role for flag, role in flags.items() if look(author, flag) is True),
        ),
    }
    fields = _api_fields(kind, snippet)
    if fields is None:
        raise UnknownFrame(kind or "no type")
    return [ChatLine(**{**made, **fields})]


def _api_fields(kind: str, snippet: Any) -> dict[str, Any] | None:
    match kind:
        case "textMessageEvent":
            return {"text": text(snippet, "textMessageDetails", "messageText") or text(snippet, "displayMessage")}
        case "superChatEvent" | "superStickerEvent":
            details = look(snippet, "superChatDetails" if kind == "superChatEvent" else "superStickerDetails")
            name = "super chat" if kind == "superChatEvent" else "super sticker"
            gift = Gift(name, 1, number(details, "amountMicros") / 1e6, text(details, "currency"))
            return {"type": "gift", "gift": gift, "text": text(details, "userComment")}
        case "newSponsorEvent":
            return {"type": "subscribe", "months": 1}
        case "memberMilestoneChatEvent":
            details = look(snippet, "memberMilestoneChatDetails")
            return {"type": "subscribe", "months": whole(details, "memberMonth"), "text": text(details, "userComment")}
        case "membershipGiftingEvent":
            return {"type": "subscribe", "gifted": whole(snippet, "membershipGiftingDetails", "giftMembershipsCount")}
        case "messageDeletedEvent":
            return {"type": "deleted", "target_id": text(snippet, "messageDeletedDetails", "deletedMessageId")}
        case "userBannedEvent":
            return {
                "type": "banned",
                "target_user": text(snippet, "userBannedDetails", "bannedUserDetails", "channelId"),
            }
        case _:
            return None
