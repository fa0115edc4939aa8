"""A creator's settings: the keys of creator.toml, and how a wrong one is told. Long, in creator.toml's order."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from livehost.decision import Kind, Route
from livehost.errors import BadInput

Mode = Literal["ask-first", "quiet", "polite", "lively", "solo"]

DEFAULT_ROUTES: dict[Kind, Route] = {
    "routine": "answer",
    "order": "hold",
    "complaint": "hold",
    "personal": "host",
    "other_question": "host",
    "smalltalk": "ignore",
    "statement": "ignore",
    "hostile": "ignore",
}


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be answered. The first eight keys give the route of a kind of line."""

    routine: Route = DEFAULT_ROUTES["routine"]
    order: Route = DEFAULT_ROUTES["order"]
    complaint: Route = DEFAULT_ROUTES["complaint"]
    personal: Route = DEFAULT_ROUTES["personal"]
    other_question: Route = DEFAULT_ROUTES["other_question"]
    smalltalk: Route = DEFAULT_ROUTES["smalltalk"]
    statement: Route = DEFAULT_ROUTES["statement"]
    hostile: Route = DEFAULT_ROUTES["hostile"]
    never: tuple[str, ...] = ()  # a line with one of these is shown to the host, never answered
    hold: tuple[str, ...] = ()  # a line with one of these waits for a moderator
    banned_words: tuple[str, ...] = ()  # an answer with one of these is held
    allowed_words: tuple[str, ...] = ()  # may be said although the advertising law's words are in them (a brand's name)
    advice: Route = "hold"  # of a line that asks for medical, legal or financial advice and has an answer here

    def route(self, kind: Kind) -> Route:
        found: Route = getattr(self, kind)
        return found


_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?/?")
NotBelow0 = Annotated[float, msgspec.Meta(ge=0)]


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the co-host may speak, and how long a question is worth an answer."""

    pause_ms: Annotated[int, msgspec.Meta(ge=0)] = 1000  # how long the host must be silent before the co-host starts
    lively_pause_ms: Annotated[int, msgspec.Meta(ge=0)] = 400  # the same in the modes lively and solo
    think_seconds: NotBelow0 = 5.0  # after the host's "let me think"
    interrupted: Literal["soft", "at-once"] = "soft"  # soft: quieter at once, silent when the host goes on
    spoken_seconds: NotBelow0 = 5.0  # an answer that takes longer is shortened to whole sentences
    spoken_per_minute: NotBelow0 = 30.0  # seconds of speech, 0: no bound; what is beyond is answered in text alone
    expire_seconds: NotBelow0 = 45.0  # an item older than this is not spoken
    held_seconds: NotBelow0 = 180.0  # a held item that nobody takes
    cooldown_seconds: NotBelow0 = 120.0  # the same answer is not given again within this
    viewer_cooldown_seconds: NotBelow0 = 10.0  # one viewer's questions are not answered aloud faster than this
    waiting_max: Annotated[int, msgspec.Meta(ge=1)] = 20  # items that wait at most; the least worth is dropped
    chat_commands: bool = True  # moderators may write !stop, !mute 5, … in the chat
    solo: bool = False  # whether the mode solo may be chosen at all


class Manners(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the co-host behaves beside answering."""

    names: bool = True  # says whose question it takes, when there is time for it
    greet: bool = True  # says the greeting when the show begins
    thanks_seconds: NotBelow0 = (
        60.0  # gifts, follows, subscriptions and raids are thanked for together, so often; 0: never
    )
    idle_seconds: NotBelow0 = 30.0  # of silence, before lively suggests a question and solo goes on with the run-down


class Scheduled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line that comes again and again."""

    text: str
    every_minutes: Annotated[float, msgspec.Meta(ge=1)]
    aloud: bool = False  # else in text alone


class RundownLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the co-host says in solo mode when nobody asks anything; the product is put on the table."""

    text: str
    product_id: str = ""


