"""What the pages show, made out of the view: plain data in the order a moderator reads it. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence, Set
from typing import get_args

import msgspec

from livehost import commands
from livehost.decision import Evidence
from livehost.knowledge import Knowledge
from livehost.settings import Creator, Mode
from livehost.show.inert import inert
from livehost.show.seen import (
    Saying,
    SeenDoubt,
    SeenFan,
    SeenItem,
    SeenLine,
    SeenPart,
    SeenProgram,
    SeenProposal,
    SeenWanted,
    State,
)
from livehost.show.view import ShownItem, ShownLine, View

_OPEN = ("held", "speaking", "preparing", "waiting")
_OVER_SHOWN, _UNANSWERED_SHOWN, _DEEDS_SHOWN, _LINES_AT_ONCE = 30, 30, 30, 300


def state_of(view: View, knowledge: Knowledge, fans: Iterable[tuple[int, str, str]] = ()) -> State:
    """`fans`: what the fan page passed on: at_ms, visitor, text."""
    creator = knowledge.creator
    items = sorted(view.waiting(*_OPEN), key=lambda i: (_OPEN.index(i.state), -i.front, -i.askers, i.first_ms))
    over = sorted((i for i in view.items.values() if i.state not in _OPEN), key=lambda i: -i.since_ms)
    wanted = _wanted(view)
    return State(
        at_ms=view.at_ms,
        creator=creator.name,
        language=creator.languages[0],
        mode=view.mode,
        modes=tuple(mode for mode in get_args(Mode) if mode != "solo" or creator.floor.solo),
        muted=view.muted,
        paused=view.paused,
        panic=view.panic,
        private=inert(view.private),
        host_speaks=view.host_speaks,
        saying=_saying(view),
        items=tuple(item_seen(view, item, item.first_ms) for item in items),
        over=tuple(item_seen(view, item, item.since_ms) for item in over[:_OVER_SHOWN]),
        host=tuple(inert(text, 300) for _, text in list(view.host)[-8:]),
        host_saying=inert(view.host_saying[1], 300),
        parts=tuple(SeenPart(inert(name), part.state, inert(part.detail)) for name, part in view.parts.items()),
        unanswered=tuple((w.text, w.askers) for w in wanted),
        wanted=wanted,
        proposals=tuple(
            SeenProposal(p.proposal, inert(p.question, 300), inert(p.answer), inert(p.source))
            for p in view.proposals.values()
        ),
        doubts=tuple(_doubt(doubt, knowledge) for doubt in view.doubts.values()),
        fans=tuple(SeenFan(at_ms, inert(name, 40), inert(text, 300)) for at_ms, name, text in fans),
        program=program_of(creator),
        deeds=tuple(
            (at_ms, inert(act.who, 40), act.action, inert(act.text or str(act.target or ""), 80))
            for at_ms, act in list(view.deeds)[: -_DEEDS_SHOWN - 1 : -1]
        ),
        counts={
            name: count
            for name, count in view.counts.items()
            if ":" not in name or name.startswith(("dropped", "unsaid"))
        },
        decided_ms=middle_and_high(view.decided_ms),
        spoken_ms=middle_and_high(view.spoken_ms),
        table=view.table,
    )


def program_of(creator: Creator) -> SeenProgram:
    written = msgspec.json.encode((creator.schedule, creator.rundown))
    return SeenProgram(f"{zlib.crc32(written):08x}", creator.schedule, creator.rundown)


def lines_after(view: View, number: int) -> tuple[SeenLine, ...]:
    """The lines with a greater number, as far as they are kept; at most the latest few hundred."""
    newest = view.counts["lines"]
    wanted = min(newest - number, len(view.lines), _LINES_AT_ONCE)
    if wanted <= 0:
        return ()
    first = newest - wanted + 1
    return tuple(_line(first + i, shown) for i, shown in enumerate(list(view.lines)[-wanted:]))


def lines_numbered(view: View, numbers: Set[int]) -> tuple[SeenLine, ...]:
    """Those of the lines that are still kept."""
    oldest = view.counts["lines"] - len(view.lines) + 1
    return tuple(_line(number, view.lines[number - oldest]) for number in sorted(numbers) if number >= oldest)


def _line(number: int, shown: ShownLine) -> SeenLine:
    line, decision = shown.line, shown.decision
    text = line.text
    if line.gift:
        text = f"{line.gift.name} ×{line.gift.count} {text}".strip()
    return SeenLine(
        number=number,
        at_ms=shown.at_ms,
        platform=inert(line.platform, 20),
        name=inert(line.user.name, 40),
        roles=line.user.roles[:4],
        type=line.type,
        text=inert(text),
        kind=decision.kind if decision else "",
        route=decision.route if decision else "",
        item=shown.item,
        why=inert("; ".join(decision.reasons), 300) if decision else "",
    )


def item_seen(view: View, item: ShownItem, since_ms: int) -> SeenItem:
    """Since when it is counted: since it came, or since it is over."""
    decision = item.decision
    has_answer = decision is None or bool(decision.spoken) or item.text != decision.text
    return SeenItem(
        item=item.number,
        state=item.state,
        question=inert(item.question, 300),
        asker=inert(item.asker, 40),
        text=inert(item.text) if has_answer else "",
        askers=item.askers,
        age_ms=view.at_ms - since_ms,
        reason=inert(item.reason, 200),
        kind=decision.kind if decision else "statement",
        confidence=decision.confidence if decision else 1.0,
        source=inert(_sources(decision.evidence)) if decision else "moderator",
        link=inert(decision.link) if decision else "",
        product_id=decision.product_id if decision else "",
        pinned=item.pinned,
        elsewhere=item.elsewhere,
        before=tuple((inert(turn.who, 40), inert(turn.text, 300)) for turn in item.turns),
    )


def _sources(evidence: Sequence[Evidence]) -> str:
    """ "products.csv ridge-jacket: color, title", each row once."""
    rows: dict[str, list[str]] = {}
    for piece in evidence:
        rows.setdefault(f"{piece.source} {piece.id}".strip(), []).append(piece.field)
    return "; ".join(f"{row}: {', '.join(dict.fromkeys(fields))}" for row, fields in rows.items())


def _wanted(view: View) -> tuple[SeenWanted, ...]:
    most = sorted(view.wanted.values(), key=lambda w: (-w.askers, w.question))
    return tuple(
        SeenWanted(w.question, inert(w.text, 300), w.askers, w.state == "proposed") for w in most[:_UNANSWERED_SHOWN]
    )


def _doubt(doubt: commands.ShowDoubt, knowledge: Knowledge) -> SeenDoubt:
    product = knowledge.product_by_id.get(doubt.product_id)
    title = product.title if product else ""
    return SeenDoubt(
        doubt.doubt, doubt.product_id, title, doubt.field, inert(doubt.said), inert(doubt.feed), inert(doubt.quote)
    )


def _saying(view: View) -> Saying | None:
    item = view.items.get(view.saying)
    if item is None:
        return None
    decision = item.decision
    return Saying(
        item=item.number,
        text=inert(view.speaking),
        since_ms=view.at_ms - view.saying_since_ms,
        question=inert(item.question, 300),
        asker=inert(item.asker, 40),
        product_id=decision.product_id if decision else "",
        link=inert(decision.link) if decision else "",
    )


def middle_and_high(values: Sequence[int]) -> tuple[int, int]:
    if not values:
        return (0, 0)
    ordered = sorted(values)
    return (ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))])
