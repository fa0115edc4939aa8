"""What enrolment needs beside a session's parts: PyTorch and the two speaker encoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livehost.errors import MissingPart
from livehost.weights import speakers_dir

if TYPE_CHECKING:
    from livehost.enrol.encoders import CamPlus, Resemblyzer


def need_torch() -> None:
    """Raises MissingPart with how to get it; also keeps torch to the threads that are asked for."""
    try:
        import onnx  # noqa: F401
        import torch
    except ImportError as missing:
        raise MissingPart(
            f"enrolling a voice needs {missing.name}",
            fix="Run: scripts/setup enrol (without a checkout: pip install 'livehost[enrol]', then livehost setup --enrol)",
        ) from None
    torch.set_num_threads(1)  # two threads that wait for each other lose more to other programs than they win


def encoders() -> tuple[Resemblyzer, CamPlus]:
    need_torch()
    folder = speakers_dir()
    from livehost.enrol.encoders import CamPlus, Resemblyzer

    return Resemblyzer(folder / "resemblyzer.pt"), CamPlus(folder / "campplus.pt")
