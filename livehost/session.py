"""Puts a live session together out of a plan, and holds it to its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from livehost import clock, events
from livehost.asking import matcher_for
from livehost.clock import SessionClock
from livehost.core import Core
from livehost.creators import load
from livehost.ears import BROWSER, Ears, Room
from livehost.errors import BadInput
from livehost.folder import CreatorFolder
from livehost.footprint import Footprint
from livehost.hands import Hands, Put
from livehost.hear.browser import BrowserMicrophone
from livehost.hear.curtain import Curtain
from livehost.inbox import Inbox
from livehost.ingest.connect import open_chats, unreached
from livehost.ingest.platform import Chat, Surroundings, check_tables
from livehost.knowledge import Knowledge
from livehost.labelling import notice
from livehost.language import language_of
from livehost.live import Live, Part
from livehost.llm.composer import Composer
from livehost.memory.keeper import Memory
from livehost.memory.store import Store, path_of
from livehost.models import Loading, load_models
from livehost.outputs import outputs
from livehost.passages import Passages
from livehost.plan import SEED, Begun, Plan, begin, check, cut_off, heard_by
from livehost.record.folder import Header
from livehost.record.sealed import recording_key
from livehost.recording import recording, unheard
from livehost.resuming import Restored
from livehost.secret import Secrets
from livehost.serving import Steered, open_pages
from livehost.settings import Recording as KeptFor
from livehost.show.address import listen
from livehost.show.browser import BrowserSound
from livehost.show.obs import Obs
from livehost.show.terminal import Screen, screen_for
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

_SWITCH_SECONDS = 0.001  # a thread that computes in Python gives the loop its turn within this; Python's own is 5 ms
_REHEARSAL_PAUSE_MS = 5000


@dataclass(frozen=True)
class Held:
    """What came of a session."""

    folder: Path
    view: View
    language: str  # of the creator
    kept: KeptFor  # what of sessions is kept, and for how long


def hold(plan: Plan) -> Held:
    """Runs the session; raises LivehostError for what is wrong with the plan, before anything is made."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    check(plan)
    knowledge = load(plan.creator)
    check_tables(knowledge.creator.platforms)
    if knowledge.creator.links.redirect and not (plan.pages or plan.fast):
        raise BadInput("[links] redirect leads viewers to the pages, and there are none", fix="Add --port 8600")
    door = listen(plan.pages) if plan.pages else None
    kept = knowledge.creator.recording
    key = recording_key(Secrets(), make=True) if kept.sound and kept.encrypt_sound else None
    heard = heard_by(plan, knowledge)
    loading = Loading(lambda: load_models(plan.creator, knowledge, heard=heard))
    if begun := None if plan.fast or plan.fresh else cut_off(plan):
        return clock.run(_held(plan, knowledge, loading, begun, door, key))
    knowledge = msgspec.structs.replace(knowledge, takes=loading.models.voice.takes)
    return clock.run(_held(plan, knowledge, loading, begin(plan, knowledge), door, key), virtual=plan.fast)


