"""A live session at the terminal: opens what it needs, and holds the room to its end."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from livehost import clock
from livehost.creators import load
from livehost.errors import BadInput
from livehost.hands import Hands, Put
from livehost.ingest.platform import check_tables
from livehost.knowledge import Knowledge
from livehost.live import Live, Part
from livehost.models import Loading, load_models
from livehost.plan import Plan, begin, check, cut_off, heard_by
from livehost.record.sealed import recording_key
from livehost.room import Attend, Held, Opened, hold_room
from livehost.secret import Secrets
from livehost.show.address import listen
from livehost.show.api import Desk
from livehost.show.terminal import screen_for
from livehost.show.view import View

_SWITCH_SECONDS = 0.001  # a thread that computes in Python gives the loop its turn within this; Python's own is 5 ms


def hold(plan: Plan) -> Held:
    """Runs the session; raises LivehostError for what is wrong with the plan, before anything is made."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    check(plan)
    knowledge = load(plan.creator)
    check_tables(knowledge.creator.platforms)
    if knowledge.creator.links.redirect and not (plan.pages or plan.fast):
        raise BadInput("[links] redirect leads viewers to the pages, and there are none", fix="Add --port 8600")
    door = listen(plan.pages) if plan.pages else None
    key = key_for(knowledge)
    heard = heard_by(plan, knowledge)
    loading = Loading(lambda: load_models(plan.creator, knowledge, heard=heard))
    attend = _at_the_terminal(plan, knowledge)
    if begun := None if plan.fast or plan.fresh else cut_off(plan):
        return clock.run(hold_room(Opened(plan, knowledge, loading, begun, door, key), attend))
    knowledge = msgspec.structs.replace(knowledge, takes=loading.models.voice.takes)
    opened = Opened(plan, knowledge, loading, begin(plan, knowledge), door, key)
    return clock.run(hold_room(opened, attend), virtual=plan.fast)


def key_for(knowledge: Knowledge) -> bytes | None:
    """What the creator's sound is kept encrypted with; None: it is not."""
    kept = knowledge.creator.recording
    return recording_key(Secrets(), make=True) if kept.sound and kept.encrypt_sound else None


def _at_the_terminal(plan: Plan, knowledge: Knowledge) -> Attend:
    @contextmanager
    def attend(live: Live, _hands: Hands, view: View, _desk: Desk | None) -> Iterator[list[Part]]:
        language = knowledge.creator.languages[0]
        screen = screen_for(view, live.act, live.end, headless=plan.headless, language=language)
        live.watch(screen.step)

        async def draw(_put: Put) -> None:
            await screen.run()

        with _ends_on_signals(live.end), screen:
            yield [Part("screen", draw, feeds=False)]

    return attend


@contextmanager
def _ends_on_signals(end: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and a service's stop end the session in good order, where the loop can listen to them."""
    loop = asyncio.get_running_loop()
    listened: list[signal.Signals] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, end)
        except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
            continue
        listened.append(name)
    try:
        yield
    finally:
        for name in listened:
            loop.remove_signal_handler(name)
