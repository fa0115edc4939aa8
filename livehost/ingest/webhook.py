"""Any other place, by HTTP: `webhook:HOST:PORT` takes posted lines, and posts the answers to an address of the creator's.

  POST /chat, signed ─▶ lines as on the websocket ─▶ …      answer ─▶ POST `answers`, signed the same way

The signature is that of many webhooks: X-Hub-Signature-256, "sha256=" and the HMAC of the body; or Authorization: Bearer SECRET.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from livehost.errors import BadInput, LivehostError
from livehost.ingest.hook import Hook
from livehost.ingest.lines import decode
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.room import Room
from livehost.ingest.trouble import Refused
from livehost.ingest.web import Web

PATH = "/chat"
_SIGNATURE = "x-hub-signature-256"
_FIX = "Set LIVEHOST_WEBHOOK_SECRET to a long word of your own, and give it to who posts"
_ANSWERS = 'Name where answers go: [platforms.webhook] answers = "https://…"'


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`answers`: a web address that answers are posted to; empty: they go by voice and overlay alone."""

    answers: str = ""


class WebhookLink:
    limits = Limits(characters=2000, per_window=60, window_ms=60_000)
    apart = False

    def __init__(self, listen: str, around: Surroundings) -> None:
        self.name = f"webhook:{listen}"
        chosen: Options = options(around.table, Options, "webhook")
        if chosen.answers and not re.fullmatch(r"https?://\S+", chosen.answers):
            raise BadInput(f"answers {chosen.answers!r} is no web address", where="[platforms.webhook]", fix=_ANSWERS)
        self._answers = chosen.answers
        self._secret = around.secrets.get("webhook_secret")
        self._web = Web("the webhook")
        self._count = 0
        self._room: Room | None = None
        self._hook = Hook(listen, PATH, self._take)

    async def attend(self, room: Room) -> None:
        if not self._secret:
            raise Refused("a secret is needed", fix=_FIX)
        self._room, room.silent_ms = room, 0
        lacking = "" if self._answers else f"; {_ANSWERS}"
        room.ready(f"lines are taken at {self._hook.address}{lacking}")
        try:
            await self._hook.serve()
        except OSError as trouble:
            raise Refused(f"it can't listen: {trouble.strerror}", fix="Name another port") from None
        finally:
            await self._web.aclose()

    async def post(self, reply_to: str, text: str) -> str:
        self._count += 1
        line_id = f"reply-{self._count}"
        await self._send({"type": "reply", "id": line_id, "reply_to": reply_to, "text": text})
        return line_id

    async def unpost(self, line_id: str) -> None:
        await self._send({"type": "delete", "id": line_id})

    async def _send(self, message: dict[str, Any]) -> None:
        if not self._answers:
            raise LivehostError("answers have nowhere to go", where=self.name, fix=_ANSWERS)
        body = msgspec.json.encode(message)
        headers = {"Content-Type": "application/json", _SIGNATURE: signature(self._secret, body)}
        async with self._web.answer("POST", self._answers, content=body, headers=headers):
            return

    def _take(self, headers: Mapping[str, str], body: bytes) -> bool:
        given, bearer = headers.get(_SIGNATURE, ""), headers.get("authorization", "")
        signed = hmac.compare_digest(given.encode(), signature(self._secret, body).encode())
        if not (signed or hmac.compare_digest(bearer.encode(), f"Bearer {self._secret}".encode())):
            return False
        if self._room:
            self._room.frame(body.decode("utf-8", "replace"))
        return True


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def examine(rest: str, around: Surroundings) -> list[Finding]:
    chosen: Options = options(around.table, Options, "webhook")
    if not around.secrets.get("webhook_secret"):
        return [Finding("webhook", "warn", "no secret", _FIX)]
    if not chosen.answers:
        return [Finding("webhook", "warn", "answers have nowhere to go", _ANSWERS)]
    return [Finding("webhook", "ok", f"answers go to {chosen.answers}")]


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    if not re.fullmatch(r"[\w.:\[\]-]+:\d{1,5}", rest.strip()):
        raise BadInput("this is no address", where=f"webhook:{rest}", fix="Write it as webhook:127.0.0.1:8604")
    return Room(WebhookLink(rest.strip(), around), decode, around)


PLATFORM = Platform("webhook", open_chat, Options, secrets=("webhook_secret",), examine=examine)
