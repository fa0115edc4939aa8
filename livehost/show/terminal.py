"""The terminal: a live view with keys, or plain lines where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
import unicodedata
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol

import msgspec
from rich.console import Console
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from livehost import commands, events
from livehost.commands import Command
from livehost.events import Action, Envelope
from livehost.show.keys import Keys
from livehost.show.view import View

Act = Callable[[Action, str, int], None]  # what, who, on which item
_REDRAW_SECONDS = 0.15
_TOLD_MOST = 500
_WHO = "terminal"


class Words(msgspec.Struct, frozen=True):
    """What the screen says, in one language."""

    chat: str
    host: str
    waiting: str
    saying: str
    parts: str
    keys: str
    muted: str
    private: str
    paused: str
    dropped: str
    names: dict[str, str]  # of kinds, routes and states, where they have another name


_WORDS = {
    "en": Words(
        chat="Chat",
        host="Host",
        waiting="Waiting",
        saying="Saying",
        parts="Parts",
        keys="m mute  s skip  x stop all  p pause  a approve  d drop  q quit",
        muted="MUTED",
        private="PRIVATE",
        paused="PAUSED",
        dropped="dropped",
        names={},
    ),
    "zh": Words(
        chat="弹幕",
        host="主播",
        waiting="等待",
        saying="正在说",
        parts="状态",
        keys="m 静音  s 跳过  x 全部停止  p 暂停  a 批准  d 丢弃  q 退出",
        muted="已静音",
        private="私密",
        paused="已暂停",
        dropped="条未收",
        names={
            "routine": "常规",
            "order": "订单",
            "complaint": "投诉",
            "personal": "私人",
            "smalltalk": "闲聊",
            "other_question": "其他问题",
            "statement": "陈述",
            "hostile": "敌意",
            "answer": "回答",
            "hold": "待批",
            "host": "给主播",
            "ignore": "忽略",
            "held": "待批",
            "waiting": "等待",
            "preparing": "准备",
        },
    ),
}
_COLOURS = {"answer": "green", "hold": "yellow", "host": "cyan", "ignore": "bright_black"}
_STATES = {"ok": "green", "lost": "red", "degraded": "yellow", "starting": "yellow", "off": "bright_black"}


class Screen(Protocol):
    """Is shown every step, and draws at its own pace."""

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None: ...
    async def run(self) -> None: ...
    def __enter__(self) -> object: ...
    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def screen_for(view: View, act: Act, quit_session: Callable[[], None], *, headless: bool, language: str) -> Screen:
    if headless or not sys.stdout.isatty():
        return PlainScreen()
    return LiveScreen(view, act, quit_session, language)


def inert(text: str, most: int = 200) -> str:
    """Viewers' text without what would move the cursor or turn the reading direction."""
    return "".join(c for c in text[:most] if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


class PlainScreen:
    """What matters, a line each, on stderr."""

    def __init__(self) -> None:
        self._told: dict[int, str] = {}  # item → its state

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        at = f"{envelope.at_ms / 1000:7.1f} s "
        event = envelope.event
        if isinstance(event, events.HostSaid) and event.text:
            _print(f"{at} host     {inert(event.text)}")
        elif isinstance(event, events.PartChanged) and event.state in ("lost", "degraded"):
            _print(f"{at} {event.part} is {event.state}: {inert(event.detail)}")
        for wish in wishes:
            if isinstance(wish, commands.ShowItem):
                if wish.state in ("speaking", "held", "expired") and self._told.get(wish.item) != wish.state:
                    _print(f"{at} {wish.state:9}{inert(wish.text)} ({wish.askers} asked)")
                self._told[wish.item] = wish.state
                if len(self._told) > _TOLD_MOST:
                    del self._told[min(self._told)]
            elif isinstance(wish, commands.ShowFault):
                _print(f"{at} fault    {wish.detail}")
            elif isinstance(wish, commands.Cut):
                _print(f"{at} cut      {wish.reason}")

    async def run(self) -> None:
        await asyncio.get_running_loop().create_future()

    def __enter__(self) -> PlainScreen:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class LiveScreen:
    """Redraws a few times a second, however much happens."""

    def __init__(self, view: View, act: Act, quit_session: Callable[[], None], language: str) -> None:
        self._view = view
        self._words = _WORDS.get(language, _WORDS["en"])
        self._live = Live(console=Console(), auto_refresh=False, screen=True)
        self._act = act
        self._quit = quit_session
        self._keys = Keys(self._pressed)

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """The view has it already."""

    async def run(self) -> None:
        while True:
            self._live.update(picture(self._view, self._words), refresh=True)
            await asyncio.sleep(_REDRAW_SECONDS)

    def _pressed(self, key: str) -> None:
        match key.lower():
            case "m":
                self._act("unmute" if self._view.muted else "mute", _WHO, 0)
            case "s":
                self._act("skip", _WHO, 0)
            case "x":
                self._act("stop", _WHO, 0)
            case "p":
                self._act("resume" if self._view.paused else "pause", _WHO, 0)
            case "a" | "d" if held := self._view.waiting("held"):
                self._act("approve" if key.lower() == "a" else "drop", _WHO, held[0].number)
            case "q" | "\x03":
                self._quit()

    def __enter__(self) -> LiveScreen:
        self._keys.start()
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
        self._keys.stop()


def picture(view: View, words: Words = _WORDS["en"]) -> Layout:
    """The whole screen."""
    layout = Layout()
    layout.split_column(Layout(name="top", ratio=3), Layout(name="now", size=4), Layout(name="low", size=7))
    layout["top"].split_row(Layout(_chat(view, words), ratio=3), Layout(_waiting(view, words), ratio=2))
    layout["now"].update(_now(view, words))
    layout["low"].split_row(Layout(_host(view, words.host)), Layout(_parts(view, words)))
    return layout


def _chat(view: View, words: Words) -> Panel:
    text = Text(no_wrap=True, overflow="ellipsis")
    for shown in list(view.lines)[-30:]:
        if shown.line.type != "message":
            continue
        route = shown.decision.route if shown.decision else ""
        text.append(f"{inert(shown.line.user.name, 18)}: ", style="bold")
        text.append(inert(shown.line.text, 120), style=_COLOURS.get(route, ""))
        kind = shown.decision.kind if shown.decision else ""
        text.append(
            f"  {words.names.get(kind, kind)} → {words.names.get(route, route)}\n" if kind else "\n", style="dim"
        )
    return Panel(Text("\n").join(text.split("\n")[-28:]), title=words.chat)


def _waiting(view: View, words: Words) -> Panel:
    table = Table.grid(padding=(0, 1))
    for item in sorted(view.waiting("held", "preparing", "waiting"), key=lambda i: (i.state != "held", -i.askers)):
        table.add_row(
            f"{item.askers}×",
            Text(item.state, style="yellow" if item.state == "held" else ""),
            Text(inert(item.text, 90)),
        )
    return Panel(table, title=words.waiting)


def _now(view: View, words: Words) -> Panel:
    flags = [
        word
        for word, on in ((words.private, view.private), (words.muted, view.muted), (words.paused, view.paused))
        if on
    ]
    text = Text(inert(view.speaking) or "…", style="bold green" if view.speaking else "dim")
    if flags:
        text.append("   " + " ".join(flags), style="bold red")
    return Panel(text, title=words.saying, subtitle=words.keys)


def _host(view: View, title: str) -> Panel:
    lines = [inert(text) for _, text in list(view.host)[-5:]]
    return Panel(Text("\n".join(lines)), title=f"{title} ●" if view.host_speaks else title)


def _parts(view: View, words: Words) -> Panel:
    text = Text()
    dropped = view.counts["dropped"]
    for name, part in view.parts.items():
        text.append("● ", style=_STATES.get(part.state, ""))
        text.append(f"{inert(name)} {inert(part.detail, 60)}\n")
    return Panel(text, title=f"{words.parts}  {dropped} {words.dropped}" if dropped else words.parts)


def _print(line: str) -> None:
    sys.stderr.write(line + "\n")
