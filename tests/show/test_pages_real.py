"""The pages of a real session in a real Chromium: `livehost run`, its socket, its console, two people at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from livehost.show.address import reachable
from tests.browsing import SHOTS, needs_browser
from tests.running import Running, session, until

pytestmark = [pytest.mark.slow, pytest.mark.models]

HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<svg onload=\"document.title='owned'\">",
    "<style>*{display:none}</style>",
    "<a href='javascript:document.title=1'>click</a>",
    "{{constructor.constructor('document.title=1')()}} ${document.title=1}",
    "\u202eesrever daer\u202c \u2066isolate\u2069 \u200bzero\u200dwidth",
    "data:text/html,<script>parent.document.title='owned'</script>",
    "W" * 400,
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung" * 4,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from session(tmp_path_factory.mktemp("pages"))


def _page(browser: Any, running: Running, path: str = "/console", **options: Any) -> Any:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en", **options).new_page()
    page.goto(running.base + path)
    until(lambda: page.evaluate("document.getElementById('creator')?.textContent !== ''"))
    return page


def _held(running: Running, question: str) -> Any:
    return until(lambda: next((i for i in running.state()["items"] if i["question"] == question), None))


@needs_browser
def test_a_moderator_approves_edits_drops_and_mutes_at_the_desk_and_on_the_phone(
    running: Running, browser: Any
) -> None:
    desk = _page(browser, running)
    phone = browser.new_context(viewport={"width": 380, "height": 800}, locale="en", has_touch=True).new_page()
    phone.goto(running.base + "/console")

    running.write("do you ship to Canada?")
    item = _held(running, "do you ship to Canada?")
    assert item["state"] == "held" and item["source"].startswith("faq.csv")
    card = f"#items [data-key='{item['item']}']"
    desk.locator(card).get_by_role("button", name="Say it").click()
    until(lambda: any(o["item"] == item["item"] and o["state"] == "answered" for o in running.state()["over"]))

    running.write("can I return it?")
    item = _held(running, "can I return it?")
    card = f"#items [data-key='{item['item']}']"
    phone.locator(card).get_by_role("button", name="Edit").tap()
    phone.locator(f"{card} textarea").fill("Sixty days, and it is free.")
    phone.locator(f"{card} textarea ~ .do").get_by_role("button", name="Text only").tap()
    over = until(lambda: next((o for o in running.state()["over"] if o["item"] == item["item"]), None))
    assert (over["state"], over["text"]) == ("posted", "Sixty days, and it is free.")

    running.write("where is my order 4821?")
    item = _held(running, "where is my order 4821?")
    card = desk.locator(f"#items [data-key='{item['item']}']")
    assert item["text"] == "" and not card.get_by_role("button", name="Say it").is_visible()
    card.get_by_role("button", name="Drop").click()
    until(lambda: running.state()["over"][0]["item"] == item["item"])

    phone.get_by_role("button", name="Mute", exact=True).tap()
    until(lambda: running.state()["muted"])
    until(lambda: desk.evaluate("document.getElementById('flags').textContent.includes('MUTED')"))
    for page, name in ((desk, "console"), (phone, "phone")):
        page.screenshot(path=SHOTS / f"{name}.png")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 380
    desk.keyboard.press("m")
    until(lambda: not running.state()["muted"])
    assert {"approve", "post", "drop", "mute", "unmute"} <= {deed[2] for deed in running.state()["deeds"]}


@needs_browser
def test_items_are_pinned_put_first_taken_and_left_to_the_host(running: Running, browser: Any) -> None:
    desk = _page(browser, running)
    running.post("/api/clear")
    for question in ("do you ship to Australia?", "is there a size chart?", "do you have gift cards?"):
        running.write(question)
        _held(running, question)
    first = _held(running, "do you have gift cards?")["item"]

    def press(item: int, name: str) -> None:
        card = desk.locator(f"#items [data-key='{item}']")
        if not card.get_by_role("button", name=name).is_visible():
            card.get_by_role("button", name="More").click()
        card.get_by_role("button", name=name, exact=True).click()

    press(first, "First")
    until(lambda: running.state()["items"][0]["item"] == first)
    press(first, "Pin")
    until(lambda: next(i for i in running.state()["items"] if i["item"] == first)["pinned"])
    press(_held(running, "is there a size chart?")["item"], "I answer")
    press(_held(running, "do you ship to Australia?")["item"], "To the host")
    until(lambda: {"taken", "host"} <= {over["state"] for over in running.state()["over"]})
    desk.keyboard.press("5")
    until(lambda: running.state()["muted"])
    running.post("/api/unmute")
    desk.keyboard.press("c")
    until(lambda: not running.state()["items"])


@needs_browser
def test_an_answer_written_on_the_phone_counts_from_then_on(running: Running, browser: Any) -> None:
    phone = browser.new_context(viewport={"width": 380, "height": 800}, locale="en", has_touch=True).new_page()
    phone.goto(running.base + "/console")
    running.write("do you sell kayaks?")
    wanted = until(lambda: next((w for w in running.state()["wanted"] if "kayaks" in w["text"]), None))
    phone.locator(f"#unanswered [data-key='{wanted['question']}']").get_by_role("button").tap()
    phone.get_by_role("textbox", name="Answer").fill("No kayaks, only what you wear on land.")
    phone.screenshot(path=SHOTS / "teach.png")
    phone.get_by_role("button", name="Save").tap()
    until(lambda: not any("kayaks" in w["text"] for w in running.state()["wanted"]))
    until(lambda: "No kayaks" in (running.creator / "faq.csv").read_text(encoding="utf-8"))
    running.write("do you sell kayaks??", name="leo")
    until(lambda: _answers_kayaks(running))


def _answers_kayaks(running: Running) -> bool:
    return any(i["text"] == "No kayaks, only what you wear on land." for i in running.state()["items"])


@needs_browser
def test_keys_alone_do_a_moderators_job(running: Running, browser: Any) -> None:
    desk = _page(browser, running)
    running.post("/api/clear")
    running.write("is the hood removable on the ridge jacket?")
    item = _held(running, "is the hood removable on the ridge jacket?")
    desk.wait_for_selector(f"#items [data-key='{item['item']}']")
    desk.keyboard.press("t")
    until(lambda: any(o["item"] == item["item"] and o["state"] == "posted" for o in running.state()["over"]))
    desk.keyboard.press("p")
    until(lambda: desk.evaluate("document.getElementById('flags').textContent.includes('PAUSED')"))
    desk.keyboard.press("p")
    until(lambda: not running.state()["paused"])
    desk.keyboard.press("i")
    desk.keyboard.type("We are back in five minutes.")
    desk.keyboard.press("Escape")
    desk.keyboard.press("v")
    until(lambda: desk.evaluate("window.previewedSeconds ?? 0") > 1, 60)
    assert running.state()["saying"] is None
    desk.keyboard.press("i")
    desk.keyboard.press("Enter")
    until(lambda: (running.state()["saying"] or {}).get("text") == "We are back in five minutes.")
    desk.keyboard.press("Escape")
    desk.keyboard.press("x")
    until(lambda: running.state()["over"][0]["state"] == "dropped" and running.state()["saying"] is None)
    desk.keyboard.press("l")
    assert desk.get_by_role("button", name="静音", exact=True).is_visible()


@needs_browser
def test_hostile_lines_and_names_are_text(running: Running, browser: Any) -> None:
    desk, overlay = _page(browser, running), browser.new_page()
    overlay.goto(running.base + "/overlay")
    troubles: list[str] = []
    for page in (desk, overlay):
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("request", lambda r: None if r.url.startswith(("http://127", "data:")) else troubles.append(r.url))
    for text in HOSTILE:
        running.write(text, f"do you ship to Canada? {text}", name=text[:200])
    running.write("the last of them")
    until(
        lambda: desk.evaluate(
            "[...document.querySelectorAll('.row')].some(r => r.textContent.includes('the last of them'))"
        )
    )
    until(lambda: desk.locator(".row.answer").count() > len(HOSTILE) // 2)  # decided after they were first shown
    assert desk.title() == "Livehost" and overlay.title() == "Livehost overlay"
    assert desk.locator("main script, main img, main svg, main style, main a").count() == 0
    assert desk.evaluate("document.documentElement.scrollWidth") <= 1440
    assert "\u202e" not in desk.content() and not troubles
    desk.screenshot(path=SHOTS / "hostile.png")


@needs_browser
def test_the_overlay_shows_what_is_said_and_a_panic_clears_it(running: Running, browser: Any) -> None:
    overlay = browser.new_context(viewport={"width": 1080, "height": 1920}).new_page()
    overlay.goto(running.base + "/overlay")
    running.post(
        "/api/say", {"text": "The Ridge Jacket comes in black, blue and moss, and ships to Canada in five days."}
    )
    overlay.wait_for_selector("#card.on", timeout=40_000)
    until(lambda: overlay.evaluate("document.querySelector('.said').textContent.length > 8"))
    overlay.screenshot(path=SHOTS / "overlay.png", omit_background=True)
    assert running.post("/api/panic")[0] == 200
    overlay.wait_for_selector("#card:not(.on)", state="attached")
    running.post("/api/unmute")


@needs_browser
def test_a_lost_link_is_told(browser: Any, tmp_path: Path) -> None:
    held = session(tmp_path)
    page = _page(browser, next(held))
    assert not page.locator("#lost").is_visible()
    held.close()  # type: ignore[attr-defined]
    page.wait_for_selector("#lost", state="visible")


def test_wrong_use_of_the_api_is_told(running: Running) -> None:
    assert running.post("/api/approve", {"item": 999_999})[0] == 404
    assert running.post("/api/mode", {"mode": "loud"})[0] == 422
    assert running.post("/api/table", {"product_id": "no-such"})[0] == 404
    assert running.post("/api/say", {"text": ""})[0] == 422
    paths = json.loads(running.get("/openapi.json")[1])["paths"]
    assert {"/api/mute", "/api/skip", "/api/stop", "/api/say", "/api/approve", "/api/state"} <= set(paths)
    assert "livehost_chat_lines_total" in running.get("/metrics")[1]


def test_other_pages_and_other_names_are_refused(running: Running) -> None:
    assert running.post("/api/unmute", Origin="http://evil.example")[0] == 403
    assert running.post("/api/unmute", Origin="null")[0] == 403
    assert running.get("/api/state", Host="evil.example")[0] == 421
    assert running.get("/web/..%2fpages.py")[0] == 404
    assert running.get("/api/state", **{"X-Forwarded-For": "203.0.113.7"})[0] == 401


def test_from_another_address_nothing_is_answered_without_an_invitation(tmp_path: Path) -> None:
    if (outside := reachable("0.0.0.0")).startswith("127."):
        pytest.skip("this machine has no address but its own")
    held = session(tmp_path, "--listen", "0.0.0.0")
    here = next(held)
    far = Running(here.base.replace("127.0.0.1", outside), here.chat_port, here.folder, here.creator)
    try:
        for path in ("/console", "/host", "/overlay", "/api/state", "/api/lines", "/metrics", "/openapi.json"):
            assert far.get(path)[0] == 401, path
        assert far.post("/api/mute")[0] == 401
        with (
            pytest.raises(Exception, match=r"403|1008|rejected"),
            connect(far.base.replace("http", "ws") + "/api/live"),
        ):
            pass
        assert far.get("/join?invitation=guess")[0] == 403
        link = json.loads(here.post("/api/invite", {"role": "viewer", "name": "Vi"})[1])["link"]
        invited = link[link.index("/join") :]
        status, headers = far.get(invited)
        cookie = headers.split("livehost=")[1].split(";")[0]
        assert status == 303 and "HttpOnly" in headers
        assert far.get(invited)[0] == 403
        assert far.get("/api/state", Cookie=f"livehost={cookie}")[0] == 200
        assert far.post("/api/mute", Cookie=f"livehost={cookie}")[0] == 403
        assert far.post("/api/sign-out", Cookie=f"livehost={cookie}")[0] == 204
        assert far.get("/api/state", Cookie=f"livehost={cookie}")[0] == 401
        assert 429 in [far.get(f"/join?invitation=guess{number}")[0] for number in range(12)]
    finally:
        held.close()  # type: ignore[attr-defined]
