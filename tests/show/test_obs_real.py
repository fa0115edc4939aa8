"""A session beside a real OBS under Xvfb: scenes, privacy, buttons on OBS's side, captions, ducking, OBS that dies."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpleobsws
import soundfile
from websockets.exceptions import WebSocketException

from livehost import clock, events
from livehost.errors import MissingPart
from livehost.record.reader import steps
from livehost.replay import replay
from livehost.settings import Obs
from livehost.show.obs import SCRIPT, look
from tests.conftest import DEMO
from tests.running import Running, free_port, session, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.models,
    pytest.mark.skipif(not (shutil.which("obs") and shutil.which("xvfb-run")), reason="no OBS or no Xvfb here"),
]
PASSWORD = "of-the-test"


@dataclass
class RealObs:
    """OBS in a home of its own; `ask` sends one request from beside, as another program would."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, pages: str) -> None:
        folder = self.home / ".config" / "obs-studio"
        (folder / "basic" / "scenes").mkdir(parents=True, exist_ok=True)
        (folder / "global.ini").write_text(
            f"[General]\nFirstRun=true\n[Basic]\nSceneCollection=Test\nSceneCollectionFile=test\n"
            f"[OBSWebSocket]\nFirstLoad=false\nServerEnabled=true\nServerPort={self.port}\n"
            f"AuthRequired=true\nServerPassword={PASSWORD}\n[Python]\nPath64bit=/usr\n",
            encoding="utf-8",
        )
        script = {"path": str(SCRIPT), "settings": {"address": pages}}
        scene = {"id": "scene", "name": "Scene", "settings": {}}
        scenes = {
            "name": "Test",
            "current_scene": "Scene",
            "current_program_scene": "Scene",
            "scene_order": [{"name": "Scene"}],
            "sources": [scene],
            "modules": {"scripts-tool": [script]},
        }
        kept = folder / "basic" / "scenes" / "test.json"
        if not kept.exists():
            kept.write_text(json.dumps(scenes), encoding="utf-8")
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        with (self.home / "obs.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["xvfb-run", "-a", "obs", "--multi", "--minimize-to-tray"],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers)

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        async def once() -> dict[str, Any]:
            client = simpleobsws.WebSocketClient(f"ws://127.0.0.1:{self.port}", PASSWORD)
            await client.connect()
            assert await client.wait_until_identified(5)
            answer = await client.call(simpleobsws.Request(kind, data or None))
            await client.disconnect()
            assert answer.ok(), (kind, answer.requestStatus)
            return answer.responseData or {}

        return asyncio.run(once())

    def _answers(self) -> bool:
        try:
            return bool(self.ask("GetVersion"))
        except (OSError, AssertionError, WebSocketException):
            return False


@pytest.fixture(scope="module")
def obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    made = RealObs(tmp_path_factory.mktemp("obs"))
    yield made
    made.kill()


def _furnish(obs: RealObs) -> None:
    for scene in ("Jacket", "Break"):
        obs.ask("CreateScene", sceneName=scene)
    obs.ask("CreateInput", sceneName="Jacket", inputName="Music", inputKind="ffmpeg_source", inputSettings={})
    obs.ask("CreateInput", sceneName="Jacket", inputName="Mic", inputKind="ffmpeg_source", inputSettings={})
    obs.ask("CreateInput", sceneName="Jacket", inputName="Words", inputKind="text_ft2_source_v2", inputSettings={})


def test_scenes_privacy_buttons_captions_ducking_and_a_restart(
    obs: RealObs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEHOST_OBS_PASSWORD", PASSWORD)
    pages = free_port()
    obs.start(f"http://127.0.0.1:{pages}")
    _furnish(obs)
    settings = f"""
[obs]
url = "ws://127.0.0.1:{obs.port}"
private_scenes = ["Break"]
microphone = "Mic"
caption_source = "Words"
duck = ["Music"]
[obs.scenes]
Jacket = "ridge-jacket"
"""
    host = str(DEMO / "sessions" / "anna" / "host.opus")
    _the_doctor_names_what_is_wrong(obs, tmp_path, monkeypatch)
    held = session(tmp_path, "--mic", host, settings=settings, port=pages)
    running = next(held)
    try:
        until(lambda: _part(running) == "ok")
        _scene_puts_its_product_on_the_table(obs, running)
        _a_private_scene_and_a_muted_microphone_draw_the_curtain(obs, running)
        _what_is_said_is_shown_and_the_music_gives_way(obs, running)
        _buttons_on_the_side_of_obs(obs, running)
        _obs_dies_and_comes_back(obs, running)
    finally:
        held.close()  # type: ignore[attr-defined]
    assert replay(running.folder).identical
    _nothing_of_the_private_time_is_on_the_track(running.folder)


def _the_doctor_names_what_is_wrong(obs: RealObs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"ws://127.0.0.1:{obs.port}"
    right = Obs(url=url, scenes={"Jacket": "ridge-jacket"}, microphone="Mic", duck=("Music",))
    assert clock.run(look(right)).startswith("OBS ")
    for wrong, told in (
        (Obs(url=url, private_scenes=("Brake",)), "no scene 'Brake'"),
        (Obs(url=url, microphone="Mike"), "'Mike'"),
        (Obs(url=f"ws://127.0.0.1:{free_port()}"), "does not answer"),
    ):
        with pytest.raises(MissingPart, match=told):
            clock.run(look(wrong))
    with monkeypatch.context() as patched, pytest.raises(MissingPart, match="refuses the password"):
        patched.setenv("LIVEHOST_OBS_PASSWORD", "another")
        clock.run(look(right))


def _part(running: Running) -> str:
    return next((part["state"] for part in running.state()["parts"] if part["name"] == "obs"), "")


def _scene_puts_its_product_on_the_table(obs: RealObs, running: Running) -> None:
    obs.ask("SetCurrentProgramScene", sceneName="Jacket")
    until(lambda: running.state()["table"] == "ridge-jacket")


def _a_private_scene_and_a_muted_microphone_draw_the_curtain(obs: RealObs, running: Running) -> None:
    obs.ask("SetCurrentProgramScene", sceneName="Break")
    until(lambda: "Break" in running.state()["private"])
    since = running.state()["at_ms"]
    running.post("/api/say", {"text": "Nobody hears this yet."})
    obs.ask("SetInputMute", inputName="Mic", inputMuted=True)
    obs.ask("SetCurrentProgramScene", sceneName="Jacket")
    until(lambda: any(i["state"] == "waiting" for i in running.state()["items"]))

    def two_seconds_on() -> bool:
        running.write("hello again")  # the shown clock moves with what happens
        return bool(running.state()["at_ms"] > since + 2000)

    until(two_seconds_on)
    assert running.state()["private"] and running.state()["saying"] is None
    obs.ask("SetInputMute", inputName="Mic", inputMuted=False)
    until(lambda: not running.state()["private"])


def _what_is_said_is_shown_and_the_music_gives_way(obs: RealObs, running: Running) -> None:
    def filter_is_on() -> bool:
        found = obs.ask("GetSourceFilterList", sourceName="Music")["filters"]
        return bool(found and found[0]["filterEnabled"])

    until(lambda: running.state()["saying"], 60)
    until(
        lambda: obs.ask("GetInputSettings", inputName="Words")["inputSettings"].get("text") == "Nobody hears this yet."
    )
    assert filter_is_on()
    until(lambda: not running.state()["saying"])
    until(lambda: not filter_is_on())
    assert obs.ask("GetInputSettings", inputName="Words")["inputSettings"]["text"] == ""


def _buttons_on_the_side_of_obs(obs: RealObs, running: Running) -> None:
    obs.ask("BroadcastCustomEvent", eventData={"realm": "livehost", "action": "mute"})
    until(lambda: running.state()["muted"])
    assert "livehost.unmute" in obs.ask("GetHotkeyList")["hotkeys"]
    obs.ask("TriggerHotkeyByName", hotkeyName="livehost.unmute")  # the OBS script's own hotkey, through the pages
    until(lambda: not running.state()["muted"])


def _obs_dies_and_comes_back(obs: RealObs, running: Running) -> None:
    obs.kill()
    until(lambda: _part(running) == "lost")
    obs.start(running.base)
    until(lambda: _part(running) == "ok")
    assert running.get("/api/state")[0] == 200


def _nothing_of_the_private_time_is_on_the_track(folder: Path) -> None:
    private = [
        (step.envelope.at_ms, step.envelope.event.private)
        for step in steps(folder)
        if isinstance(step.envelope.event, events.PrivacyChanged)
    ]
    since = next(at_ms for at_ms, on in private if on)
    until_ms = next(at_ms for at_ms, on in private if not on)
    sound, rate = soundfile.read(folder / "host.opus", dtype="float32")
    within = sound[(since + 250) * rate // 1000 : (until_ms - 100) * rate // 1000]
    assert len(within) and np.abs(within).max() < 0.001