class Speech(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the co-host sounds, and that it tells what it is."""

    loudness_lufs: Annotated[float, msgspec.Meta(ge=-40, le=-8)] = -16.0
    pace: Annotated[float, msgspec.Meta(ge=0.6, le=1.6)] = 1.0
    notice: bool = True  # says at the start that a machine speaks; on some platforms it can't be turned off
    notice_text: str = ""  # in other words than the built-in ones


class Hearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the host is heard."""

    engine: Literal["whisper", "openai"] = "whisper"
    model: str = ""  # a size of faster-whisper, a folder, or the endpoint's model; empty: the one installed (base)
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    compute_type: str = "int8"
    threads: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    languages: tuple[str, ...] = ()  # that may be heard; empty: the show's
    script: Literal["simplified", "traditional", "as-heard"] = "simplified"  # of Chinese
    base_url: str = ""  # of an OpenAI-compatible /audio/transcriptions, for the engine openai
    api_key_env: str = "OPENAI_API_KEY"
    names: tuple[str, ...] = ()  # brands and people beside the products' titles
    end_ms: Annotated[int, msgspec.Meta(ge=128, le=3000)] = 512  # silence after which an utterance has ended
    early_ms: Annotated[int, msgspec.Meta(ge=64, le=3000)] = 256  # … after which its text is begun
    longest_seconds: Annotated[float, msgspec.Meta(ge=2, le=28)] = 25.0  # a longer utterance is parted
    voice: Annotated[float, msgspec.Meta(ge=0.1, le=0.95)] = 0.5  # how sure it must be that a sound is a voice


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenAI-compatible server. A server on this machine needs no key."""

    base_url: str
    model: str
    api_key_env: str = "OPENAI_API_KEY"


LlmUse = Literal["phrase", "answer", "smalltalk"]


class Llm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenAI-compatible endpoint; empty: none. Without it, or while it fails, everything else works."""

    base_url: str = ""
    model: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    fallback: tuple[Endpoint, ...] = ()  # asked in this order when the one before fails
    use: tuple[LlmUse, ...] = ("answer",)  # phrase: grounded answers in the persona's tone; answer: over the passages
    first_seconds: Annotated[float, msgspec.Meta(gt=0)] = 3.0  # to its first words; later, the next endpoint is asked
    seconds: Annotated[float, msgspec.Meta(gt=0)] = 8.0  # to its last words; what is there by then is used
    tokens_per_hour: Annotated[int, msgspec.Meta(ge=0)] = 200_000  # 0: no bound
    tokens_per_session: Annotated[int, msgspec.Meta(ge=0)] = 1_000_000  # 0: no bound

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All of them, the wanted one first."""
        first = (Endpoint(self.base_url, self.model, self.api_key_env),) if self.base_url else ()
        return (*first, *self.fallback)


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the creator talks, for a model's words; `livehost persona learn` writes it."""

    phrases: tuple[str, ...] = ()  # that they say again and again
    address: tuple[str, ...] = ()  # how they call the room
    emoji: tuple[str, ...] = ()
    words_per_sentence: Annotated[int, msgspec.Meta(ge=0)] = 0  # 0: not known
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of viewers from one session to the next, on this machine, for this creator alone."""

    on: bool = False
    keep_days: Annotated[int, msgspec.Meta(ge=1)] = 180  # since a viewer was last seen
    greet_regulars: bool = False  # "Welcome back, Mia!": who was here three times before, by name and nothing else
    greet_seconds: NotBelow0 = 60.0  # not more often than this


class Obs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """OBS through obs-websocket 5; without `url` it is not asked."""

    url: str = ""  # ws://127.0.0.1:4455
    password_env: str = "LIVEHOST_OBS_PASSWORD"
    scenes: dict[str, str] = {}  # scene → the product that is on the table while it is shown
    private_scenes: tuple[str, ...] = ()  # while one is shown nothing is heard, recorded or said
    quiet_scenes: tuple[str, ...] = ()  # a match, a song: while one is shown it answers in text alone
    microphone: str = ""  # OBS's name of the host's microphone
    private_when_muted: bool = True  # … nor while that microphone is muted in OBS
    private_off_air: bool = False  # … nor while OBS is not streaming
    caption_source: str = ""  # a text source that shows what is being said
    duck: tuple[str, ...] = ()  # sources that are turned down while the co-host speaks
    duck_db: float = -12.0


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a session, and for how long; 0 days: until someone deletes it."""

    sound: bool = True
    encrypt_sound: bool = False  # with a key in the system's keyring
    sound_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    session_days: Annotated[int, msgspec.Meta(ge=0)] = 0


class Links(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How product links are given."""

    redirect: str = ""  # https://go.anna.example leads to this machine: links go by /go/ here, and are counted


class Twin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page /twin, where viewers ask the co-host by themselves; off until someone turns it on."""

    on: bool = False
    opening: str = ""  # empty: the greeting
    voice: bool = True  # answers may be heard
    microphone: bool = True  # questions may be spoken
    questions_per_minute: Annotated[float, msgspec.Meta(gt=0)] = 6.0  # of one visitor
    address: str = ""  # the name that visitors reach it by, such as ask.anna.example, when it is not this machine's own
    to_room: bool = False  # what it may not answer waits in the live room's list, too


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an entry's strength must be: its chance, times its share of the odds where the next one is near. Set on
    outdoor, home and channel of tests/evaluation."""

    question: float = 0.90
    no_question: float = 0.93
    personal: float = 0.95
    field_asked: float = 0.90  # of a line that asks for a price or the like, but not plainly enough to read the field
    same_words: float = 0.90  # at this score a FAQ entry goes before a product's field
    host_answer: float = 0.60
    kind: float = (
        0.60  # share of the nearest known lines that are of one kind, for an unanswered line to be taken for it
    )
    as_near: float = 0.10  # entries of other products within this of the best one could be meant as well


class Creator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """creator.toml. Only `name` is required."""

    name: str
    languages: tuple[str, ...] = ("en",)
    voice: str = "heart"
    cohost: str = ""  # what the co-host is called; empty: it has no name
    also_called: tuple[str, ...] = ()  # its name as a recogniser may write it
    persona: str = ""
    greeting: str = ""
    suggestions: tuple[str, ...] = ()
    mode: Mode = "ask-first"
    policy: Policy = Policy()
    floor: Floor = Floor()
    matching: Thresholds = Thresholds()
    manners: Manners = Manners()
    schedule: tuple[Scheduled, ...] = ()
    rundown: tuple[RundownLine, ...] = ()
    llm: Llm = Llm()
    hearing: Hearing = Hearing()
    memory: Memory = Memory()
    style: Style = Style()
    speech: Speech = Speech()
    obs: Obs = Obs()
    recording: Recording = Recording()
    links: Links = Links()
    twin: Twin = Twin()
    platforms: dict[
        str, dict[str, str | int | float | bool | tuple[str, ...]]
    ] = {}  # read by each platform's own module


def read_creator(path: Path) -> Creator:
    """creator.toml at `path`; raises BadInput that names the file, the key and the nearest known one."""
    try:
        raw = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(
            "there is no creator.toml", where=str(path.parent), fix='Make one; it needs only name = "…"'
        ) from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInput(str(trouble), where=str(path), fix="Save it as UTF-8 text") from None
    try:
        creator = msgspec.convert(tomllib.loads(raw), Creator)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInput(f"not valid TOML: {trouble}", where=str(path)) from None
    except msgspec.ValidationError as trouble:
        raise BadInput(_explain(str(trouble)), where=str(path)) from None
    if creator.links.redirect and not _WEB_ADDRESS.fullmatch(creator.links.redirect):
        raise BadInput(
            f"redirect {creator.links.redirect!r} is no web address of a host alone",
            where=f"{path}, [links]",
            fix="Write it as https://go.example.com",
        )
    if problem := _contradiction(creator.hearing):
        raise BadInput(problem, where=f"{path}, [hearing]")
    if creator.mode == "solo" and not creator.floor.solo:
        raise BadInput('mode = "solo" must be allowed', where=str(path), fix="Write solo = true in [floor]")
    return creator


def _contradiction(hearing: Hearing) -> str:
    if hearing.engine == "openai" and not (hearing.base_url and hearing.model):
        return 'engine = "openai" needs base_url and model'
    if hearing.early_ms > hearing.end_ms:
        return f"early_ms {hearing.early_ms} is more than end_ms {hearing.end_ms}"
    return ""


def with_changes(creator: Creator, changes: Sequence[str]) -> Creator:
    """The same settings with some `key=value` (`floor.pause_ms=500`, `mode=quiet`) changed; raises BadInput."""
    table: dict[str, Any] = msgspec.to_builtins(creator)
    for change in changes:
        key, separator, value = change.partition("=")
        if not separator or not re.fullmatch(r"\w+(\.\w+)*", key.strip()):
            raise BadInput(f"{change!r} changes nothing", fix="Write it as key=value, such as floor.pause_ms=500")
        _set(table, key.strip().split("."), _value(value.strip()))
    try:
        return msgspec.convert(table, Creator)
    except msgspec.ValidationError as trouble:
        raise BadInput(_explain(str(trouble)), where=" ".join(changes)) from None


def _set(table: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        inner = table.setdefault(name, {})
        table = inner if isinstance(inner, dict) else {}
    table[path[-1]] = value


def _value(text: str) -> Any:
    """As TOML reads it; what is none is taken for words."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explain(problem: str) -> str:
    tables: dict[str, type[Any]] = {
        "policy": Policy,
        "floor": Floor,
        "manners": Manners,
        "schedule": Scheduled,
        "rundown": RundownLine,
        "matching": Thresholds,
        "llm": Llm,
        "memory": Memory,
        "style": Style,
        "obs": Obs,
        "speech": Speech,
        "hearing": Hearing,
        "recording": Recording,
        "links": Links,
        "twin": Twin,
    }
    return explained(problem, Creator, tables)


def explained(problem: str, top: type[Any], tables: Mapping[str, type[Any]]) -> str:
    """msgspec's message, with the nearest known key where one is unknown: of `top`, or of one of its tables."""
    unknown = re.search(r"unknown field `(.+?)`(?: - at `\$\.?(\w*)[^`]*`)?", problem)
    if not unknown:
        return problem
    key, table = unknown.group(1), unknown.group(2)
    known = tables.get(table or "", top).__struct_fields__
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
    return f"unknown key {key!r}" + (f" in [{table}]" if table else "") + hint
