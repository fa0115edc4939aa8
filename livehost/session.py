"""Puts a live session together out of a plan, and holds it to its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from livehost import __version__, clock, events
from livehost.asking import matcher_for
from livehost.clock import SessionClock
from livehost.core import LOGIC_VERSION, Core
from livehost.creators import digest, load
from livehost.ears import BROWSER, Ears, Hearing, Room, all_of, is_path, load_hearing
from livehost.errors import BadInput
from livehost.folder import CreatorFolder
from livehost.hands import Hands, Put
from livehost.hear.browser import BrowserMicrophone
from livehost.hear.curtain import Curtain
from livehost.inbox import Inbox
from livehost.ingest.connect import open_chats
from livehost.ingest.platform import Chat, Surroundings, check_tables
from livehost.knowledge import Knowledge
from livehost.labelling import notice, sound_comment
from livehost.language import language_of
from livehost.live import Live, Part
from livehost.llm.composer import Composer
from livehost.memory.keeper import Memory
from livehost.memory.store import Store, path_of
from livehost.passages import Passages
from livehost.priority import gently
from livehost.record.audio import Track
from livehost.record.folder import COHOST_TRACK, EVENTS, FORMAT, HOST_TRACK, Header, new_folder, write_header
from livehost.record.log import EventLog
from livehost.record.raw_frames import FOLDER as RAW_FRAMES
from livehost.record.raw_frames import RawFrames
from livehost.record.sealed import recording_key
from livehost.secret import Secrets
from livehost.serving import Steered, open_pages
from livehost.settings import Recording as KeptFor
from livehost.show.address import Address, listen
from livehost.show.browser import BrowserSound
from livehost.show.obs import Obs
from livehost.show.terminal import Screen, screen_for
from livehost.show.view import View
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples, Tap
from livehost.speak.monitor import Monitor
from livehost.speak.paced import PacedOutput, PageSink, sound_file
from livehost.speak.player import Happened, Player
from livehost.speak.script import clauses_within
from livehost.speak.speaker import Speaker
from livehost.speak.speech import Speech
from livehost.speak.voices import open_voice
from livehost.toolbox import read_toolbox
from livehost.tools.caller import Caller
from livehost.weights import data_dir
from livehost.workers import Matcher

_SEED = 1
_SWITCH_SECONDS = 0.001  # a thread that computes in Python gives the loop its turn within this; Python's own is 5 ms
_REHEARSAL_PAUSE_MS = 5000


@dataclass(frozen=True)
class Plan:
    """What `livehost run` was asked for. `mic` and `speaker`: a device, a file, "browser" or "none"."""

    creator: Path
    chats: tuple[str, ...]
    mic: str
    speaker: str
    session: Path | None
    headless: bool
    fast: bool
    pages: Address | None = None
    guests: tuple[str, ...] = ()  # devices or files with other voices
    monitor: str = "none"  # a second device for the host's ears


@dataclass(frozen=True)
class Held:
    """What came of a session."""

    folder: Path
    view: View
    language: str  # of the creator
    kept: KeptFor  # what of sessions is kept, and for how long


@dataclass(frozen=True)
class Models:
    """Loaded before the session's clock starts."""

    matcher: Matcher
    hearing: Hearing | None
    voice: Speech


class Output(Protocol):
    async def run(self) -> None: ...


