"""Raw frames of the platforms, one a line, as `livehost decode` reads them: for reports of faults, where they are wished for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

FOLDER = "raw"
_MOST_BYTES = 200 * 1024 * 1024  # of one platform


class RawFrames:
    """Files are made with their first frame. `tell` hears once of a trouble; frames are not kept after it."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._tell = tell
        self._files: dict[str, TextIO] = {}
        self._bytes: dict[str, int] = {}
        self._broken = False

    def keeper(self, platform: str) -> Callable[[str], None]:
        def keep(raw: str) -> None:
            self._keep(platform, raw)

        return keep

    def close(self) -> None:
        for file in self._files.values():
            try:
                file.close()
            except OSError:
                continue

    def _keep(self, platform: str, raw: str) -> None:
        if self._broken:
            return
        line = raw.replace("\r", " ").replace("\n", " ") + "\n"
        size = self._bytes.get(platform, 0) + len(line)
        if size > _MOST_BYTES:
            return
        self._bytes[platform] = size
        try:
            self._file(platform).write(line)
        except OSError as trouble:
            self._broken = True
            self._tell(f"raw frames are not kept any more: {trouble.strerror}")

    def _file(self, platform: str) -> TextIO:
        if platform not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{platform}.frames"
            self._files[platform] = path.open("a", encoding="utf-8", errors="replace", buffering=1)
        return self._files[platform]
