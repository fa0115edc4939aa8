"""A room: a live session put together out of a plan, and held to its end on the loop that runs.

The terminal holds one (`session`), a fleet's worker many (`fleet`). Long: all that a room is made of is put together here.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from livehost import clock, events
from livehost.asking import matcher_for
from livehost.clock import SessionClock
from livehost.core import Core
from livehost.creators import load
from livehost.ears import BROWSER, Ears, Room
from livehost.folder import CreatorFolder
from livehost.footprint import Footprint
from livehost.hands import Hands, Put
from livehost.hear.browser import BrowserMicrophone
from livehost.hear.curtain import Curtain
from livehost.inbox import Inbox
from livehost.ingest.connect import open_chats, unreached
from livehost.ingest.platform import Chat, Surroundings
from livehost.knowledge import Knowledge
from livehost.labelling import notice
from livehost.language import language_of
from livehost.live import Live, Part, Watcher
from livehost.llm.composer import Composer
from livehost.memory.keeper import Memory
from livehost.memory.store import Store, path_of
from livehost.models import Loading
from livehost.outputs import outputs
from livehost.passages import Passages
from livehost.plan import SEED, Begun, Plan, heard_by
from livehost.recording import Recording, recording, unheard
from livehost.resuming import Restored
from livehost.secret import Secrets
from livehost.serving import Steered, open_pages
from livehost.settings import Recording as KeptFor
from livehost.show.api import Desk
from livehost.show.browser import BrowserSound
from livehost.show.obs import Obs
from livehost.show.view import View
from livehost.sound import Tap
from livehost.speak.player import Happened, Player
from livehost.speak.script import clauses_within
from livehost.speak.speech import Speech
from livehost.timekeeper import Timekeeper
from livehost.toolbox import read_toolbox
from livehost.tools.caller import Caller
from livehost.watching import watching
from livehost.weights import data_dir
from livehost.workers import Matcher

_REHEARSAL_PAUSE_MS = 5000


def matcher_of(knowledge: Knowledge) -> Matcher:
    """The embedding matcher, with what was embedded before."""
    return matcher_for(knowledge, data_dir() / "cache" / "embeddings.sqlite")


@dataclass(frozen=True)
class Held:
    """What came of a session."""

    folder: Path
    view: View
    language: str  # of the creator
    kept: KeptFor  # what of sessions is kept, and for how long


@dataclass(frozen=True)
class Opened:
    """What is opened before the session's clock starts. `read` and `match` make knowledge of the creator's folder, and a
    matcher of that, whenever it is edited; `before` are shown every step before it is recorded."""

    plan: Plan
    knowledge: Knowledge
    loading: Loading
    begun: Begun
    door: socket.socket | None = None
    key: bytes | None = None
    read: Callable[[Path], Knowledge] = load
    match: Callable[[Knowledge], Matcher] = matcher_of
    before: tuple[Watcher, ...] = ()
    alone: bool = True  # the process is this session's


# Whoever sits with the session: is given it before it begins, with its desk where it has pages, and may add parts.
Attend = Callable[[Live, Hands, View, Desk | None], AbstractContextManager[list[Part]]]


class LeftOff(Exception):
    """The session was left in the middle, for another process to go on with."""


async def hold_room(opened: Opened, attend: Attend) -> Held:
    """To its end; raises LeftOff where it was left before that."""
    plan, knowledge, loading, begun = opened.plan, opened.knowledge, opened.loading, opened.begun
    restored = begun.restored
    loop = asyncio.get_running_loop()
    session_clock = SessionClock(loop, restored.now_ms if restored else 0)
    inbox = Inbox(session_clock, restored.last.seq if restored else 0, restored.has if restored else _never_came)

    def put_soon(event: events.Event) -> None:
        loop.call_soon_threadsafe(inbox.put, event)

    player = Player(_reporter(put_soon))
    hands = Hands(session_clock, inbox.put, player, loading, loading)
    core, view = (restored.core, restored.view) if restored else (Core(knowledge), View())
    recorded = recording(begun.folder, begun.header, knowledge, put_soon, opened.key, begun.before)
    async with _closed_apart(recorded, session_clock) as record, AsyncExitStack() as inside:
        live = Live(session_clock, core, inbox, hands, player, None if plan.fast else record.settle)
        for watcher in opened.before:
            live.watch(watcher, vital=True)
        remembering = inside.enter_context(_remembered(plan, knowledge, session_clock, live, hands, restored))
        curtain = Curtain()
        around = Surroundings(session_clock, Secrets(), seed=SEED)
        chats = open_chats(plan.chats, around, knowledge.creator, record.raw_frames.keeper)
        hands.reach({chat.name: chat for chat in chats})
        microphone = BrowserMicrophone(session_clock) if plan.mic == BROWSER else None
        sound = BrowserSound(microphone, plan.speaker == BROWSER)
        taps: list[Tap] = [record.cohost.tap] if record.cohost else []
        fed = _chat_parts(chats)
        if plan.mic != "none":
            ears = Ears(session_clock, curtain, loading.hearing, restored.outstanding.heard if restored else 0)
            live.watch(ears.own.step)
            taps.append(ears.reference.tap)
            host_tap = record.host.tap if record.host else unheard
            fed += ears.parts(Room(plan.mic, plan.speaker, microphone), plan.guests, host_tap)
        fed = _after_loading(loading, restored, hands, fed) if restored else fed
        parts = [*fed, *outputs(plan, player, session_clock, taps, sound)]
        team = inside.enter_context(watching(begun, knowledge.creator, put_soon))
        for watcher in (record.log.write, view.apply, *team):
            live.watch(watcher)
        desk = None
        if plan.pages and opened.door:
            final, known = (
                loading if heard_by(plan, knowledge) else None,
                restored.knowledge if restored else knowledge,
            )
            steered = Steered(live, hands, view, session_clock, sound, known, final, begun.folder, inbox.put, restored)
            desk, pages = await open_pages(steered, begun.header, record.log.tell, plan.pages, opened.door, inside)
            parts.append(pages)
        parts += [*remembering, *_consulted(plan, knowledge, hands, session_clock)]
        if not plan.fast:
            parts += _at_real_pace(opened, live, hands, view, curtain, session_clock)
        if restored:
            _take_up(restored, player, hands, curtain)
        first = _first(opened, chats, put_soon)
        with attend(live, hands, view, desk) as attending:
            await live.run(first, [*parts, *attending])
        if live.left:
            raise LeftOff
    return Held(begun.folder, view, knowledge.creator.languages[0], knowledge.creator.recording)


@asynccontextmanager
async def _closed_apart(
    recorded: AbstractContextManager[Recording], session_clock: SessionClock
) -> AsyncIterator[Recording]:
    """Joining the tracks takes its time: other rooms on this loop do not wait for it."""
    with ExitStack() as kept:
        record = kept.enter_context(recorded)
        try:
            yield record
        except BaseException as trouble:
            if not session_clock.virtual:
                closing = kept.pop_all()
                await asyncio.to_thread(closing.__exit__, type(trouble), trouble, trouble.__traceback__)
            raise
        if not session_clock.virtual:
            await asyncio.to_thread(kept.pop_all().close)


def _at_real_pace(  # noqa: PLR0913, PLR0917 - the room
    opened: Opened, live: Live, hands: Hands, view: View, curtain: Curtain, session_clock: SessionClock
) -> list[Part]:
    """What runs beside a session whose time is everybody's."""
    knowledge = opened.knowledge
    obs = [_obs(knowledge, live, curtain, view.private)] if knowledge.creator.obs.url else []
    parts = [*obs, _folder(opened, hands, session_clock), Part("clock", Timekeeper(session_clock).run, feeds=False)]
    if opened.alone:
        parts.append(Part("footprint", Footprint(session_clock).run, feeds=False))
        parts.append(_rehearsal(knowledge, opened.loading, hands, view, session_clock))
    return parts