def hold(plan: Plan) -> Held:
    """Runs the session; raises LivehostError for what is wrong with the plan, before anything is made."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    if plan.fast:
        _refuse_devices(plan)
    if plan.guests and plan.mic == "none":
        raise BadInput("--guest without a microphone", fix="Give --mic, too")
    if BROWSER in (plan.mic, plan.speaker) and not plan.pages:
        raise BadInput("a browser as microphone or speaker needs the pages", fix="Add --port 8600")
    knowledge = load(plan.creator)
    check_tables(knowledge.creator.platforms)
    if knowledge.creator.links.redirect and not (plan.pages or plan.fast):
        raise BadInput("[links] redirect leads viewers to the pages, and there are none", fix="Add --port 8600")
    door = listen(plan.pages) if plan.pages else None
    kept = knowledge.creator.recording
    key = recording_key(Secrets(), make=True) if kept.sound and kept.encrypt_sound else None
    models = gently(lambda: _load_models(plan, knowledge))
    knowledge = msgspec.structs.replace(knowledge, takes=models.voice.takes)
    folder = new_folder(plan.session or _default_folder(plan.creator))
    return clock.run(_held(plan, knowledge, models, folder, door, key), virtual=plan.fast)


def _refuse_devices(plan: Plan) -> None:
    guests = [("--guest", guest) for guest in plan.guests]
    for name, value in (("--mic", plan.mic), ("--speaker", plan.speaker), ("--monitor", plan.monitor), *guests):
        if value != "none" and not is_path(value):
            raise BadInput(f"--fast has no device: {name} {value}", fix=f"Give {name} a file, or none")
    live = [uri for uri in plan.chats if not uri.startswith("file:")]
    if live:
        raise BadInput(f"--fast can't wait for a live chat: {live[0]}", fix="Give chats as file:PATH")


def _default_folder(creator: Path) -> Path:
    return Path("sessions") / f"{clock.local_now():%Y-%m-%d}-{creator.resolve().name}"


def _load_models(plan: Plan, knowledge: Knowledge) -> Models:
    creator = knowledge.creator
    sys.stderr.write("livehost: loading the models…\n")
    heard = plan.mic != "none" or (plan.pages and creator.twin.on and creator.twin.microphone)
    hearing = load_hearing(knowledge) if heard else None
    cache = data_dir() / "cache" / "speech"
    voice = open_voice(creator.voice, plan.creator, settings=creator.speech, faqs=knowledge.faqs, cache=cache)
    voice.warm_up()
    return Models(matcher_for(knowledge, data_dir() / "cache" / "embeddings.sqlite"), hearing, voice)


async def _held(  # noqa: PLR0913, PLR0917 - what was opened before the clock starts
    plan: Plan, knowledge: Knowledge, models: Models, folder: Path, door: socket.socket | None, key: bytes | None
) -> Held:
    session_clock = SessionClock(asyncio.get_running_loop())
    inbox = Inbox(session_clock)
    loop = asyncio.get_running_loop()

    def put_soon(event: events.Event) -> None:
        loop.call_soon_threadsafe(inbox.put, event)

    tell_of_engine(models.voice, put_soon)
    player = Player(_reporter(put_soon))
    hands = Hands(session_clock, inbox.put, player, models.voice, models.matcher)
    live = Live(session_clock, Core(knowledge), inbox, hands, player)
    view = View()
    started_at = clock.local_now().isoformat(timespec="milliseconds")
    with (
        _remembered(plan, knowledge, session_clock, live, hands) as remembering,
        _recording(folder, plan, knowledge, started_at, put_soon, key) as recording,
    ):
        curtain = Curtain()
        around = Surroundings(session_clock, Secrets(), seed=_SEED)
        chats = open_chats(plan.chats, around, knowledge.creator.platforms, recording.raw_frames.keeper)
        hands.reach({chat.name: chat for chat in chats})
        microphone = BrowserMicrophone(session_clock) if plan.mic == BROWSER else None
        sound = BrowserSound(microphone, plan.speaker == BROWSER)
        taps: list[Tap] = [recording.cohost.tap] if recording.cohost else []
        parts = _chat_parts(chats)
        if models.hearing and plan.mic != "none":
            ears = Ears(session_clock, curtain, models.hearing)
            live.watch(ears.own.step)
            taps.append(ears.reference.tap)
            host_tap = recording.host.tap if recording.host else _unheard
            parts += ears.parts(Room(plan.mic, plan.speaker, microphone), plan.guests, host_tap)
        parts += _outputs(plan, player, session_clock, taps, sound)
        live.watch(recording.log.write)
        live.watch(view.apply)
        screen = screen_for(view, live.act, live.end, headless=plan.headless, language=knowledge.creator.languages[0])
        live.watch(screen.step)
        async with AsyncExitStack() as opened:
            opened.enter_context(_ends_on_signals(live))
            opened.enter_context(screen)
            started = _started(plan, knowledge, started_at, tuple(chat.name for chat in chats))
            if plan.pages and door:
                final = models.hearing.final if models.hearing else None
                steered = Steered(live, hands, view, session_clock, sound, knowledge, final, folder, inbox.put)
                parts.append(await open_pages(steered, recording.header, recording.log.tell, plan.pages, door, opened))
            if not plan.fast:
                parts.append(_folder(plan, knowledge, hands, session_clock))
            parts += [*remembering, *_consulted(plan, knowledge, hands, session_clock)]
            if knowledge.creator.obs.url and not plan.fast:
                parts.append(_obs(knowledge, live, curtain))
            if not plan.fast:
                parts.append(_rehearsal(knowledge, models.voice, hands, view, session_clock))
            await live.run(started, [*parts, *_screen_part(screen)])
    return Held(folder, view, knowledge.creator.languages[0], knowledge.creator.recording)


def _started(plan: Plan, knowledge: Knowledge, started_at: str, chats: tuple[str, ...]) -> events.SessionStarted:
    creator = knowledge.creator
    platforms = {chat.partition(":")[0] for chat in plan.chats}
    told = notice(creator.speech, platforms, creator.languages[0])
    return events.SessionStarted(plan.creator.resolve().name, creator.mode, _SEED, started_at, chats, told)


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


def _obs(knowledge: Knowledge, live: Live, curtain: Curtain) -> Part:
    def private(on: bool, why: str) -> None:
        curtain.drawn = on
        live.private(on, why)

    obs = Obs(knowledge.creator.obs, live.act, private)
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
def _remembered(
    plan: Plan, knowledge: Knowledge, session_clock: SessionClock, live: Live, hands: Hands
) -> Iterator[list[Part]]:
    """Memory, where the creator wants one; what the session leaves is written at its end."""
    settings = knowledge.creator.memory
    if not settings.on:
        yield []
        return
    today = clock.local_now().date()
    store = Store(path_of(plan.creator, data_dir()))
    memory = Memory(store, session_clock, f"{today}-{plan.creator.resolve().name}", today, settings.keep_days)
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


def _rehearsal(knowledge: Knowledge, voice: Speech, hands: Hands, view: View, session_clock: SessionClock) -> Part:
    """Answers of the FAQ spoken into the cache while nothing else is going on, one now and then: OBS needs the cores."""

    async def quiet() -> None:
        await session_clock.sleep_until_ms(session_clock.now_ms() + _REHEARSAL_PAUSE_MS)
        while hands.busy or view.host_speaks or view.speaking:
            await session_clock.sleep_until_ms(session_clock.now_ms() + _REHEARSAL_PAUSE_MS)

    async def rehearse(_put: Put) -> None:
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


def _outputs(
    plan: Plan, player: Player, session_clock: SessionClock, taps: Sequence[Tap], sound: BrowserSound
) -> list[Part]:
    """What is played, and the same for the host's ears."""
    if plan.monitor == "none":
        return [_sound_part("voice", _output(plan.speaker, player, session_clock, all_of(taps), sound))]
    monitor = Monitor()
    second = Speaker(monitor, session_clock, _unheard, plan.monitor, "monitor")
    first = _output(plan.speaker, player, session_clock, all_of([*taps, monitor.tap]), sound)
    return [_sound_part("voice", first), _sound_part("monitor", second)]


