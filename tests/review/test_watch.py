"""The watch page: its list, filters and whys, and the whole of it in a real browser, with sound."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from livehost.clock import pause, stopwatch
from livehost.evaluation import read_cases
from livehost.record.folder import read_header, read_knowledge
from livehost.record.reader import last_moment
from livehost.record.sealed import seal
from livehost.review import watch
from livehost.review.overview import Where, overview
from livehost.review.rows import Rows, What
from livehost.review.timeline_reader import read_timeline
from livehost.review.why import why_line
from tests.conftest import ROOT
from tests.review.test_timeline import RECORDED, evening
from tests.test_replay import record

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SHOTS = ROOT / "build" / "screenshots"
CHAT: frozenset[What] = frozenset({"chat"})
EVERYTHING: frozenset[What] = frozenset({"chat", "host", "said", "deed", "part"})
KEY = b"k" * 32


def test_filters_and_windows(demo_name: str) -> None:
    seen = read_timeline(RECORDED / demo_name)
    rows = Rows(seen)
    every = rows.filtered(EVERYTHING, "all", "")
    assert len(every) == len(seen.lines) + len(seen.host) + len(seen.deeds) + len(seen.parts) + sum(
        u.started_ms >= 0 for u in seen.utterances
    )
    moments = [row.at_ms for row in rows.window(every, 0, len(every))]
    assert moments == sorted(moments)
    place = rows.place(every, 60_000)
    assert moments[place - 1] < 60_000 <= moments[place]
    answered, not_answered = rows.filtered(CHAT, "answered", ""), rows.filtered(CHAT, "unanswered", "")
    assert len(answered) > 50 and len(not_answered) > 10 and not set(answered) & set(not_answered)
    routine = sum(line.kind == "routine" for line in seen.lines)
    assert len(answered) <= routine
    wanted = "jacket" if demo_name == "anna" else "锅"
    named = rows.window(rows.filtered(CHAT, "all", wanted), 0, 400)
    assert named and all(wanted in row.text.lower() or wanted in row.who for row in named)
    assert rows.window(every, len(every) - 1, 50)[0].number == len(every) - 1


def test_why_gives_the_evidence_and_what_else_was_near(demo_name: str) -> None:
    folder = RECORDED / demo_name
    seen, knowledge = read_timeline(folder), read_knowledge(folder)
    answers = [n for n, line in enumerate(seen.lines) if line.route == "answer" and line.faq]
    every = (why_line(seen, folder, knowledge, index) for index in answers)
    why = next(why for why in every if why.life and why.life.stands[-1].state == "answered")
    assert why.decision and why.decision.evidence and why.alternatives[0].faq == why.decision.faq
    assert why.life and why.life.stands[-1].state == "answered" and why.life.spoken[0].heard_ms > 0
    undecided = next(n for n, line in enumerate(seen.lines) if line.type != "message")
    assert why_line(seen, folder, knowledge, undecided).decision is None


def test_the_overview_of_a_torn_session_says_so(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", evening())
    path = folder / "events.jsonl"
    path.write_bytes(path.read_bytes()[:-200])
    rows = Rows(read_timeline(folder))
    told = overview(folder, read_header(folder), read_knowledge(folder), rows, Where((), "", ""))
    assert told.missing == ("no_end", "torn")
    assert [q[2] for q in told.questions] == [2, 1, 1] and told.deeds[0][1:] == ("drop", "mod")
    assert sum(map(sum, told.density)) == 4


def test_the_beginning_is_there_before_the_rest(demo_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_BEGINNING", 40_000)
    seen = watch.Watched(RECORDED / demo_name, None, (), Path("cases.jsonl"))
    first, told = seen.rows, json.loads(seen.overview())
    assert not told["whole"] and told["missing"] == [] and 0 < len(first.seen.lines) < 200
    whole = seen.read_whole()
    after = json.loads(seen.overview())
    assert after["whole"] and told["duration_ms"] == after["duration_ms"] == whole.seen.last_ms
    assert len(told["density"]) == len(after["density"]) and seen.rows is whole
    texts = [line.text for line in first.seen.lines]
    assert texts == [line.text for line in whole.seen.lines][: len(texts)] and len(texts) < len(whole.seen.lines)


def test_the_last_moment_is_found_from_the_end(tmp_path: Path, demo_name: str) -> None:
    whole = (RECORDED / demo_name / "events.jsonl").read_bytes()
    path = tmp_path / "events.jsonl"
    for size in (len(whole), len(whole) - 3, 130_000, 65_536, 500, 0):
        path.write_bytes(whole[:size])
        assert last_moment(tmp_path) == read_timeline(tmp_path).last_ms, size


@pytest.fixture(scope="module", params=["anna", "xiaohe"])
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The page of a kept recording with sound of the same length beside it."""
    import soundfile

    folder = tmp_path_factory.mktemp("watch") / request.param
    shutil.copytree(RECORDED / request.param, folder)
    for track, hertz in (("host", 220), ("cohost", 440)):
        tone = 0.05 * np.sin(2 * np.pi * hertz * np.arange(60 * 24000) / 24000)
        soundfile.write(folder / f"{track}.opus", tone, 24000, format="OGG", subtype="OPUS")
    if request.param == "xiaohe":  # its sound is encrypted
        seal(folder / "host.opus", KEY)
        seal(folder / "cohost.opus", KEY)
    with _served(folder) as (_, port):
        yield f"http://127.0.0.1:{port}", folder


