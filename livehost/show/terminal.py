"""The terminal: a live view with keys, or plain lines where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
import unicodedata
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol

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

Act = Callable[[Action, str], None]
_REDRAW_SECONDS = 0.15
_TOLD_MOST = 500
_WHO = "terminal"
_WORDS = {
    "en": (
        "Chat",
        "Host",
        "Waiting",
        "Saying",
        "Parts",
        "m mute  s skip  x stop all  p pause  q quit",
        "MUTED",
        "PAUSED",
    ),
    "zh": ("弹幕", "主播", "等待", "正在说", "状态", "m 静音  s 跳过  x 全部停止  p 暂停  q 退出", "已静音", "已暂停"),
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
                self._act("unmute" if self._view.muted else "mute", _WHO)
            case "s":
                self._act("skip", _WHO)
            case "x":
                self._act("stop", _WHO)
            case "p":
                self._act("resume" if self._view.paused else "pause", _WHO)
            case "q" | "\x03":
                self._quit()

    def __enter__(self) -> LiveScreen:
        self._keys.start()
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
        self._keys.stop()


def picture(view: View, words: Sequence[str] = _WORDS["en"]) -> Layout:
    """The whole screen."""
    layout = Layout()
    layout.split_column(Layout(name="top", ratio=3), Layout(name="now", size=4), Layout(name="low", size=7))
    layout["top"].split_row(Layout(_chat(view, words[0]), ratio=3), Layout(_waiting(view, words[2]), ratio=2))
    layout["now"].update(_now(view, words))
    layout["low"].split_row(Layout(_host(view, words[1])), Layout(_parts(view, words[4])))
    return layout


def _chat(view: View, title: str) -> Panel:
    text = Text(no_wrap=True, overflow="ellipsis")
    for shown in list(view.lines)[-30:]:
        if shown.line.type != "message":
            continue
        route = shown.decision.route if shown.decision else ""
        text.append(f"{inert(shown.line.user.name, 18)}: ", style="bold")
        text.append(inert(shown.line.text, 120), style=_COLOURS.get(route, ""))
        text.append(f"  {shown.decision.kind} → {route}\n" if shown.decision else "\n", style="dim")
    return Panel(Text("\n").join(text.split("\n")[-28:]), title=title)


def _waiting(view: View, title: str) -> Panel:
    table = Table.grid(padding=(0, 1))
    for item in sorted(view.waiting("held", "preparing", "waiting"), key=lambda i: (i.state != "held", -i.askers)):
        table.add_row(
            f"{item.askers}×",
            Text(item.state, style="yellow" if item.state == "held" else ""),
            Text(inert(item.text, 90)),
        )
    return Panel(table, title=title)


def _now(view: View, words: Sequence[str]) -> Panel:
    flags = [word for word, on in ((words[6], view.muted), (words[7], view.paused)) if on]
    text = Text(inert(view.speaking) or "…", style="bold green" if view.speaking else "dim")
    if flags:
        text.append("   " + " ".join(flags), style="bold red")
    return Panel(text, title=words[3], subtitle=words[5])


def _host(view: View, title: str) -> Panel:
    lines = [inert(text) for _, text in list(view.host)[-5:]]
    return Panel(Text("\n".join(lines)), title=f"{title} ●" if view.host_speaks else title)


def _parts(view: View, title: str) -> Panel:
    text = Text()
    for name, part in view.parts.items():
        text.append("● ", style=_STATES.get(part.state, ""))
        text.append(f"{inert(name)} {inert(part.detail, 60)}\n")
    return Panel(text, title=f"{title}  {view.counts['dropped']} dropped" if view.counts["dropped"] else title)


def _print(line: str) -> None:
    sys.stderr.write(line + "\n")
