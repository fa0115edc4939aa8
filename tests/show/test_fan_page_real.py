"""The fan page of a real session in a real Chromium: asked by text and by voice, heard, and apart from the live room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from livehost.replay import replay
from livehost.show.address import reachable
from livehost.speak.say import say
from tests.browsing import SHOTS, chromium, needs_browser, serious_faults
from tests.running import Running, session, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.models,
    needs_browser,
]
SETTINGS = '[twin]\non = true\nopening = "Hi, ask me about the gear."\nquestions_per_minute = 30'


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    listen = () if reachable("0.0.0.0").startswith("127.") else ("--listen", "0.0.0.0")
    yield from session(tmp_path_factory.mktemp("fans"), *listen, settings=SETTINGS)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Its microphone says, again and again: do you ship to Canada?"""
    path = tmp_path_factory.mktemp("microphone") / "question.wav"
    say("heart", "Do you ship to Canada?", path)
    sound, rate = soundfile.read(path, dtype="float32")
    soundfile.write(path, np.concatenate([sound, np.zeros(4 * rate, np.float32)]), rate)
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with chromium(*flags, f"--use-file-for-fake-audio-capture={path}") as started:
        yield started


@pytest.fixture
def page(running: Running, browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 400, "height": 800}, locale="en")
    opened = context.new_page()
    opened.goto(running.base + "/twin")
    opened.wait_for_selector("#suggestions button")
    yield opened
    context.close()


def _ask(page: Any, text: str) -> str:
    before = page.locator(".said:not(.mine)").count()
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Ask").click()
    until(lambda: page.locator(".said:not(.mine)").count() > before)
    told: str = page.locator(".said:not(.mine)").last.inner_text()
    return told


def test_it_says_what_it_is_and_in_ask_first_it_passes_everything_on(running: Running, page: Any) -> None:
    assert "AI" in page.locator("#label").inner_text()
    assert "Hi, ask me about the gear." in page.locator(".said").first.inner_text()
    assert "Anna will see your question" in _ask(page, "do you ship to Canada?")
    until(lambda: any(fan["text"] == "do you ship to Canada?" for fan in running.state()["fans"]))


def test_it_answers_and_is_heard_and_the_room_knows_nothing_of_it(running: Running, page: Any) -> None:
    running.post("/api/mode", {"mode": "polite"})
    until(lambda: running.state()["mode"] == "polite")
    page.get_by_role("button", name="Do you ship to Canada?").click()
    until(lambda: "5 to 8 working days" in page.locator(".said.answer").last.inner_text())
    page.get_by_role("button", name="Hear it").last.click()
    until(lambda: page.evaluate("window.heardSeconds ?? 0") > 1)
    assert "Anna will see" in _ask(page, "where is my order 4821?")
    assert "only help" in _ask(page, "lol")
    page.screenshot(path=SHOTS / "twin.png")
    state = running.state()
    assert [item for item in state["items"] if item["question"]] == []  # the greeting waits
    assert state["counts"].get("lines", 0) == 0 and state["wanted"] == []


def test_a_spoken_question_stands_in_the_field_before_it_is_sent(page: Any) -> None:
    page.get_by_role("button", name="Speak").click()
    page.wait_for_timeout(2600)  # of sound
    page.get_by_role("button", name="Done").click()
    until(lambda: "canada" in page.locator("#text").input_value().lower())


def test_what_visitors_write_is_text(running: Running, page: Any) -> None:
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    for text in ("<img src=x onerror=\"document.title='owned'\">", "[x](javascript:alert(1)) \u202eevil", "W" * 300):
        _ask(page, text)
    assert page.title() == "Livehost" and not troubles
    assert page.locator("main img, main script, main a").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_too_many_questions_are_slowed(running: Running) -> None:
    asked = [
        running.post("/api/twin/ask", {"text": "hello"}, **{"X-Forwarded-For": "203.0.113.9"})[0] for _ in range(32)
    ]
    assert asked.count(200) <= 31 and asked[-1] == 429
    assert running.post("/api/twin/ask", {"text": "hello"}, **{"X-Forwarded-For": "203.0.113.10"})[0] == 200
    assert running.post("/api/twin/ask", {"text": "x" * 301})[0] == 422
    assert running.post("/api/twin/voice?rate=1", None)[0] == 422


def test_while_the_room_is_held_nothing_is_answered(running: Running) -> None:
    running.post("/api/pause")
    until(lambda: running.state()["paused"])
    assert running.post("/api/twin/ask", {"text": "do you ship to Canada?"})[0] == 503
    running.post("/api/resume")
    until(lambda: not running.state()["paused"])


def test_from_outside_the_fan_page_alone_is_open(running: Running) -> None:
    outside = reachable("0.0.0.0")
    if outside.startswith("127."):
        pytest.skip("this machine has no address but its own")
    far = Running(running.base.replace("127.0.0.1", outside), running.chat_port, running.folder, running.creator)
    assert far.get("/twin")[0] == 200 and far.get("/api/twin")[0] == 200 and far.get("/web/twin.js")[0] == 200
    assert json.loads(far.post("/api/twin/ask", {"text": "do you ship to Canada?"})[1])["answers"]
    for path in ("/console", "/api/state", "/api/twinned", "/openapi.json", "/metrics"):
        assert far.get(path)[0] == 401, path
    assert far.get("/api/twin/../state")[0] == 404
    assert far.post("/api/mute")[0] == 401 and far.post("/api/preview", {"text": "hi"})[0] == 401
    assert far.post("/api/twin/ask", {"text": "hi"}, Origin="http://evil.example")[0] == 403


def test_axe_finds_no_serious_fault(page: Any) -> None:
    _ask(page, "do you ship to Canada?")
    assert serious_faults(page) == []


def test_its_recording_replays(tmp_path: Path) -> None:
    held = session(tmp_path, settings=SETTINGS)
    running = next(held)
    running.post("/api/twin/ask", {"text": "do you ship to Canada?"})
    held.close()  # type: ignore[attr-defined]
    twin = replay(running.folder / "twin")
    assert twin.identical and twin.events > 2 and replay(running.folder).identical
