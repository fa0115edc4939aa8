"""The session's ears, put together: the host's microphone and the guests', each from its source to its events.

player ──▶ reference ─┐
source ───────────────┴▶ without echo ──▶ curtain ──▶ Ear ──▶ the host's events, less our own words
guest's source ─────────────────────────▶ curtain ──▶ GuestEar ──▶ somebody speaks
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from livehost import events
from livehost.clock import SessionClock
from livehost.errors import MissingPart
from livehost.hands import Put
from livehost.hear.audible import Audible
from livehost.hear.audio_file import AudioFile
from livehost.hear.browser import BrowserMicrophone
from livehost.hear.curtain import Behind, Curtain
from livehost.hear.ear import Ear, Source
from livehost.hear.echo import Canceller, Reference, WebRtc, WithoutEcho
from livehost.hear.guest import GuestEar
from livehost.hear.microphone import Microphone
from livehost.hear.names import Names
from livehost.hear.openai_hearing import OpenAiHearing, WithStandIn
from livehost.hear.own import OwnWords
from livehost.hear.recogniser import Recogniser
from livehost.hear.speech import Endpointing
from livehost.hear.vad import SileroVad
from livehost.hear.whisper import Whisper
from livehost.knowledge import Knowledge
from livehost.live import Part
from livehost.sound import Samples, Tap
from livehost.soundalike import units
from livehost.weights import whisper_dir
from livehost.workers import Transcriber, Worker

_HINTS_MOST = 20  # names that the recogniser is told beforehand
_NAME_WORDS_MOST = 5
BROWSER = "browser"  # as microphone or speaker: a page of ours


def is_path(name: str) -> bool:
    """A file rather than a device: it is there, or it looks like one."""
    return (
        Path(name).exists()
        or "/" in name
        or "\\" in name
        or Path(name).suffix in (".wav", ".flac", ".ogg", ".opus", ".mp3")
    )


@dataclass(frozen=True)
class Room:
    """Where the host is heard and we are: both names as on the command line."""

    mic: str
    speaker: str
    page: BrowserMicrophone | None = None

    @property
    def echoes(self) -> bool:
        """Whether what we say may come back. A page that is both microphone and loudspeaker cancels it itself."""
        pages = self.mic == self.speaker == BROWSER
        return not (pages or any(name == "none" or is_path(name) for name in (self.mic, self.speaker)))


@dataclass(frozen=True)
class Hearing:
    """What hears, loaded before the session's clock starts. `whisper` gives the words so far whatever gives the final ones."""

    whisper: Whisper
    final: Transcriber
    names: Names
    endpointing: Endpointing


def load_hearing(knowledge: Knowledge) -> Hearing:
    """Raises LivehostError for a model that can't be loaded."""
    how, languages = knowledge.creator.hearing, knowledge.creator.languages
    names = _names(knowledge)
    hint = ", ".join(names[:_HINTS_MOST])
    whisper = Whisper(whisper_dir(), languages, how, names=hint)
    final: Transcriber = whisper
    if how.engine == "openai":
        final = WithStandIn(OpenAiHearing(how, languages, hint), whisper)
    known = {unit.casefold() for faq in knowledge.faqs for unit in units(f"{faq.question} {faq.answer}")}
    mending = Names(names, lambda word: word.casefold() in known or whisper.is_word(word))
    endpointing = Endpointing(
        enter=how.voice,
        leave=0.7 * how.voice,
        hangover_ms=how.end_ms,
        rest_ms=how.early_ms,
        longest_ms=round(how.longest_seconds * 1000),
    )
    return Hearing(whisper, final, mending, endpointing)


def _names(knowledge: Knowledge) -> list[str]:
    """What the creator's people, brands and products are called, as it is written."""
    creator = knowledge.creator
    brands = dict.fromkeys(product.brand for product in knowledge.products)
    called = [*creator.hearing.names, creator.cohost, creator.name, *(product.title for product in knowledge.products)]
    return [name for name in dict.fromkeys([*called, *brands]) if name and len(units(name)) <= _NAME_WORDS_MOST]


@dataclass
class Ears:
    """`hearing` is asked for when a part begins to run; `heard`: the host's utterances before."""

    clock: SessionClock
    curtain: Curtain
    hearing: Callable[[], Hearing]
    heard: int = 0
    reference: Reference = field(default_factory=Reference)
    own: OwnWords = field(default_factory=OwnWords)

    def parts(self, room: Room, guests: Sequence[str], tap: Tap) -> list[Part]:
        """The host's ear and each guest's; `tap` is handed the host's sound."""
        return [self.host(room, tap), *map(self.guest, guests)]

    def host(self, room: Room, tap: Tap) -> Part:
        source = room.page or self._source(room.mic)
        canceller, problem = _canceller() if room.echoes else (None, "")
        cleaned = WithoutEcho(source, self.reference, canceller) if canceller else None
        worker = Worker("hearing", self.clock)
        recognisers: list[Recogniser] = []  # one, from the first run on
        doubted = cleaned.doubted if cleaned else self._sounding if room.echoes else _never

        async def listen(put: Put) -> None:
            if problem:
                put(events.PartChanged("echo cancelling", "degraded", problem))
            audible = Audible(cleaned or source, partial(_tell_silence, put))
            hearing = self.hearing()
            recogniser = recognisers[0] if recognisers else Recogniser(hearing.final, worker, hearing.whisper, self)
            recognisers[:] = [recogniser]
            ear = Ear(Behind(audible, self.curtain), SileroVad(), recogniser, tap, doubted, self.heard)
            try:
                await ear.run(put, hearing.endpointing)
            finally:
                self.heard = ear.heard

        return Part("hearing", listen, feeds=True)

    def guest(self, name: str) -> Part:
        """Somebody beside the host, from a device or a file."""
        ear = GuestEar(name, Behind(self._source(name), self.curtain), SileroVad())

        async def listen(put: Put) -> None:
            await ear.run(put, self.hearing().endpointing)

        return Part(f"guest {name}", listen, feeds=False)

    def read(self, text: str, start_ms: float, end_ms: float) -> tuple[str, bool]:
        """What the host said, names as they are written; and whether some of it was our own voice."""
        mended = self.hearing().names.mended(text)
        hosts = self.own.without(mended, start_ms, end_ms)
        return hosts, hosts != mended

    def _source(self, name: str) -> Source:
        return AudioFile(Path(name), self.clock) if is_path(name) else Microphone(name, self.clock)

    def _sounding(self, at_ms: float) -> bool:
        return self.reference.sounds_at(at_ms)


def _canceller() -> tuple[Canceller | None, str]:
    try:
        return WebRtc(), ""
    except MissingPart as trouble:
        return None, f"{trouble.what}: what we say is told from the host by its words alone. {trouble.fix}"


def _tell_silence(put: Put, audible: bool) -> None:
    problem = (
        "" if audible else "it gives nothing at all: is it muted, or the wrong one? `livehost doctor` shows its level"
    )
    put(events.PartChanged("microphone", "ok" if audible else "degraded", problem))


def _never(_at_ms: float) -> bool:
    return False


def all_of(taps: Sequence[Tap]) -> Tap:
    """Each is handed what goes past."""

    def tap(at_ms: float, block: Samples) -> None:
        for one in taps:
            one(at_ms, block)

    return tap