@contextmanager
def _served(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "livehost", "replay", str(folder), "--ui", "--port", str(port)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "BROWSER": "true", "LIVEHOST_RECORDING_KEY": base64.urlsafe_b64encode(KEY).decode()},
    ) as running:
        passed = stopwatch()
        while not _answers(f"http://127.0.0.1:{port}"):
            assert running.poll() is None and passed() < 60
            pause(0.1)
        try:
            yield running, port
        finally:
            running.kill()


def _answers(base: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{base}/replay", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.slow
def test_it_ends_while_a_page_still_takes_its_sound(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    shutil.copytree(RECORDED / "anna", folder)
    (folder / "host.opus").write_bytes(bytes(64_000_000))  # more than lies between the two
    with _served(folder) as (running, port), socket.create_connection(("127.0.0.1", port)) as page:
        page.sendall(b"GET /api/sound/host HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert page.recv(4).startswith(b"HTTP")
        running.send_signal(signal.SIGINT)
        running.wait(30)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_in_a_browser(watched: tuple[str, Path]) -> None:
    from playwright.sync_api import sync_playwright

    base, folder = watched
    size, language = ((1280, 860), "en") if folder.name == "anna" else ((390, 844), "zh")
    troubles: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{base}/replay?lang={language}")
        page.wait_for_selector("body[data-ready]")
        page.select_option("#speed", "4")
        page.click("#next")
        page.wait_for_selector("#why h2")
        assert page.locator("#why table").count() >= 2
        _plays(page)
        _saves_a_clip(page)
        _filters(page)
        page.screenshot(path=_shot(f"watch-{folder.name}-{language}-{size[0]}"), full_page=True)
        _tries(page, folder)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        browser.close()
    assert [trouble for trouble in troubles if "400" not in trouble] == []  # the nonsense was refused


def _until(page: Any, holds: str) -> None:
    """The page forbids what playwright's own waiting is made of: evaluating words as code inside it."""
    passed = stopwatch()
    while not page.evaluate(holds):
        assert passed() < 30, holds
        page.wait_for_timeout(50)


def _plays(page: Any) -> None:
    """Both tracks follow the clock, four times as fast."""
    page.click("#play")
    _until(page, "document.getElementById('cohost-sound').currentTime > 5")
    at = "Math.abs(document.getElementById('host-sound').currentTime - document.getElementById('cohost-sound').currentTime)"
    assert page.evaluate(at) < 1.5
    page.click("#play")
    assert page.evaluate("document.getElementById('host-sound').paused")


def _saves_a_clip(page: Any) -> None:
    """Of the first question on the list that was answered aloud."""
    page.select_option("#among", "answered")
    _until(page, "[...document.querySelectorAll('.row .tag')].some(el => /aloud|语音/.test(el.textContent))")
    page.locator(".row", has=page.locator(".tag", has_text=re.compile("aloud|语音"))).first.click()
    page.wait_for_selector("a.clip")
    with page.expect_download() as download:
        page.click("a.clip")
    path = download.value.path()
    assert download.value.suggested_filename.endswith(".m4a") and path.read_bytes()[4:8] == b"ftyp"
    page.select_option("#among", "all")


def _filters(page: Any) -> None:
    before = page.inner_text("#count")
    page.select_option("#among", "held")
    for name in ("host", "said", "deed"):
        page.uncheck(f"[name=what][value={name}]")
    _until(page, f"document.getElementById('count').textContent !== {json.dumps(before)}")
    rows = "document.querySelectorAll('.row').length"
    _until(page, f"{rows} > 0 && document.querySelectorAll('.row .tag').length === {rows}")  # the list is drawn anew
    page.locator(".row").first.click()
    page.wait_for_selector("#why h2")


def _tries(page: Any, folder: Path) -> None:
    page.click("#tab-whatif")
    page.fill("#settings", "matching.question=nonsense")
    page.click("#try button")
    _until(page, "document.getElementById('told').textContent.includes('Expected `float`')")
    page.fill("#settings", "matching.question=0.4")
    page.click("#try button")
    page.wait_for_selector(".difference")
    page.screenshot(path=_shot(f"whatif-{folder.name}-{page.viewport_size['width']}"))
    page.locator(".pick").first.check()
    page.click("#accept")
    _until(page, "document.getElementById('accepted').textContent.length > 3")
    assert len(read_cases(folder / "accepted-cases.jsonl")) == 1


def _shot(name: str) -> str:
    SHOTS.mkdir(parents=True, exist_ok=True)
    return str(SHOTS / f"{name}.png")


def test_nothing_of_a_line_is_lost_on_the_way_to_the_page(demo_name: str) -> None:
    rows = Rows(read_timeline(RECORDED / demo_name))
    window = rows.window(rows.filtered(CHAT, "all", ""), 0, 5000)
    assert [row.index for row in window] == list(range(len(rows.seen.lines)))
    assert msgspec.json.decode(msgspec.json.encode(window), type=list[dict[str, Any]])[0]["at_ms"] == window[0].at_ms