async def _held(  # noqa: PLR0913, PLR0915, PLR0917 - what was opened before the clock starts
    plan: Plan, knowledge: Knowledge, loading: Loading, begun: Begun, door: socket.socket | None, key: bytes | None
) -> Held:
    restored = begun.restored
    loop = asyncio.get_running_loop()
    session_clock = SessionClock(loop, restored.now_ms if restored else 0)
    inbox = Inbox(session_clock, restored.last.seq if restored else 0, restored.has if restored else _never_came)

    def put_soon(event: events.Event) -> None:
        loop.call_soon_threadsafe(inbox.put, event)

    player = Player(_reporter(put_soon))
    hands = Hands(session_clock, inbox.put, player, loading, loading)
    core, view = (restored.core, restored.view) if restored else (Core(knowledge), View())
    with ExitStack() as kept:
        record = kept.enter_context(recording(begun.folder, begun.header, knowledge, put_soon, key, begun.before))
        live = Live(session_clock, core, inbox, hands, player, None if plan.fast else record.settle)
        remembering = kept.enter_context(_remembered(plan, knowledge, session_clock, live, hands, restored))
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
        screen = screen_for(view, live.act, live.end, headless=plan.headless, language=knowledge.creator.languages[0])
        team = kept.enter_context(watching(begun, knowledge.creator, put_soon))
        for watcher in (record.log.write, view.apply, screen.step, *team):
            live.watch(watcher)
        async with AsyncExitStack() as opened:
            opened.enter_context(_ends_on_signals(live))
            opened.enter_context(screen)
            if plan.pages and door:
                final = loading if heard_by(plan, knowledge) else None
                known = restored.knowledge if restored else knowledge
                steered = Steered(
                    live, hands, view, session_clock, sound, known, final, begun.folder, inbox.put, restored
                )
                parts.append(await open_pages(steered, begun.header, record.log.tell, plan.pages, door, opened))
            parts += [*remembering, *_consulted(plan, knowledge, hands, session_clock)]
            if not plan.fast:
                parts += [_obs(knowledge, live, curtain, view.private)] if knowledge.creator.obs.url else []
                parts += [_folder(plan, knowledge, hands, session_clock), *_housekeeping(session_clock)]
                parts.append(_rehearsal(knowledge, loading, hands, view, session_clock))
            if restored:
                _take_up(restored, player, hands, curtain)
            else:
                tell_of_engine(loading.models.voice, put_soon)
            first = _first(plan, knowledge, begun, chats)
            await live.run(first, [*parts, *_screen_part(screen)])
    return Held(begun.folder, view, knowledge.creator.languages[0], knowledge.creator.recording)


def _housekeeping(session_clock: SessionClock) -> list[Part]:
    """What looks after the computer beside the session, at real pace alone."""
    return [
        Part("clock", Timekeeper(session_clock).run, feeds=False),
        Part("footprint", Footprint(session_clock).run, feeds=False),
    ]


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


def _first(plan: Plan, knowledge: Knowledge, begun: Begun, chats: Sequence[Chat]) -> list[events.Event]:
    """The events that it begins with, or goes on with."""
    restored = begun.restored
    first = restored.first(knowledge) if restored else [_started(plan, knowledge, begun.header, chats)]
    problem = unreached(knowledge.creator.handover.to, chats)
    return [*first, *([events.PartChanged("handover", "degraded", problem)] if problem else [])]


def _started(plan: Plan, knowledge: Knowledge, header: Header, chats: Sequence[Chat]) -> events.SessionStarted:
    creator, names = knowledge.creator, tuple(chat.name for chat in chats)
    platforms = {chat.partition(":")[0] for chat in plan.chats}
    told = notice(creator.speech, platforms, creator.languages[0])
    apart = tuple(chat.name for chat in chats if chat.apart)
    return events.SessionStarted(plan.creator.resolve().name, creator.mode, SEED, header.started_at, names, told, apart)


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
    finally:
        try:
            memory.close()
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


def _folder(plan: Plan, knowledge: Knowledge, hands: Hands, session_clock: SessionClock) -> Part:
    cache = data_dir() / "cache" / "embeddings.sqlite"
    folder = CreatorFolder(plan.creator, knowledge, session_clock, lambda new: matcher_for(new, cache), hands.use)
    hands.keep_in(folder)
    return Part("knowledge", folder.watch, feeds=False)


def _screen_part(screen: Screen) -> list[Part]:
    async def draw(_put: Put) -> None:
        await screen.run()

    return [Part("screen", draw, feeds=False)]


@contextmanager
def _ends_on_signals(live: Live) -> Iterator[None]:
    """Ctrl-C and a service's stop end the session in good order, where the loop can listen to them."""
    loop = asyncio.get_running_loop()
    listened: list[signal.Signals] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, live.end)
        except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
            continue
        listened.append(name)
    try:
        yield
    finally:
        for name in listened:
            loop.remove_signal_handler(name)
