"""A moderator's whole job without a mouse, in a real Chromium: what the keys reach, and what each does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from livehost.events import Acted, ProgramChanged
from tests.browsing import chromium, needs_browser
from tests.looking import Looked, pages_of
from tests.running import until
from tests.show.test_looks_real import SHOP, hard_evening

pytestmark = [pytest.mark.slow, needs_browser]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Looked, Any]]:
    with pages_of(hard_evening(), SHOP) as looked, chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en").new_page()
        page.goto(looked.base + "/console")
        page.wait_for_selector("#items .item")
        yield looked, page


def _did(looked: Looked, *expected: Acted) -> None:
    until(lambda: len(looked.received) >= len(expected))
    assert looked.received == list(expected)
    looked.received.clear()


def _tab_to(page: Any, selector: str) -> None:
    """By Tab alone, as often as it takes."""
    for _ in range(300):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never reaches {selector}")


@pytest.mark.parametrize(
    ("key", "action", "target", "text"),
    [
        ("m", "mute", 0, ""), ("5", "mute", 0, "5.0"), ("s", "skip", 0, ""), ("x", "stop", 0, ""), ("p", "pause", 0, ""),
        ("c", "clear", 0, ""), ("d", "drop", 4, ""),
    ],
)  # fmt: skip
def test_one_key_each(served: tuple[Looked, Any], key: str, action: Any, target: int, text: str) -> None:
    looked, page = served
    page.keyboard.press(key)
    _did(looked, Acted(action, "owner", target, text))


def test_a_held_answer_is_edited_and_said(served: tuple[Looked, Any]) -> None:
    looked, page = served
    page.keyboard.press("e")
    page.keyboard.type("Better words.")
    page.keyboard.press("Control+Enter")
    _did(looked, Acted("approve", "owner", 4, "Better words."))
    page.wait_for_selector("#items textarea", state="detached")


def test_words_to_say_and_an_entry_for_the_faq(served: tuple[Looked, Any]) -> None:
    looked, page = served
    page.keyboard.press("i")
    page.keyboard.type("Back in five minutes, all: m s x")
    page.keyboard.press("Enter")
    _did(looked, Acted("say", "owner", 0, "Back in five minutes, all: m s x"))
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.keyboard.type("No, only on land.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Does it swim?")
    page.keyboard.press("Control+Enter")
    _did(looked, Acted("teach", "owner", 0, "No, only on land.", "Does it swim?"))
    until(lambda: not page.evaluate("document.getElementById('box').open"))


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("#doubts button:nth-child(1)", Acted("confirm", "owner", 1)),
        ("#doubts button:nth-child(2)", Acted("correct", "owner", 1)),
        ("#items [data-key='3'] .primary", Acted("approve", "owner", 3)),
        ("#items [data-key='3'] button[data-say=post]", Acted("post", "owner", 3)),
        ("#proposals .primary", Acted("accept", "owner", 1)),
        ("#panic", Acted("panic", "owner")),
    ],
)
def test_by_tab_and_enter(served: tuple[Looked, Any], selector: str, expected: Acted) -> None:
    looked, page = served
    page.evaluate("document.activeElement.blur()")
    _tab_to(page, selector)
    page.keyboard.press("Enter")
    _did(looked, expected)


@pytest.mark.parametrize("action", ["pin", "first", "host", "take"])
def test_what_stands_behind_more(served: tuple[Looked, Any], action: Any) -> None:
    looked, page = served
    page.evaluate("document.activeElement.blur()")
    if not page.locator(f"#items [data-key='2'] [data-say=do_{action}]").is_visible():
        _tab_to(page, "#items [data-key='2'] [data-say=more]")
        page.keyboard.press("Enter")
    _tab_to(page, f"#items [data-key='2'] [data-say=do_{action}]")
    page.keyboard.press("Enter")
    _did(looked, Acted(action, "owner", 2))


def test_mode_table_and_taking_back(served: tuple[Looked, Any]) -> None:
    looked, page = served
    page.evaluate("document.activeElement.blur()")
    _tab_to(page, "#mode")
    page.keyboard.press("ArrowDown")
    _did(looked, Acted("mode", "owner", 0, "quiet"))
    _tab_to(page, "#table")
    page.keyboard.press("ArrowDown")
    _did(looked, Acted("table", "owner", 0, "wok"))
    page.evaluate("document.activeElement.blur()")
    _tab_to(page, "#wrong")
    page.keyboard.press("Enter")
    page.keyboard.type("It is 999.90 EUR.")
    _tab_to(page, "#box-inside button")
    page.keyboard.press("Enter")
    _did(looked, Acted("wrong", "owner", 1, "It is 999.90 EUR."))


def test_the_run_down_and_the_scheduled_lines(served: tuple[Looked, Any]) -> None:
    looked, page = served
    page.evaluate("document.activeElement.blur()")
    for words in ("First the jacket.", "Then the tent."):
        _tab_to(page, "#add-rundown")
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Tab")
        page.keyboard.type(words)
        page.keyboard.press("Control+Enter")
        page.locator("#rundown").get_by_text(words).wait_for()
    _tab_to(page, "#add-schedule")
    page.keyboard.press("Enter")
    page.keyboard.type("Follow us.")
    page.keyboard.press("Control+Enter")
    until(lambda: "15 min · Follow us." in page.locator("#schedule").inner_text())
    page.evaluate("document.activeElement.blur()")
    _tab_to(page, "#rundown li:nth-child(2) [data-label=up]")
    page.keyboard.press("Enter")
    until(lambda: page.locator("#rundown li").first.inner_text().startswith("Then the tent."))
    _tab_to(page, "#rundown li:nth-child(2) [data-label=drop_line]")
    page.keyboard.press("Enter")
    until(lambda: page.locator("#rundown li").count() == 1)
    last = looked.events[-1]
    assert isinstance(last, ProgramChanged)
    assert [(line.text, line.product_id) for line in last.rundown] == [("Then the tent.", "boden")]
    assert [(line.text, line.every_minutes, line.aloud) for line in last.schedule] == [("Follow us.", 15, False)]


def test_the_number_in_the_cart(served: tuple[Looked, Any]) -> None:
    looked, page = served
    page.evaluate("document.activeElement.blur()")
    _tab_to(page, "#in-cart")
    page.keyboard.press("Enter")
    page.keyboard.type("three")
    page.keyboard.press("Control+Enter")
    until(lambda: "A number from 0 to 9999" in page.locator("#told").inner_text())
    assert looked.received == []
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("douyin")
    page.keyboard.press("Control+Enter")
    _did(looked, Acted("cart", "owner", 3, page.locator("#table").input_value() or SHOP.products[0].id, "douyin"))


def test_the_focus_is_seen_and_a_dialog_gives_it_back(served: tuple[Looked, Any]) -> None:
    _, page = served
    page.evaluate("document.activeElement.blur()")
    _tab_to(page, "#help")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('box').open")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "help"


def test_the_streamers_keys_on_the_prompter(served: tuple[Looked, Any]) -> None:
    looked, page = served
    prompter = page.context.new_page()
    prompter.goto(looked.base + "/host")
    until(lambda: "Verbindungsst" in prompter.locator("#coming").inner_text())
    prompter.keyboard.press("Space")
    _did(looked, Acted("take", "owner", 1))
    prompter.keyboard.press("Enter")
    _did(looked, Acted("approve", "owner", 3))
    prompter.keyboard.press("m")
    _did(looked, Acted("mute", "owner"))
    prompter.close()
