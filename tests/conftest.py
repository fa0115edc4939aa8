"""What many tests need: the shared fixtures, and the two demo creators."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# As the program itself does at its start: on a busy machine the threads of a matrix product wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "livehost" / "demo"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real recordings and chats that lie beside the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the shared fixtures are not at {folder}")
    return folder


@pytest.fixture(params=["anna", "xiaohe"])
def demo_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name
