"""What creators inherit from their agency: they may be stricter, never less strict; their own rows go first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import msgspec

from livehost.creators import load, read_faq
from livehost.decision import Kind
from livehost.fleet.settings import Agency
from livehost.knowledge import Knowledge
from livehost.settings import Policy

_STRICTER = {"answer": 0, "hold": 1, "host": 2, "ignore": 3}  # a route: the less goes out, the stricter it is
_ROUTES = (*get_args(Kind), "advice")


def load_of(creator: Path, agency: Agency) -> Knowledge:
    """The creator's folder, with what the agency adds; raises BadInput as `load` does."""
    return inherited(load(creator), agency)


def inherited(own: Knowledge, agency: Agency) -> Knowledge:
    policy = stricter(own.creator.policy, agency)
    known = {faq.id for faq in own.faqs}
    faqs = [faq for faq in read_faq(Path(agency.faq), set()) if faq.id not in known] if agency.faq else []
    creator = msgspec.structs.replace(own.creator, policy=policy)
    return msgspec.structs.replace(own, creator=creator, faqs=(*own.faqs, *faqs))


def stricter(own: Policy, agency: Agency) -> Policy:
    """What the agency wrote binds; what it did not write is the creator's own affair."""
    told = msgspec.convert(agency.policy, Policy)
    banned = _together(own.banned_words, told.banned_words, agency.banned_words)
    changes: dict[str, Any] = {
        "never": _together(own.never, told.never),
        "hold": _together(own.hold, told.hold),
        "banned_words": banned,
        "allowed_words": _together(w for w in (*own.allowed_words, *told.allowed_words) if w not in banned),
    }
    for name in _ROUTES:
        if name in agency.policy:
            changes[name] = max(getattr(own, name), getattr(told, name), key=_STRICTER.__getitem__)
    return msgspec.structs.replace(own, **changes)


def _together(*some: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for words in some for word in words))