def _sound_part(name: str, output: Output) -> Part:
    async def play(_put: Put) -> None:
        await output.run()

    return Part(name, play, feeds=False)


def _output(speaker: str, player: Player, session_clock: SessionClock, tap: Tap, sound: BrowserSound) -> Output:
    if speaker == BROWSER:
        return PacedOutput(player, session_clock, tap, PageSink(player, sound))
    if speaker == "none":
        return PacedOutput(player, session_clock, tap)
    if is_path(speaker):
        return PacedOutput(player, session_clock, tap, sound_file(Path(speaker)))
    return Speaker(player, session_clock, tap, speaker)


@dataclass(frozen=True)
class Recording:
    header: Header
    log: EventLog
    host: Track | None
    cohost: Track | None
    raw_frames: RawFrames


def _unheard(at_ms: float, samples: Samples) -> None:
    """Sound that nobody keeps."""


@contextmanager
def _recording(  # noqa: PLR0913, PLR0917 - what a recording is made of
    folder: Path,
    plan: Plan,
    knowledge: Knowledge,
    started_at: str,
    put: Callable[[events.Event], None],
    key: bytes | None,
) -> Iterator[Recording]:
    header = Header(
        format=FORMAT,
        logic_version=LOGIC_VERSION,
        livehost=__version__,
        creator=plan.creator.resolve().name,
        started_at=started_at,
        seed=_SEED,
        knowledge=digest(knowledge),
        models={"hearing": "whisper-base int8", "voice": f"kokoro-v1.0-int8 {knowledge.creator.voice}"},
    )
    write_header(folder, header, knowledge)

    def tell(trouble: str) -> None:
        put(events.PartChanged("recorder", "lost" if trouble else "ok", trouble))

    log = EventLog(folder / EVENTS, tell)
    host = cohost = None
    if knowledge.creator.recording.sound:
        host = Track(folder / HOST_TRACK, HEARD_RATE, "host", tell, key)
        cohost = Track(folder / COHOST_TRACK, SPOKEN_RATE, sound_comment(folder.name), tell, key)
    raw_frames = RawFrames(folder / RAW_FRAMES, tell)
    try:
        yield Recording(header, log, host, cohost, raw_frames)
    finally:
        for part in (log, host, cohost, raw_frames):
            if part:
                part.close()


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