def _never_came(_line: events.ChatReceived) -> bool:
    return False


def _take_up(restored: Restored, player: Player, hands: Hands, curtain: Curtain) -> None:
    """The gate, the curtain and the timers as they were."""
    if restored.outstanding.gate_closed:
        player.close_gate()
    curtain.drawn = bool(restored.view.private)
    for timer in restored.outstanding.timers:
        hands.carry_out(timer)


def _once_there(loading: Loading, part: Part) -> Part:
    """A part that begins when the models are there."""

    async def run(put: Put) -> None:
        put(events.PartChanged(part.name, "starting", "the models are being loaded"))
        await loading.wait()
        if not part.tells:
            put(events.PartChanged(part.name, "ok"))
        await part.run(put)

    return replace(part, run=run, tells=True)


def _after_loading(loading: Loading, restored: Restored, hands: Hands, parts: Sequence[Part]) -> list[Part]:
    """`parts` begin when the models are there, and what was under way when the session was cut off is done again then."""

    async def load_them(put: Put) -> None:
        tell_of_engine((await loading.wait()).voice, put)
        for wish in restored.outstanding.again:
            hands.carry_out(wish)
        put(events.PartChanged("session", "ok"))

    return [*(_once_there(loading, part) for part in parts), Part("models", load_them, feeds=False)]


def _first(opened: Opened, chats: Sequence[Chat], put: Callable[[events.Event], None]) -> list[events.Event]:
    """The events that it begins with, or goes on with."""
    restored, knowledge = opened.begun.restored, opened.knowledge
    first = restored.first(knowledge) if restored else _started(opened, chats, put)
    problem = unreached(knowledge.creator.handover.to, chats)
    return [*first, *([events.PartChanged("handover", "degraded", problem)] if problem else [])]


def _started(opened: Opened, chats: Sequence[Chat], put: Callable[[events.Event], None]) -> list[events.Event]:
    tell_of_engine(opened.loading.models.voice, put)
    plan, header = opened.plan, opened.begun.header
    creator, names = opened.knowledge.creator, tuple(chat.name for chat in chats)
    platforms = {chat.partition(":")[0] for chat in plan.chats}
    told = notice(creator.speech, platforms, creator.languages[0])
    apart = tuple(chat.name for chat in chats if chat.apart)
    name = plan.creator.resolve().name
    return [events.SessionStarted(name, creator.mode, SEED, header.started_at, names, told, apart)]


