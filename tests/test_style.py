"""How a creator talks: phrases, address, emoji, length; out of transcripts, subtitles, chat and recorded sessions."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from livehost.cli.base import app
from livehost.commands import Compose
from livehost.creator_file import read_creator
from livehost.decide.composed import Grounds, faults
from livehost.decision import Evidence
from livehost.errors import BadInput
from livehost.prompting import messages
from livehost.settings import Policy, Style
from livehost.style import as_toml, learn

ENGLISH = "\n".join(
    f"Okay friends, this jacket number {n} is ready for the mountains. Trust the process. We stitched it by hand today."
    for n in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
)
CHINESE = "\n".join(f"家人们看过来，第{n}口锅。好锅自己会说话。" for n in "一二三四五六七八九十十一十二")
HELLO = "\U0001f44b"


def test_english(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(ENGLISH, encoding="utf-8")
    style = learn([tmp_path / "talk.txt"], [])
    assert "ready for the mountains" in " | ".join(style.phrases) and "trust the process" in style.phrases
    assert style.address == ("friends",) and 3 <= style.words_per_sentence <= 10


def test_chinese(tmp_path: Path) -> None:
    (tmp_path / "talk.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\n" + CHINESE, encoding="utf-8")
    style = learn([tmp_path / "talk.srt"], [])
    assert "好锅自己会说话" in style.phrases and style.address == ("家人们",)


def test_chat_is_the_creators_own_alone(tmp_path: Path) -> None:
    lines = [{"user": {"name": "Anna"}, "text": f"see you on the trail {HELLO}"}] * 20
    lines += [{"user": {"name": "troll"}, "text": "everything is garbage here"}] * 50
    (tmp_path / "chat.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\nbroken", encoding="utf-8")
    style = learn([tmp_path / "chat.jsonl"], ["anna"])
    assert "see you on the trail" in style.phrases and style.emoji == (HELLO,)
    assert "garbage" not in as_toml(style)
    with pytest.raises(BadInput, match="too few"):
        learn([tmp_path / "chat.jsonl"], ["somebody"])


def test_it_is_written_once_into_creator_toml(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "creator.toml").write_text('name = "Anna"\n\n[floor]\npause_ms = 500\n', encoding="utf-8")
    for _ in range(2):
        done = CliRunner().invoke(app, ["persona", "learn", str(tmp_path / "talk.txt"), "--into", str(tmp_path)])
        assert done.exit_code == 0, done.output
    creator = read_creator(tmp_path / "creator.toml")
    assert "trust the process" in creator.style.phrases and creator.floor.pause_ms == 500
    assert (tmp_path / "creator.toml").read_text(encoding="utf-8").count("[style]") == 1
    asked = messages(Compose(1, "phrase", "how much?", "en", "It is $5."), creator)
    assert "trust the process" in asked[0]["content"]


def test_the_creators_phrases_may_be_said_with_a_fact() -> None:
    price = (Evidence("products.csv", "r", "price", "129.00 USD"),)
    grounds = Grounds("phrase", "how much?", "en", price, "The Ridge Jacket is $129.")
    said = "Trust the process, the Ridge Jacket is $129."
    assert faults(said, grounds, Policy())
    style = Style(phrases=("trust the process", "it is free"))
    assert faults(said, msgspec.structs.replace(grounds, style=style.phrases), Policy()) == ()
    assert faults(
        "It is free, the Ridge Jacket is $129.", msgspec.structs.replace(grounds, style=style.phrases), Policy()
    )
