"""Every platform's frames decode to what was read out of them by eye; of those with shared real frames see test_expected.py."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from livehost.chat import ChatLine
from livehost.cli.base import app
from livehost.decoding import decode_file, decoder

FRAMES = Path(__file__).parent / "frames"
KEPT = sorted(path.stem for path in FRAMES.glob("*.frames"))


@pytest.mark.parametrize("platform", KEPT)
def test_kept_frames_decode_to_what_was_read_out_of_them(platform: str) -> None:
    wanted = [
        msgspec.json.decode(line, type=ChatLine) for line in (FRAMES / f"{platform}.jsonl").read_bytes().splitlines()
    ]
    unknown: Counter[str] = Counter()
    assert list(decode_file(FRAMES / f"{platform}.frames", decoder(platform), unknown)) == wanted
    assert wanted and not any(kind.startswith("broken") for kind in unknown)


def test_all_that_is_no_shared_platform_is_kept() -> None:
    from importlib.metadata import entry_points

    shared = {"twitch", "youtube", "bilibili"}
    assert {point.name for point in entry_points(group="livehost.decoder")} == shared | set(KEPT)


@pytest.mark.parametrize("platform", KEPT)
def test_the_command_decodes(platform: str) -> None:
    done = CliRunner().invoke(app, ["decode", platform, str(FRAMES / f"{platform}.frames")])
    assert done.exit_code == 0 and "not decoded" in done.stderr
    assert done.stdout.splitlines() == (FRAMES / f"{platform}.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('<b>nice</b> <img alt="hi" src="x"> one', "nice one"),
        ("one<br>two", "one two"),
        ('<img alt="wave" src=x>', "wave"),
        ("5 < 6 &amp; 7 > 3", "5 < 6 & 7 > 3"),
        ("&lt;script&gt;", "<script>"),
        ("<a " * 20_000, ""),
    ],
)
def test_markup_of_social_stream_ninja(said: str, words: str) -> None:
    (line,) = decoder("ssn")(msgspec.json.encode({"chatname": "mia", "chatmessage": said}).decode())
    assert line.text[:40] == (words or line.text[:40])
