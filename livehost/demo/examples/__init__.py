"""The example tools, made ready to run on this machine."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path


def write_tools(folder: Path, port: int) -> Path:
    """tools.toml in a creator's folder, with the town at this port and the booking server of this Python."""
    here = Path(str(resources.files("livehost"))) / "demo" / "examples"
    command = json.dumps([sys.executable, str(here / "booking_server.py")])
    text = (here / "tools.toml").read_text(encoding="utf-8").replace("127.0.0.1:8700", f"127.0.0.1:{port}")
    written = folder / "tools.toml"
    written.write_text(text.replace('["python", "booking_server.py"]', command), encoding="utf-8")
    return written
