"""Real sound devices: PulseAudio's null sinks, a player into one, Livehost's ears and voice on the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livehost import events
from livehost.clock import pause
from livehost.record.reader import steps
from livehost.replay import replay
from tests.conftest import DEMO

pytestmark = [pytest.mark.device, pytest.mark.slow]
LIVEHOST = [sys.executable, "-m", "livehost"]
RATE = 48_000


class Pulse:
    """A PulseAudio of our own with three null sinks; ALSA's default device leads to it, and its device `ear` to one of them."""

    def __init__(self, home: Path) -> None:
        (home / ".asoundrc").write_text("pcm.!default pulse\nctl.!default pulse\npcm.ear { type pulse\n device ear }\n")
        data = os.environ.get("LIVEHOST_DATA") or str(Path.home() / ".local/share/livehost")
        places = {"HOME": home, "XDG_RUNTIME_DIR": home, "PULSE_RUNTIME_PATH": home / "pulse", "LIVEHOST_DATA": data}
        self.environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
        self.start()

    def start(self) -> None:
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes"]
        for name in ("stage", "air", "ear"):
            command += ["-L", f"module-null-sink sink_name={name} rate={RATE}"]
        command += ["-L", "module-native-protocol-unix"]
        self.server = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if self.control("info").returncode == 0:
                break
            pause(0.1)
        else:
            self.server.kill()
            pytest.skip("pulseaudio does not start here")
        self.control("set-default-sink", "air")
        self.control("set-default-source", "stage.monitor")

    def control(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["pactl", *words], env=self.environment, capture_output=True, check=False)

    def close(self) -> None:
        self.server.terminate()
        self.server.wait()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulse]:
    if not shutil.which("pulseaudio"):
        pytest.skip("pulseaudio is not installed")
    pulse = Pulse(tmp_path_factory.mktemp("pulse"))
    yield pulse
    pulse.close()


@pytest.fixture
def pulse(server: Pulse) -> dict[str, str]:
    return server.environment


