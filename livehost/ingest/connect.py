"""Opens chats by their addresses: the scheme names the platform, found among the installed entry points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from livehost.errors import BadInput
from livehost.ingest.platform import Chat, Keep, Platform, Surroundings, manners, platforms
from livehost.settings import Creator


def platform_of(uri: str) -> tuple[Platform, str, str]:
    """The platform, the scheme and the rest of an address; raises BadInput for an unknown scheme."""
    scheme, colon, rest = uri.partition(":")
    known = platforms()
    if not colon or scheme not in known:
        raise BadInput(f"{uri!r} is no chat", fix=f"Known are: {', '.join(f'{name}:…' for name in sorted(known))}")
    return known[scheme], scheme, rest


def open_chat(uri: str, around: Surroundings) -> Chat:
    """Raises BadInput for an unknown scheme, and what the platform finds wrong with the rest."""
    platform, scheme, rest = platform_of(uri)
    return platform.open(scheme, rest, around)


def open_chats(
    uris: Sequence[str], around: Surroundings, creator: Creator, keeper: Callable[[str], Keep]
) -> list[Chat]:
    """All of a session's, each with its platform's table of [platforms]; raises BadInput when two are the same."""
    chats: dict[str, Chat] = {}
    handed_on, _, person = creator.handover.to.partition(":")
    for uri in uris:
        name = platform_of(uri)[0].name
        table = creator.platforms.get(name, {})
        keep = keeper(name) if manners(table).raw_frames else None
        chat = open_chat(uri, replace(around, table=table, keep=keep, person=person if name == handed_on else ""))
        if chat.name in chats:
            raise BadInput(f"the chat {chat.name} is named twice", fix="Name each chat once")
        chats[chat.name] = chat
    return list(chats.values())


def unreached(to: str, chats: Sequence[Chat]) -> str:
    """What is wrong when none of the chats leads to the person that questions are handed over to; else nothing."""
    platform = to.partition(":")[0]
    if not platform or any(chat.name.startswith(f"{platform}:") for chat in chats):
        return ""
    return f"no chat leads to {to}: add --chat {platform}:direct; until then they wait on the console"
