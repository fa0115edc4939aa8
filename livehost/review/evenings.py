"""`livehost numbers`: all sessions of a creator, as one page with its figures beside it, and as films for those who asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from livehost import clock
from livehost.creators import load
from livehost.errors import BadInput, LivehostError
from livehost.keeping.shelf import kept_in
from livehost.labelling import notice
from livehost.record.folder import read_header
from livehost.review.numbers import Numbers, Sums
from livehost.review.page import rendered
from livehost.review.promo import Made, make_promo
from livehost.review.timeline_reader import read_timeline
from livehost.review.unanswered import Group

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def numbers_of(creator: Path, shelf: Path, group: Group, days: float = 0) -> Numbers:
    """Of the last `days`; 0: of all that is kept. A session that can't be read is told and left out. Raises BadInput."""
    knowledge, name, now = load(creator), creator.resolve().name, clock.local_now()
    since = (now - timedelta(days=days)).isoformat() if days else ""
    sums = Sums(knowledge, group)
    rows = [row for row in kept_in(shelf) if row.creator == name and not row.archived and row.started_at >= since]
    if not rows:
        raise BadInput(
            f"there is no session of {name!r}", where=str(shelf), fix="Give the folder of your sessions with --in"
        )
    for row in rows:
        folder = Path(row.path)
        try:
            sums.add(row.session, read_header(folder), read_timeline(folder))
        except LivehostError as trouble:
            sys.stderr.write(f"livehost: left out: {trouble}\n")
    return sums.numbers(now)


def make_promos(found: Numbers, creator: Path, pictures: Path, out: Path) -> Iterator[Made]:
    """For each segment with a draft. Raises BadInput, MissingPart."""
    from livehost.speak.voices import open_voice

    settings = load(creator).creator
    voice = open_voice(settings.voice, creator, settings=settings.speech)
    voice.warm_up()
    told = notice(settings.speech, settings.platforms, settings.languages[0])
    for segment in found.segments:
        if made := make_promo(segment, told, voice, pictures, out):
            yield made


def write_page(found: Numbers, creator: Path, target: Path) -> Path:
    """The page, and the figures as JSON beside it. Raises BadInput."""
    try:
        target.write_text(rendered("numbers.html", load(creator), n=found, days=_DAYS), encoding="utf-8")
        target.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
    except OSError as trouble:
        raise BadInput(
            f"it can't be written: {trouble.strerror}", where=str(target), fix="Name another file with -o"
        ) from None
    return target
