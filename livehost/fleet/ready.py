"""Who is ready to go on air: knowledge, voice, consent and its last day, tokens; without starting anything."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from rich.table import Table

from livehost.errors import LivehostError
from livehost.fleet.agency import load_of
from livehost.fleet.settings import Agency, FleetFile, RoomOf
from livehost.ingest.connect import platform_of
from livehost.knowledge import Knowledge
from livehost.speak.consent import Use, permit, read
from livehost.speak.voices import find, shelves

_SOON_DAYS = 30


class Ready(msgspec.Struct, frozen=True):
    """A room. What is in the way stands in `faults`; `consent_until` is empty for a stock voice."""

    room: str
    creator: str
    faqs: int
    products: int
    passages: int
    voice: str
    consent_until: str
    faults: tuple[str, ...]
    soon: tuple[str, ...]  # not yet in the way


def readiness(file: FleetFile, today: datetime.date, secret: Callable[[str], str]) -> list[Ready]:
    """`secret`: what is kept under a token's name, or empty."""
    return [_room(room, file.agency, today, secret) for room in file.room]


def _room(room: RoomOf, agency: Agency, today: datetime.date, secret: Callable[[str], str]) -> Ready:
    folder = Path(room.creator)
    faults, soon = [], []
    knowledge: Knowledge | None = None
    until = ""
    try:
        knowledge = load_of(folder, agency)
    except LivehostError as trouble:
        faults.append(f"knowledge: {trouble}")
    if knowledge:
        try:
            until = _consent_until(knowledge.creator.voice, folder, today)
        except LivehostError as trouble:
            faults.append(f"voice: {trouble}")
        if not (knowledge.faqs or knowledge.products):
            faults.append("knowledge: neither faq.csv nor products.csv says anything")
    if until and (datetime.date.fromisoformat(until) - today).days <= _SOON_DAYS:
        soon.append(f"the consent ends on {until}")
    faults += _chats(room, secret)
    return Ready(
        room.name,
        knowledge.creator.name if knowledge else folder.name,
        len(knowledge.faqs) if knowledge else 0,
        len(knowledge.products) if knowledge else 0,
        len(knowledge.passages) if knowledge else 0,
        knowledge.creator.voice if knowledge else "",
        until,
        tuple(faults),
        tuple(soon),
    )


def _consent_until(name: str, creator: Path, today: datetime.date) -> str:
    """The last day of the voice's consent; empty where it needs none. Raises Refused, BadInput."""
    folder, voice = find(name, shelves(creator))
    if voice.kind == "stock":
        return ""
    permit(folder, voice.files().values(), Use("live", creator.resolve().name, today), voice.consent)
    return read(folder, voice.consent).until


def _chats(room: RoomOf, secret: Callable[[str], str]) -> Iterator[str]:
    if not room.chat and room.mic == "none":
        yield "it has neither a chat nor a microphone"
    for uri in room.chat:
        try:
            platform, _, rest = platform_of(uri)
        except LivehostError as trouble:
            yield str(trouble)
            continue
        if uri.startswith("file:") and not Path(rest).is_file():
            yield f"{uri}: there is no such file"
        if platform.secrets and not any(secret(name) for name in platform.secrets):
            yield f"{uri}: no token; run livehost login {platform.name}"


def table_of(found: list[Ready]) -> Table:
    table = Table(title=f"{sum(not one.faults for one in found)} of {len(found)} rooms are ready")
    for heading in ("room", "creator", "FAQ", "products", "texts", "voice", "consent until", "in the way"):
        table.add_column(heading)
    for one in found:
        told = "\n".join([*one.faults, *(f"soon: {what}" for what in one.soon)]) or "ready"
        counts = map(str, (one.faqs, one.products, one.passages))
        table.add_row(one.room, one.creator, *counts, one.voice, one.consent_until or "stock", told)
    return table