def tell_of_engine(voice: Speech, put: Callable[[events.Event], None]) -> None:
    """Which engine of the voice failed, on the list of what works: another one speaks meanwhile, or none does."""

    def tell(trouble: str) -> None:
        put(events.PartChanged("voice engine", "degraded" if trouble else "ok", trouble))

    voice.tell = tell
    if voice.trouble:
        tell(voice.trouble)


def _reporter(put: Callable[[events.Event], None]) -> Callable[[Happened, int, int], None]:
    def report(what: Happened, utterance: int, heard_ms: int) -> None:
        match what:
            case "started":
                put(events.PlaybackStarted(utterance))
            case "finished":
                put(events.PlaybackFinished(utterance, heard_ms))
            case "cut":
                put(events.PlaybackCut(utterance, heard_ms))

    return report


def _chat_parts(chats: Sequence[Chat]) -> list[Part]:
    return [Part(chat.name, chat.run, feeds=True, tells=chat.tells) for chat in chats]


def _obs(knowledge: Knowledge, live: Live, curtain: Curtain, private_before: str) -> Part:
    def private(on: bool, why: str) -> None:
        curtain.drawn = on
        live.private(on, why)

    obs = Obs(knowledge.creator.obs, live.act, private)
    if private_before:
        obs.goes_on(private_before)
    live.watch(obs.step)
    return Part("obs", obs.run, feeds=False)


def _consulted(plan: Plan, knowledge: Knowledge, hands: Hands, session_clock: SessionClock) -> list[Part]:
    """Those outside who are asked before an answer: a model, tools."""
    model = [_llm(knowledge, hands, session_clock)] if knowledge.creator.llm.endpoints else []
    return [*model, *([_tools(plan, hands, session_clock)] if knowledge.tools else [])]


def _llm(knowledge: Knowledge, hands: Hands, session_clock: SessionClock) -> Part:
    """What is near a question is found among the knowledge of the session's start."""
    passages = Passages(knowledge, data_dir() / "cache" / "embeddings.sqlite")
    composer = Composer(knowledge.creator, session_clock, passages.near)
    hands.let_write(composer)
    return Part("llm", composer.run, feeds=False, tells=True)


@contextmanager
def _remembered(  # noqa: PLR0913, PLR0917 - the room, and what it was before
    plan: Plan, knowledge: Knowledge, session_clock: SessionClock, live: Live, hands: Hands, restored: Restored | None
) -> Iterator[list[Part]]:
    """Memory, where the creator wants one; what the session leaves is written at its end."""
    settings = knowledge.creator.memory
    if not settings.on:
        yield []
        return
    today = clock.local_now().date()
    store = Store(path_of(plan.creator, data_dir()))
    memory = Memory(store, session_clock, f"{today}-{plan.creator.resolve().name}", today, settings.keep_days)
    if restored:
        restored.replay_to(memory.step)
    live.watch(memory.step)
    hands.let_remember(memory)
    try:
        yield [Part("memory", memory.run, feeds=False)]
    except LeftOff:
        raise  # who goes on with it remembers all of it
    except BaseException:
        _write_down(memory)
        raise
    else:
        _write_down(memory)
    finally:
        memory.close()


def _write_down(memory: Memory) -> None:
    try:
        memory.keep()
    except (OSError, sqlite3.Error) as trouble:
        sys.stderr.write(f"livehost: nothing of this session is remembered: {trouble}\n")


def _tools(plan: Plan, hands: Hands, session_clock: SessionClock) -> Part:
    caller = Caller(read_toolbox(plan.creator / "tools.toml"), session_clock)
    hands.let_call(caller)
    return Part("tools", caller.run, feeds=False)


def _rehearsal(knowledge: Knowledge, loading: Loading, hands: Hands, view: View, session_clock: SessionClock) -> Part:
    """Answers of the FAQ spoken into the cache while nothing else is going on, one now and then: OBS needs the cores."""

    async def quiet() -> None:
        await session_clock.sleep_until_ms(session_clock.now_ms() + _REHEARSAL_PAUSE_MS)
        while hands.busy or view.host_speaks or view.speaking:
            await session_clock.sleep_until_ms(session_clock.now_ms() + _REHEARSAL_PAUSE_MS)

    async def rehearse(_put: Put) -> None:
        voice = (await loading.wait() if not loading.there else loading.models).voice
        for faq in knowledge.faqs:
            language = language_of(faq.answer)
            for clause in clauses_within(faq.answer, language, knowledge.creator.floor.spoken_seconds):
                if not voice.knows(clause, language):
                    await quiet()
                    await hands.aside(clause, language)

    return Part("rehearsal", rehearse, feeds=False)


def _folder(opened: Opened, hands: Hands, session_clock: SessionClock) -> Part:
    creator = opened.plan.creator
    folder = CreatorFolder(creator, opened.knowledge, session_clock, opened.match, hands.use, opened.read)
    hands.keep_in(folder)
    return Part("knowledge", folder.watch, feeds=False)
