"""Pictures of products, fitted into a film's frame; decoding runs apart (`read`)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from livehost.apart import apart
from livehost.errors import BadInput, MissingPart

WIDTH, HEIGHT = 720, 1280
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_BYTES_MOST = 20_000_000

Picture = npt.NDArray[np.uint8]  # [height, width, 3]


def pictures_of(product_id: str, folder: Path) -> list[Path]:
    """`ridge-jacket.jpg`, `ridge-jacket-2.png` …, in this order."""
    named = re.compile(re.escape(product_id) + r"(?:-(\d{1,3}))?", re.IGNORECASE)
    pictures = [path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES] if folder.is_dir() else []
    found = [(int(match[1] or 1), path) for path in pictures if (match := named.fullmatch(path.stem))]
    return [path for _, path in sorted(found)]


def picture(path: Path) -> Picture:
    """Black around it. Raises BadInput, MissingPart."""
    pixels: bytes = apart("livehost.review.pictures:read", path, most=_BYTES_MOST)
    return np.frombuffer(pixels, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3)


def read(path: Path) -> bytes:
    """Runs apart."""
    try:
        import av
    except ImportError:
        raise MissingPart("films need PyAV, which is not here", fix='pip install "livehost[models]"') from None
    try:
        with av.open(str(path)) as file:
            frame = next(iter(file.decode(video=0)))
    except (av.FFmpegError, OSError, StopIteration, IndexError) as trouble:
        raise BadInput(f"this is no picture: {trouble}", where=str(path), fix="Give JPEG, PNG or WebP") from None
    scale = min(WIDTH / frame.width, HEIGHT / frame.height)
    width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    fitted = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    top, left = (HEIGHT - height) // 2, (WIDTH - width) // 2
    fitted[top : top + height, left : left + width] = frame.reformat(width, height, format="rgb24").to_ndarray()
    return fitted.tobytes()
