"""Every shared raw frame decodes to what was read out of it by eye."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.expected import expected, lines_of, platform_files


@pytest.mark.fixtures
def test_every_raw_frame_decodes_to_what_was_read_out_of_it(shared_data: Path) -> None:
    chat = shared_data / "chat"
    wanted = expected()
    files = platform_files(chat)
    assert {str(path.relative_to(chat)) for _, path in files} == set(wanted)
    for platform, path in files:
        assert lines_of(platform, path) == wanted[str(path.relative_to(chat))], path.name
    assert sum(len(one["lines"]) for one in wanted.values()) > 170
    assert not [kind for one in wanted.values() for kind in one["unknown"] if kind.startswith("broken")]
