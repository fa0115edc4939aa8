"""A real session with a model, tools and memory: over a real chat socket, to items, posts, and what is remembered afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from livehost.memory.store import Store, path_of
from livehost.replay import replay
from livehost.weights import data_dir
from tests.llm.serving import ChatServer, said
from tests.running import Running, session, until
from tests.tools.serving import Town
from tests.tools.test_runner_real import examples

pytestmark = [pytest.mark.models, pytest.mark.slow]
SONG = "Music: the song in the intro is called Slow River. It was recorded in a barn."


def model(wish: Any) -> str:
    """Answers out of the piece that names the song, and lies to everything else."""
    asked = json.loads(wish["messages"][1]["content"])
    number = next((piece["n"] for piece in asked["pieces"] if "Slow River" in piece["text"]), 0)
    if "song" not in asked["question"] or not number:
        return said("It is $1 for you!", of=(1,))
    return said("The song in the intro is called Slow River.", of=(number,))


def item(running: Running, words: str) -> Any:
    return until(lambda: next((i for i in running.state()["items"] if words in i["text"]), None))


def test_a_session_asks_beyond_the_faq_and_remembers(tmp_path: Path) -> None:
    server, town = ChatServer(model), Town()
    tools = examples(town, tmp_path).read_text(encoding="utf-8")
    settings = f'[llm]\nbase_url = "{server.url}"\nmodel = "m"\n[memory]\non = true\n'
    live = session(tmp_path, settings=settings, files={"tools.toml": tools, "knowledge/music.md": SONG})
    running = next(live)
    memory = path_of(running.creator, data_dir())
    try:
        until(lambda: {"llm", "tools", "memory"} <= {p["name"] for p in running.state()["parts"] if p["state"] == "ok"})
        running.write("how long is the queue at soho right now?", "what is the song in your intro called?", name="mia")
        queue = item(running, "7 tables are waiting at Soho")
        song = item(running, "The song in the intro is called Slow River.")
        assert (queue["state"], song["state"]) == ("held", "held")
        running.write(
            "i have dry skin, what is the intro of the cap?",
            "will pigs fly tonight over the harbour bridge?",
            name="ben",
        )
        running.write("forget me", name="ben")
        until(lambda: '"type":"Forgotten"' in (running.folder / "events.jsonl").read_text(encoding="utf-8"))
    finally:
        live.close()  # type: ignore[attr-defined]
        server.close()
        town.close()
    recorded = (running.folder / "events.jsonl").read_text(encoding="utf-8")
    try:
        assert '"type":"ToolAnswered"' in recorded and '"type":"Composed"' in recorded
        assert not replay(running.folder).failed
        known = Store(memory).recall("test", "mia-1")
        assert [fact.what for fact in known.facts if fact.sort == "asked"] == ["music.md"]
        assert Store(memory).recall("test", "ben-0").visits == 0 and b"dry skin" not in memory.read_bytes()
    finally:
        memory.unlink(missing_ok=True)
