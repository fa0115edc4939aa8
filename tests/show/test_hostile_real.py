"""Sixty hostile lines and names on every page at once, in a real Chromium: nothing runs, loads or breaks the layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.commands import Command
from livehost.decision import Decision
from livehost.events import Envelope
from livehost.knowledge import Knowledge
from livehost.settings import Creator
from livehost.show.view import View
from tests.browsing import SHOTS, needs_browser
from tests.hostile import HOSTILE
from tests.looking import Looked, pages_of
from tests.running import until
from tests.shops import product

pytestmark = [pytest.mark.slow, needs_browser]
SHOP = Knowledge(Creator(name="Anna"), (product("wok", "Wok", "259.00 CNY"),))


def _everywhere(texts: tuple[str, ...]) -> View:
    """Each text as a line and as a name, as a question and as its answer, as what is wanted, proposed, doubted and done."""
    view = View()
    view.apply(Envelope(1, 0, events.SessionStarted("x", "ask-first", 1)), [])
    for number, text in enumerate(texts, 1):
        line = ChatLine(id=str(number), platform="test", user=Viewer(text, text), text=text)
        view.apply(Envelope(2, number, events.ChatReceived("test", line)), [])
        decision = Decision(text, "en", "routine", "hold", 0.9, text, text, "en", link=text, reasons=(text,))
        state: commands.ItemState = "speaking" if number == len(texts) else "held" if number % 2 else "answered"
        wishes: list[Command] = [
            commands.ShowItem(number, state, text, 1, text),
            commands.ShowDecision(str(number), number, decision),
            commands.ShowWanted(number, text, number),
            commands.ShowProposal(number, text, text, text),
        ]
        view.apply(Envelope(3, number, events.Acted("say", text[:40], text=text)), wishes)
        view.apply(Envelope(4, number, events.HostSaid(number, text, "en", 0, 1, 1)), [])
        view.apply(Envelope(5, number, events.PartChanged(text[:30], "degraded", text)), [])
    view.apply(
        Envelope(6, 99, events.Woke("x", 0)),
        [commands.ShowDoubt(1, "wok", "price", HOSTILE[0], HOSTILE[1], HOSTILE[2])],
    )
    return view


@pytest.fixture(scope="module")
def looked() -> Iterator[Looked]:
    assert len(set(HOSTILE)) == 60
    with pages_of(_everywhere(HOSTILE), SHOP) as looked:
        yield looked


@pytest.mark.parametrize(
    ("path", "width"), [("/console", 1440), ("/console", 380), ("/host", 1280), ("/overlay", 1280)]
)
def test_sixty_hostile_lines_and_names_are_text(looked: Looked, browser: Any, path: str, width: int) -> None:
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("request", lambda r: None if r.url.startswith((looked.base, "data:,")) else troubles.append(r.url))
    page.goto(looked.base + path)
    until(lambda: page.evaluate("document.body.innerText.includes('evil.example')"))
    if path == "/console":
        until(lambda: page.locator(".row").count() > 5)
        page.locator("#chat").evaluate("box => { box.scrollTop = 0 }")
        page.locator(".row").nth(2).click()
    page.screenshot(path=SHOTS / f"hostile{path.replace('/', '-')}-{width}.png")
    assert page.title() in ("Livehost", "Livehost overlay") and troubles == []
    inside = "main, #card"
    for tag in ("script", "style", "iframe", "svg", "object", "embed", "link", "base", "meta", "video", "a"):
        assert page.locator(inside).locator(tag).count() == 0, tag
    assert page.locator(inside).locator("img:not(#picture):not(#code)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.evaluate("document.body.innerText")
    assert not {sign for sign in "\u202e\u202c\u2066\u2067\u2069\u200b\ufeff\x00\x1b" if sign in shown}
    page.context.close()
