"""The locks hold whatever the packages in them ask for: an installer that checks hashes refuses a lock with a gap."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_a_lock_holds_what_its_packages_require(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    held = {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9][\w.-]*)==", text, re.MULTILINE)}
    looked_at = 0
    for name in sorted(held):
        try:
            wanted = requires(name) or []
        except PackageNotFoundError:  # a package of another system
            continue
        looked_at += 1
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                assert canonicalize_name(requirement.name) in held, (
                    f"{lock}.txt lacks {requirement}, which {name} requires"
                )
    assert looked_at > 50
