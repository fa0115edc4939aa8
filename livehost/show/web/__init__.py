"""The pages' own files."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

FOLDER = Path(str(resources.files("livehost"))) / "show" / "web"


def page_text(name: str) -> str:
    return (FOLDER / f"{name}.html").read_text(encoding="utf-8")
