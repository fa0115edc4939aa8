"""Telegram by its Bot API: `telegram:CHAT` (a group's number or @name), `telegram:direct` (what people write to the bot alone).

Long polling, which needs no address of our own; with `direct = true` a group's room takes the messages to the bot, too.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from livehost.errors import BadInput, LivehostError
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import look, text, whole
from livehost.ingest.room import Room
from livehost.ingest.telegram_frames import chat_of, decode, line_id
from livehost.ingest.trouble import Refused
from livehost.ingest.web import Web

API = "https://api.telegram.org"
DIRECT = "direct"
_POLL_SECONDS = 25
_FIX = "Set LIVEHOST_TELEGRAM_TOKEN: @BotFather gives it with /newbot"
_PRIVACY = "it sees commands and replies alone; @BotFather, /setprivacy, Disable, then add it to the group again"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`direct`: what people write to the bot alone is answered there; `server`: a Bot API server of your own."""

    direct: bool = False
    server: str = API


class Bot:
    """Calls of the Bot API; raises Refused, Lost."""

    def __init__(self, token: str, api: str) -> None:
        self.web = Web("Telegram")
        self._base = f"{api}/bot{token}"

    async def call(self, method: str, values: dict[str, Any] | None = None, seconds: int = 10) -> Any:
        found = await self.web.json("POST", f"{self._base}/{method}", json=values or {}, timeout=seconds)
        return look(found, "result")


class TelegramLink:
    limits = Limits(characters=4096, per_window=20, window_ms=60_000)

    def __init__(self, chat: str, around: Surroundings, api: str = "") -> None:
        self.name = f"telegram:{chat}"
        self._token = around.secrets.get("telegram_token")
        chosen: Options = options(around.table, Options, "telegram")
        self._bot = Bot(self._token, api or chosen.server)
        self._chat = "" if chat == DIRECT else chat
        self.apart = not self._chat
        self._direct = chosen.direct or not self._chat
        self._person = around.person
        self._next = 0  # updates below are confirmed

    async def attend(self, room: Room) -> None:
        if not self._token:
            raise Refused("a token is needed", fix=_FIX)
        try:
            me = await self._bot.call("getMe")
            room.own(text(me, "id"), text(me, "username"))
            if self._chat:
                self._chat = text(await self._bot.call("getChat", {"chat_id": self._chat}), "id")
            room.ready("reading")
            if self._chat and look(me, "can_read_all_group_messages") is not True:
                room.degraded(_PRIVACY)
            while True:
                await self._poll(room)
        finally:
            await self._bot.web.aclose()

    async def post(self, reply_to: str, text_: str) -> str:
        chat, message = chat_of(reply_to) if reply_to else (self._chat, "")
        if not chat:
            raise LivehostError("nobody is asked in particular", where=self.name)
        values: dict[str, Any] = {"chat_id": chat, "text": text_, "link_preview_options": {"is_disabled": True}}
        if message:
            values["reply_parameters"] = {"message_id": int(message), "allow_sending_without_reply": True}
        sent = await self._bot.call("sendMessage", values)
        return line_id(chat, text(sent, "message_id"))

    async def unpost(self, line: str) -> None:
        chat, message = chat_of(line)
        await self._bot.call("deleteMessage", {"chat_id": chat, "message_id": int(message)})

    async def _poll(self, room: Room) -> None:
        values = {"offset": self._next, "timeout": _POLL_SECONDS, "allowed_updates": ["message"]}
        updates = await self._bot.call("getUpdates", values, _POLL_SECONDS + 15)
        room.alive()
        room.server_time(self._bot.web.server_epoch_ms)
        for update in updates if isinstance(updates, list) else []:
            self._next = max(self._next, whole(update, "update_id") + 1)
            if self._is_ours(look(update, "message", "chat")):
                room.frame(json.dumps(update, ensure_ascii=False))

    def _is_ours(self, chat: Any) -> bool:
        if self._person and text(chat, "id") == self._person:
            return True
        return self._direct if text(chat, "type") == "private" else bool(self._chat) and text(chat, "id") == self._chat


async def examine(rest: str, around: Surroundings, api: str = "") -> list[Finding]:
    token = around.secrets.get("telegram_token")
    if not token:
        return [Finding("telegram", "warn", "no token", _FIX)]
    chosen: Options = options(around.table, Options, "telegram")
    bot = Bot(token, api or chosen.server)
    try:
        me = await bot.call("getMe")
        found = [Finding("telegram", "ok", f"signed in as {text(me, 'username')}")]
        if rest and rest != DIRECT:
            chat = await bot.call("getChat", {"chat_id": rest})
            sees = look(me, "can_read_all_group_messages") is True
            where = f"telegram:{rest}"
            found.append(Finding(where, "ok" if sees else "warn", text(chat, "title"), "" if sees else _PRIVACY))
        elif rest:
            found.append(Finding("telegram:direct", "ok", _writers(await bot.call("getUpdates"))))
        return found
    except Refused as trouble:
        return [Finding("telegram", "warn", trouble.what, _FIX)]
    finally:
        await bot.web.aclose()


def _writers(updates: Any) -> str:
    """Who wrote to the bot alone, as far as Telegram still has it; for [handover]."""
    chats = [look(update, "message", "chat") for update in (updates if isinstance(updates, list) else [])]
    private = {text(chat, "id"): text(chat, "first_name") for chat in chats if text(chat, "type") == "private"}
    told = ", ".join(f"{name} is telegram:{number}" for number, name in private.items())
    return told or "nobody has written to it lately"


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    rest = rest.strip()
    if rest != DIRECT and not re.fullmatch(r"-?\d{1,20}|@\w{4,40}", rest):
        raise BadInput(
            "this is no chat",
            where=f"telegram:{rest}",
            fix="Write it as telegram:-1001234, telegram:@name or telegram:direct",
        )
    return Room(TelegramLink(rest, around), decode, around)


PLATFORM = Platform("telegram", open_chat, Options, secrets=("telegram_token",), examine=examine)
