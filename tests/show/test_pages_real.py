"""The pages of a real session in a real Chromium: `livehost run`, its socket, its console, two people at once."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from livehost.clock import pause, stopwatch
from livehost.creators import demo_creators
from livehost.show.pages import reachable

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.models]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"

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


@dataclass
class Running:
    """A session in ask-first; `base` is its address."""

    base: str
    chat_port: int
    folder: Path

    def write(self, *texts: str, name: str = "mia") -> None:
        with connect(f"ws://127.0.0.1:{self.chat_port}") as link:
            for number, text in enumerate(texts):
                user = {"id": f"{name[:40]}-{number}", "name": name}
                link.send(json.dumps({"id": uuid.uuid4().hex, "platform": "test", "user": user, "text": text}))

    def state(self) -> Any:
        return json.loads(self.get("/api/state")[1])

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self._call(urllib.request.Request(self.base + path, headers=headers))

    def post(self, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        data = b"" if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json", **headers})
        return self._call(request)

    @staticmethod
    def _call(request: urllib.request.Request) -> tuple[int, str]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
        try:
            with opener.open(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, str(refused.headers) + refused.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def until(what: Callable[[], object], seconds: float = 15.0) -> Any:
    spent = stopwatch()
    while spent() < seconds:
        if found := what():
            return found
        pause(0.05)
    raise AssertionError("it did not come to pass")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _session(tmp: Path, *more: str) -> Iterator[Running]:
    creator = tmp / "anna"
    shutil.copytree(next(folder for folder in demo_creators() if folder.name == "anna"), creator)
    settings = creator / "creator.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"polite"', '"ask-first"'), encoding="utf-8")
    chat, port = _free_port(), _free_port()
    command = [sys.executable, "-m", "livehost", "run", str(creator), "--chat", f"ws://127.0.0.1:{chat}"]
    command += ["--mic", "none", "--speaker", "none", "--headless", "--session", str(tmp / "s"), "--port", str(port)]
    with (tmp / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen([*command, *more], stderr=log, env={**os.environ, "NO_PROXY": "*"})
    running = Running(f"http://127.0.0.1:{port}", chat, tmp / "s")
    try:
        until(lambda: process.poll() is not None or "console at" in (log := tmp / "log").read_text("utf-8")
              or "invitation=" in log.read_text("utf-8"), 60)  # fmt: skip
        until(lambda: _answers(running), 20)
        yield running
    finally:
        process.terminate()
        process.wait(20)


def _answers(running: Running) -> bool:
    try:
        return running.get("/api/state")[0] == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from _session(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


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
    until(lambda: any(o["item"] == item["item"] and o["state"] == "answered" for o in running.state()["over"]), 40)

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

    phone.get_by_role("button", name="Mute").tap()
    until(lambda: running.state()["muted"], 2)
    until(lambda: desk.evaluate("document.getElementById('flags').textContent.includes('MUTED')"))
    for page, name in ((desk, "console"), (phone, "phone")):
        page.screenshot(path=SHOTS / f"{name}.png")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 380
    desk.keyboard.press("m")
    until(lambda: not running.state()["muted"], 2)
    assert {"approve", "post", "drop", "mute", "unmute"} <= {deed[2] for deed in running.state()["deeds"]}


@needs_browser
def test_keys_alone_do_a_moderators_job(running: Running, browser: Any) -> None:
    desk = _page(browser, running)
    running.write("is the hood removable on the ridge jacket?")
    item = _held(running, "is the hood removable on the ridge jacket?")
    desk.wait_for_selector(f"#items [data-key='{item['item']}']")
    desk.keyboard.press("t")
    until(lambda: any(o["item"] == item["item"] and o["state"] == "posted" for o in running.state()["over"]))
    desk.keyboard.press("p")
    until(lambda: desk.evaluate("document.getElementById('flags').textContent.includes('HELD')"))
    desk.keyboard.press("p")
    until(lambda: not running.state()["paused"])
    desk.keyboard.press("i")
    desk.keyboard.type("We are back in five minutes.")
    desk.keyboard.press("Enter")
    until(lambda: (running.state()["saying"] or {}).get("text") == "We are back in five minutes.", 40)
    desk.keyboard.press("Escape")
    desk.keyboard.press("x")
    until(lambda: running.state()["saying"] is None, 2)
    desk.keyboard.press("l")
    assert desk.get_by_role("button", name="静音").is_visible()


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
    overlay.wait_for_selector("#card:not(.on)", state="attached", timeout=2000)
    running.post("/api/unmute")


@needs_browser
def test_a_lost_link_is_told_within_two_seconds(browser: Any, tmp_path: Path) -> None:
    session = _session(tmp_path)
    page = _page(browser, next(session))
    assert not page.locator("#lost").is_visible()
    session.close()  # type: ignore[attr-defined]
    page.wait_for_selector("#lost", state="visible", timeout=2000)


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
    session = _session(tmp_path, "--listen", "0.0.0.0")
    here = next(session)
    far = Running(here.base.replace("127.0.0.1", outside), here.chat_port, here.folder)
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
        session.close()  # type: ignore[attr-defined]
