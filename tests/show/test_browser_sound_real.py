"""A page as microphone and speaker: Chromium's microphone is a file, and the page says when it last played something."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from livehost.replay import replay
from tests.conftest import DEMO
from tests.running import session, until

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.models,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
SILENT_SECONDS = 20  # Chromium plays the file in a loop


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's host for some seconds, then silence."""
    sound, rate = soundfile.read(DEMO / "sessions" / "anna" / "host.opus", dtype="float32", stop=None)
    path = tmp_path_factory.mktemp("microphone") / "host.wav"
    soundfile.write(path, np.concatenate([sound[: 9 * rate], np.zeros(SILENT_SECONDS * rate, np.float32)]), rate)
    return path


def test_the_host_is_heard_through_the_page_and_the_answer_is_played_and_muted_there(
    microphone: Path, tmp_path: Path
) -> None:
    from playwright.sync_api import sync_playwright

    held = session(tmp_path, "--mic", "browser", "--speaker", "browser")
    running = next(held)
    flags = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = browser.new_page(locale="en")
            page.goto(running.base + "/host")
            until(lambda: "no page gives its microphone" in _hearing(running.state()))
            page.get_by_role("button", name="Microphone and sound").click()
            until(lambda: _hearing(running.state()).startswith("ok"))
            until(lambda: len(re.findall(r"\w+", " ".join(running.state()["host"]))) > 5)

            overlay = browser.new_page(locale="en")
            overlay.goto(running.base + "/overlay?sound=1")
            silent = browser.new_page(locale="en")
            silent.goto(running.base + "/overlay")
            running.post("/api/say", {"text": "We ship to Canada in five to eight days, and returns are free."})
            until(lambda: page.evaluate("(window.lastPlayed ?? [0, 0])[1]") > 0.01, 60)
            until(lambda: overlay.evaluate("(window.lastPlayed ?? [0, 0])[1]") > 0.01)
            assert silent.evaluate("window.lastPlayed") is None
            asked_ms = page.evaluate("performance.now()")
            running.post("/api/mute")
            page.wait_for_timeout(2000)  # the answer has seconds to go; a shared machine may take a while to hear of it
            last_ms = page.evaluate("window.lastPlayed[0]")
            assert last_ms - asked_ms < 1000, "the page goes on playing what it had buffered"
            browser.close()
        until(lambda: "no page gives its microphone" in _hearing(running.state()))
    finally:
        held.close()  # type: ignore[attr-defined]
    assert replay(running.folder).identical


def _hearing(state: Any) -> str:
    part = next((p for p in state["parts"] if p["name"] == "hearing"), {"state": "", "detail": ""})
    return f"{part['state']} {part['detail']}"
