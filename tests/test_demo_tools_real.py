"""`livehost demo --tools`: the example look-ups, over HTTP and MCP, asked in a whole session and spoken with their evidence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from livehost import commands
from livehost.record.reader import told
from livehost.replay import replay

pytestmark = [pytest.mark.models, pytest.mark.slow]
SAID = {
    "anna": ("7 tables are waiting at Soho", "no queue at Harbour", "Python course begins on March 3", "take tram 5",
             "until 22:00", "At 7 pm, 5 tables are free", "Book a table for 3 at 7 pm?"),
    "xiaohe": ("索霍店前面还有7桌", "海港店现在不用排队", "Python课March 3开课", "坐tram 5",
               "今天到22:00", "7点还有5张空桌", "预订7点，3位？"),
}  # fmt: skip


@pytest.mark.parametrize("demo_name", ["anna", pytest.param("xiaohe", marks=pytest.mark.long)])
def test_the_examples_answer_in_the_demo(demo_name: str, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    command = [sys.executable, "-m", "livehost", "demo", demo_name, "--tools", "--headless", "--fast"]
    done = subprocess.run([*command, "--out", str(folder)], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    wishes = [line.command for _, line in told(folder) if line.command]
    decided = {wish.line_id: wish.decision for wish in wishes if isinstance(wish, commands.ShowDecision)}
    asked = [decided[f"tool-{number:02d}"] for number in range(1, 8)]
    assert [said for said, decision in zip(SAID[demo_name], asked, strict=True) if said not in decision.spoken] == []
    assert [decision.route for decision in asked] == ["answer"] * 6 + ["hold"], "a booking waits for a person"
    assert all(any(e.source.startswith("tool:") for e in decision.evidence) for decision in asked[:6])
    posts = " ".join(wish.text for wish in wishes if isinstance(wish, commands.Post))
    assert all(said in posts for said in SAID[demo_name][:6]) and SAID[demo_name][6] not in posts
    assert not replay(folder).failed
