"""Twitch's frames to chat lines: IRC lines with IRCv3 tags, and EventSub notifications. Pure."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from livehost.chat import ChatLine, Gift, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, moment_ms, number, parse, text, whole

_ESCAPES = {"\\:": ";", "\\s": " ", "\\\\": "\\", "\\r": "\r", "\\n": "\n"}
_ACTION = re.compile(r"^\x01ACTION (.*?)\x01?$", re.DOTALL)
_IRC = re.compile(r"^(?:@(?P<tags>\S*) +)?(?::(?P<prefix>\S+) +)?(?P<command>[A-Za-z]+|\d{3})(?P<rest>.*)$", re.DOTALL)
_MOST_TEXT = 2_000  # characters, four times what Twitch takes
Tags = dict[str, str]


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    raw = raw.strip("\r\n")
    if raw.lstrip().startswith("{"):
        return _notification(parse(raw))
    return _irc_line(raw)


# --- IRC


class IrcLine:
    """A line taken apart: tags, prefix, command, parameters (the last one may hold spaces)."""

    def __init__(self, raw: str) -> None:
        found = _IRC.match(raw)
        if not found:
            raise ValueError("not an IRC line")
        self.tags: Tags = _tags(found["tags"] or "")
        self.prefix = found["prefix"] or ""
        self.command = found["command"].upper()
        middle, _, trailing = found["rest"].partition(" :")
        self.params = middle.split() + ([trailing] if " :" in found["rest"] else [])


def _tags(raw: str) -> Tags:
    pairs = (tag.partition("=") for tag in raw.split(";") if tag)
    return {name: re.sub(r"\\.?", lambda m: _ESCAPES.get(m[0], m[0][1:]), value) for name, _, value in pairs}


def _irc_line(raw: str) -> list[ChatLine]:
    line = IrcLine(raw)
    tags, said = line.tags, line.params[1] if len(line.params) > 1 else ""
    match line.command:
        case "PRIVMSG":
            return [_message(line, said)]
        case "USERNOTICE":
            return [_notice(line, said)]
        case "CLEARMSG":
            return [_line(tags, type="deleted", target_id=tags.get("target-msg-id", ""), id="", user=Viewer())]
        case "CLEARCHAT" if said:
            return [_line(tags, type="banned", target_user=tags.get("target-user-id", "") or said, id="")]
        case command:
            raise UnknownFrame(command)


def _message(line: IrcLine, said: str) -> ChatLine:
    tags = line.tags
    if action := _ACTION.match(said):
        said = action[1]
    words = _without_emotes(said, tags.get("emotes", ""))
    if tags.get("reply-parent-msg-id"):
        words = re.sub(r"^@\S+\s*", "", words) or words
    user = _viewer(tags, line.prefix.partition("!")[0])
    if bits := whole(tags, "bits"):
        return _line(tags, text=words, user=user, type="gift", gift=Gift("bits", 1, float(bits), "BITS"))
    if paid := number(tags, "pinned-chat-paid-amount"):
        value = paid / 10 ** min(6, max(0, whole(tags, "pinned-chat-paid-exponent")))
        gift = Gift("hype chat", 1, value, tags.get("pinned-chat-paid-currency", ""))
        return _line(tags, text=words, user=user, type="gift", gift=gift)
    return _line(tags, text=words, user=user)


def _notice(line: IrcLine, said: str) -> ChatLine:
    tags = line.tags
    kind = tags.get("msg-id", "")
    if kind == "sharedchatnotice":
        kind = tags.get("source-msg-id", "")
    user = _viewer(tags, tags.get("login", ""))
    match kind:
        case "sub" | "resub":
            months = whole(tags, "msg-param-cumulative-months") or whole(tags, "msg-param-months")
            return _line(tags, text=said, user=user, type="subscribe", months=months or 1)
        case "subgift" | "anonsubgift":
            return _line(tags, user=user, type="subscribe", months=0, gifted=1)
        case "submysterygift" | "anonsubmysterygift":
            return _line(tags, user=user, type="subscribe", gifted=whole(tags, "msg-param-mass-gift-count"))
        case "raid":
            return _line(tags, user=user, type="raid", count=whole(tags, "msg-param-viewerCount"))
        case _ if said:  # an announcement, a streak, a badge: somebody wrote something with it
            return _line(tags, text=_without_emotes(said, tags.get("emotes", "")), user=user)
        case _:
            raise UnknownFrame(f"USERNOTICE {kind}")


def _line(tags: Tags, **fields: Any) -> ChatLine:
    made = {
        "id": tags.get("id", "") or tags.get("msgid", ""),
        "platform": "twitch",
        "at_ms": max(0, whole(tags, "tmi-sent-ts")),
        **fields,
    }
    return ChatLine(**made)


def _viewer(tags: Tags, login: str) -> Viewer:
    badges = [badge.partition("/")[0] for badge in tags.get("badges", "").split(",")]
    roles = tuple(
        role for role in ("broadcaster", "moderator", "vip", "subscriber", "founder", "partner") if role in badges
    )
    if tags.get("mod") == "1" and "moderator" not in roles:
        roles = ("moderator", *roles)
    return Viewer(tags.get("user-id", ""), tags.get("display-name", "") or login, roles)


def _without_emotes(said: str, emotes: str) -> str:
    """Emotes read aloud are noise; a line of nothing else is left as it is. Positions count characters, ends included."""
    places = [(int(a), int(b)) for a, b in re.findall(r"(\d{1,6})-(\d{1,6})", emotes[:10_000])]
    kept = list(said[:_MOST_TEXT])
    for first, last in places:
        for at in range(first, min(last + 1, len(kept))):
            kept[at] = ""
    return " ".join("".join(kept).split()) or said


# --- EventSub


def _notification(data: Any) -> list[ChatLine]:
    whole_frame = data
    if isinstance(look(data, "payload"), dict):
        data = look(data, "payload")
    event = look(data, "event")
    kind = text(data, "subscription", "type")
    if not kind and text(data, "broadcaster_user_id"):  # an event that was kept without its envelope
        event, kind = data, _kind_of(data)
    if not isinstance(event, dict):
        raise UnknownFrame(kind or text(data, "metadata", "message_type") or "no event")
    made = _event(kind, event)
    if made is None:
        raise UnknownFrame(kind or "an event without its kind")
    named: dict[str, Any] = {}
    if not made.at_ms and (sent := moment_ms(text(whole_frame, "metadata", "message_timestamp"))):
        named["at_ms"] = sent
    if not made.id and made.type not in ("deleted", "banned"):
        named["id"] = text(whole_frame, "metadata", "message_id")
    return [msgspec.structs.replace(made, **named) if named else made]


def _kind_of(event: Any) -> str:
    if text(event, "action"):
        return "channel.moderate"
    if look(event, "banned_at"):
        return "channel.ban"
    is_message = isinstance(look(event, "message", "fragments"), list) and text(event, "message_type")
    return "channel.chat.message" if is_message else ""


def _event(kind: str, event: Any) -> ChatLine | None:  # noqa: PLR0912 - one case a kind is the plainest form
    user = _by(event, "user_")
    match kind:
        case "channel.chat.message":
            return _chat_message(event)
        case "channel.chat.message_delete":
            return _fact(type="deleted", target_id=text(event, "message_id"))
        case "channel.chat.clear_user_messages":
            return _fact(type="banned", target_user=text(event, "target_user_id"))
        case "channel.ban":
            return _fact(type="banned", target_user=text(event, "user_id"), at_ms=moment_ms(text(event, "banned_at")))
        case "channel.chat.notification":
            return _chat_notification(event)
        case "channel.follow":
            return _fact(type="follow", user=user, at_ms=moment_ms(text(event, "followed_at")))
        case "channel.subscribe" if not look(event, "is_gift"):
            return _fact(type="subscribe", user=user, months=1)
        case "channel.subscription.message":
            said = text(event, "message", "text")
            return _fact(type="subscribe", user=user, months=whole(event, "cumulative_months"), text=said)
        case "channel.subscription.gift":
            return _fact(type="subscribe", user=user, gifted=whole(event, "total"))
        case "channel.cheer":
            gift = Gift("bits", 1, number(event, "bits"), "BITS")
            return _fact(type="gift", user=user, gift=gift, text=text(event, "message"))
        case "channel.raid":
            return _fact(type="raid", user=_by(event, "from_broadcaster_user_"), count=whole(event, "viewers"))
        case "channel.moderate":
            return _moderated(event)
        case _:
            return None


def _moderated(event: Any) -> ChatLine | None:
    done = text(event, "action")
    if done in ("delete", "shared_chat_delete"):
        return _fact(type="deleted", target_id=text(event, done, "message_id"))
    if done in ("ban", "timeout", "shared_chat_ban", "shared_chat_timeout"):
        return _fact(type="banned", target_user=text(event, done, "user_id"))
    return None


def _chat_message(event: Any) -> ChatLine:
    said = text(event, "message", "text")
    pieces = [text(f, "text") for f in listed(event, "message", "fragments") if text(f, "type") in ("text", "mention")]
    if text(event, "reply", "parent_message_id") and pieces and pieces[0].startswith("@"):
        pieces = pieces[1:]
    words = " ".join("".join(pieces).split()) or said
    badges = [text(badge, "set_id") for badge in listed(event, "badges")]
    user = Viewer(
        text(event, "chatter_user_id"),
        text(event, "chatter_user_name") or text(event, "chatter_user_login"),
        tuple(
            role for role in ("broadcaster", "moderator", "vip", "subscriber", "founder", "partner") if role in badges
        ),
    )
    made: dict[str, Any] = {"id": text(event, "message_id"), "user": user, "text": words}
    if bits := number(event, "cheer", "bits"):
        made |= {"type": "gift", "gift": Gift("bits", 1, bits, "BITS")}
    return _fact(**made)


def _chat_notification(event: Any) -> ChatLine | None:
    """Subscriptions as the chat shows them; a raid has a subscription of its own."""
    made: dict[str, Any] = {
        "type": "subscribe",
        "id": text(event, "message_id"),
        "user": _by(event, "chatter_user_"),
        "text": text(event, "message", "text"),
    }
    match text(event, "notice_type"):
        case "sub":
            return _fact(**made, months=1)
        case "resub":
            return _fact(**made, months=whole(event, "resub", "cumulative_months") or 1)
        case "sub_gift":
            return _fact(**made, gifted=1)
        case "community_sub_gift":
            return _fact(**made, gifted=whole(event, "community_sub_gift", "total") or 1)
        case "announcement":
            return _fact(**{**made, "type": "message"})
        case _:
            return None


def _by(event: Any, start: str) -> Viewer:
    return Viewer(text(event, f"{start}id"), text(event, f"{start}name") or text(event, f"{start}login"))


def _fact(**fields: Any) -> ChatLine:
    return ChatLine(**{"platform": "twitch", **fields})
