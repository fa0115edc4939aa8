"""A real session in two rooms at once: what is asked in one is answered there, and where nobody may post it is said aloud."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from livehost.creators import demo_creators
from tests.platforms.douyin import ROOM, Douyin
from tests.platforms.serving import beside
from tests.platforms.streamerbot import StreamerBot
from tests.running import until

pytestmark = [pytest.mark.slow, pytest.mark.models]


def _creator(tmp: Path, sidecar: str) -> Path:
    folder = tmp / "creators" / "anna"
    shutil.copytree(next(path for path in demo_creators() if path.name == "anna"), folder)
    settings = folder / "creator.toml"
    table = f'\n[platforms.douyin]\nsidecar = "{sidecar}"\nhost_within_minutes = 600\nraw_frames = true\n'
    settings.write_text(settings.read_text(encoding="utf-8") + table, encoding="utf-8")
    return folder


def _events(folder: Path) -> list[dict[str, Any]]:
    path = folder / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def _has(folder: Path, kind: str) -> bool:
    return any((row.get("event") or row.get("command") or {}).get("type") == kind for row in _events(folder))


def test_two_rooms_are_answered_each_in_its_own_way(tmp_path: Path) -> None:
    bot, douyin = StreamerBot(), Douyin()
    with beside(bot.open(), douyin.open()) as rooms:
        host, port = rooms.found[0]
        chats = ["--chat", f"streamerbot:{host}:{port}", "--chat", f"douyin:{ROOM}"]
        command = [sys.executable, "-m", "livehost", "run", str(_creator(tmp_path, douyin.sidecar)), *chats]
        session = tmp_path / "session"
        command += ["--mic", "none", "--speaker", "none", "--headless", "--session", str(session)]
        environment = {**os.environ, "LIVEHOST_STREAMERBOT_PASSWORD": "secret-word"}
        running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        try:
            until(lambda: bot.links and douyin.links, 60)
            rooms.do(bot.say(1, "how much is the ridge jacket?"))
            until(lambda: bot.posted, 30)
            assert bot.posted[0]["replyId"] == "m1" and "129" in bot.posted[0]["message"]
            user = {"idStr": "5", "nickname": "小米"}
            asked = {
                "method": "WebcastChatMessage",
                "common": {"msgId": "1"},
                "user": user,
                "content": "is the ridge jacket waterproof?",
            }
            rooms.do(douyin.say(asked))
            until(lambda: _has(session, "PostFailed"), 30)
            until(
                lambda: sum((row.get("event") or {}).get("type") == "PlaybackStarted" for row in _events(session)) >= 2,
                60,
            )
        finally:
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=30)
    assert running.returncode == 0, told.decode()[-2000:]
    assert len(bot.posted) == 1  # Douyin's answer went nowhere else
    recorded = (session / "events.jsonl").read_text(encoding="utf-8")
    assert "nobody may post here" in recorded and "secret-word" not in told.decode()
    kept = [path for path in session.rglob("*") if path.is_file()]
    assert "report.html" in {path.name for path in kept}
    assert not [path for path in kept if b"secret-word" in path.read_bytes()]  # recording, log, report, raw frames
    decoded = subprocess.run(
        [sys.executable, "-m", "livehost", "decode", "douyin", str(session / "raw" / "douyin.frames")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(decoded.stdout)["text"] == "is the ridge jacket waterproof?"
    assert not (session / "raw" / "streamerbot.frames").exists()