def test_the_host_is_heard_from_a_device_and_the_answer_is_captured_from_another(
    pulse: dict[str, str], tmp_path: Path
) -> None:
    host = tmp_path / "host.wav"
    sound, rate = soundfile.read(DEMO / "sessions" / "anna" / "host.opus", dtype="float32")
    soundfile.write(host, sound[: 26 * rate], rate)
    lines = [{"at_ms": 14_000, "id": "q1", "user": {"id": "u", "name": "Mia"}, "text": "do you ship to canada?"}]
    (tmp_path / "chat.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    captured, monitored = tmp_path / "air.wav", tmp_path / "ear.wav"
    recorders = [
        subprocess.Popen(
            ["parec", "-d", f"{file.stem}.monitor", "--file-format=wav", f"--rate={RATE}", "--channels=1", str(file)],
            env=pulse,
        )
        for file in (captured, monitored)
    ]
    session = tmp_path / "session"
    creator = DEMO / "creators" / "anna"
    running = subprocess.Popen(
        [
            *LIVEHOST,
            "run",
            str(creator),
            "--chat",
            f"file:{tmp_path / 'chat.jsonl'}",
            "--monitor",
            "ear",
            "--headless",
            "--session",
            str(session),
        ],
        env=pulse,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        wait_for(session / "events.jsonl")
        player = subprocess.Popen(["paplay", "-d", "stage", str(host)], env=pulse)
        player.wait()
        pause(3)
        running.terminate()
    for recorder in recorders:
        recorder.terminate()
        recorder.wait()
    happened = [step.envelope.event for step in steps(session)]
    heard = " ".join(event.text for event in happened if isinstance(event, events.HostSaid))
    assert "Ridge Jacket" in heard
    assert any(isinstance(event, events.PlaybackFinished) for event in happened)
    assert "canada" in spoken_in(captured).lower()
    assert "canada" in spoken_in(monitored).lower()


def test_a_mute_is_silent_at_the_device_within_50_ms(pulse: dict[str, str], tmp_path: Path) -> None:
    """A tone plays through the real player and device; the capture tells when it stopped after the mute."""
    script = tmp_path / "mute.py"
    script.write_text(MUTE)
    captured = tmp_path / "air.wav"
    recorder = subprocess.Popen(
        [
            "parec",
            "-d",
            "air.monitor",
            "--latency-msec=5",
            "--file-format=wav",
            f"--rate={RATE}",
            "--channels=1",
            str(captured),
        ],
        env=pulse,
    )
    pause(0.5)
    done = subprocess.run(
        [sys.executable, str(script)], env=pulse, capture_output=True, text=True, check=True, timeout=60
    )
    pause(0.5)
    recorder.terminate()
    recorder.wait()
    sound, _ = soundfile.read(captured, dtype="float32")
    played_seconds = np.count_nonzero(np.abs(sound) > 0.01) / RATE
    asked_seconds = float(done.stdout)
    assert played_seconds < asked_seconds + 0.08, (
        f"{played_seconds:.3f} s were heard, muted after {asked_seconds:.3f} s"
    )
    assert played_seconds > 0.5


MUTE = """
import asyncio
import numpy as np
from livehost import clock
from livehost.clock import SessionClock
from livehost.sound import Piece
from livehost.speak.player import Player
from livehost.speak.speaker import Speaker

async def main():
    session_clock = SessionClock(asyncio.get_running_loop())
    started = asyncio.Event()
    loop = asyncio.get_running_loop()
    player = Player(lambda what, utterance, heard: loop.call_soon_threadsafe(started.set) if what == "started" else None)
    speaker = asyncio.create_task(Speaker(player, session_clock, lambda at, sound: None, "default").run())
    await asyncio.sleep(0.5)
    player.load(1, 0, Piece(np.full(24000 * 10, 0.3, dtype=np.float32)))
    player.play(1, 1)
    await started.wait()
    seconds = clock.stopwatch()
    await asyncio.sleep(1.0)
    player.close_gate()
    print(seconds())
    await asyncio.sleep(0.5)
    speaker.cancel()

clock.run(main())
"""


def test_an_unplugged_device_costs_its_part_alone(server: Pulse, tmp_path: Path) -> None:
    """The sound server dies in mid-session: hearing is lost and told, chat is still answered in text, all is recorded."""
    lines = [{"at_ms": 9000, "id": "q1", "user": {"id": "u", "name": "Mia"}, "text": "do you ship to canada?"}]
    (tmp_path / "chat.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    session = tmp_path / "session"
    chat = ["--chat", f"file:{tmp_path / 'chat.jsonl'}", "--speaker", "none", "--headless", "--session", str(session)]
    running = subprocess.Popen(
        [*LIVEHOST, "run", str(DEMO / "creators" / "anna"), *chat],
        env=server.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        wait_for(session / "events.jsonl")
        pause(3)
        server.close()
        pause(10)
        running.terminate()
    happened = [step.envelope.event for step in steps(session)]
    assert any(isinstance(e, events.PartChanged) and (e.part, e.state) == ("hearing", "lost") for e in happened)
    assert any(isinstance(event, events.Posted) for event in happened)
    assert not any(isinstance(event, events.PlaybackStarted) for event in happened), (
        "nobody knows whether the host talks"
    )
    assert replay(session).identical


def test_a_device_that_comes_back_is_heard_again(server: Pulse, tmp_path: Path) -> None:
    session = tmp_path / "session"
    quiet = ["--speaker", "none", "--headless", "--session", str(session)]
    running = subprocess.Popen(
        [*LIVEHOST, "run", str(DEMO / "creators" / "anna"), *quiet],
        env=server.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    sound, rate = soundfile.read(DEMO / "sessions" / "anna" / "host.opus", dtype="float32")
    soundfile.write(tmp_path / "host.wav", sound[: 10 * rate], rate)
    with running:
        wait_for(session / "events.jsonl")
        pause(2)
        server.close()
        pause(4)
        server.start()
        for _ in range(60):
            states = [event.state for event in parts(session, "hearing")]
            if states[-1:] == ["ok"] and "lost" in states:
                break
            pause(0.5)
        pause(2)
        subprocess.run(["paplay", "-d", "stage", str(tmp_path / "host.wav")], env=server.environment, check=True)
        pause(3)
        running.terminate()
    states = [event.state for event in parts(session, "hearing")]
    assert states[0] == "ok" and "lost" in states
    happened = [step.envelope.event for step in steps(session)]
    assert any(isinstance(event, events.HostSaid) and event.text for event in happened)


def parts(session: Path, name: str) -> list[events.PartChanged]:
    happened = (step.envelope.event for step in steps(session))
    return [event for event in happened if isinstance(event, events.PartChanged) and event.part == name]


def test_doctor_hears(pulse: dict[str, str], tmp_path: Path) -> None:
    sound, rate = soundfile.read(DEMO / "sessions" / "anna" / "host.opus", dtype="float32")
    soundfile.write(tmp_path / "host.wav", sound[: 20 * rate], rate)
    player = subprocess.Popen(["paplay", "-d", "stage", str(tmp_path / "host.wav")], env=pulse)
    done = subprocess.run(
        [*LIVEHOST, "doctor", "--json", "--listen", "12"], env=pulse, capture_output=True, text=True, check=False
    )
    player.wait()
    (found,) = [check for check in json.loads(done.stdout)["checks"] if check["name"] == "microphone"]
    assert "heard:" in found["detail"] and "dB" in found["detail"], found


def test_devices_that_are_not_there_are_told(pulse: dict[str, str]) -> None:
    creator = str(DEMO / "creators" / "anna")
    done = subprocess.run(
        [*LIVEHOST, "run", creator, "--mic", "Neumann U87", "--headless"],
        env=pulse,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no input devices are called 'Neumann U87'. There are: " in done.stderr


def wait_for(path: Path, seconds: float = 60) -> None:
    for _ in range(int(seconds * 10)):
        if path.exists() and path.stat().st_size:
            return
        pause(0.1)
    raise AssertionError(f"{path} was never written")


def spoken_in(path: Path) -> str:
    from livehost.hear.transcribe import transcribe_file

    return transcribe_file(path, "en").text
