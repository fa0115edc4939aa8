"""The creator's own videos: imported, cut into passages with moments, quoted and recommended."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost import commands
from livehost.creators import load
from livehost.decide.claims import unfounded
from livehost.decision import Decision
from livehost.errors import BadInput
from livehost.imports.feeds import Shop
from livehost.imports.into import import_file
from livehost.imports.video import About
from livehost.knowledge import Knowledge, Passage
from livehost.settings import Creator
from livehost.subtitles import Cue, as_srt, read_cues
from livehost.videos import cut, lasting, link_at, read_moments, written
from tests.story import Story, replayed

WASHING = """WEBVTT

00:00:01.000 --> 00:00:05.500
Hello, I am Anna and this is about down jackets.

00:00:06.000 --> 00:00:09.000
It costs $129 today, by the way.

00:01:35.000 --> 00:01:41.000 align:start
<v Anna>Wash a down jacket cold, with two tennis balls in the drum.

00:01:42.000 --> 00:01:48.000
Then dry it low and shake it every half hour.
"""
JACKET, WAX = "https://youtu.be/abc", "https://www.bilibili.com/video/BV1/"
VIDEOS = (
    Passage("videos/jackets", "0:00", "Hello, this is about down jackets.", "Caring for down", "Hello", JACKET),
    Passage("videos/jackets", "1:35", "Wash a down jacket cold, with two tennis balls in the drum. Then dry it low.",
            "Caring for down", "Washing", f"{JACKET}?t=95"),
    Passage("videos/wax", "0:10", "打蜡之前先把鞋面擦干净。再用软布薄薄地上一层。", "皮鞋打蜡教程", "擦鞋", f"{WAX}?t=10"),
)  # fmt: skip


def creator(tmp_path: Path) -> Path:
    folder = tmp_path / "anna"
    folder.mkdir()
    (folder / "creator.toml").write_text('name = "Anna"\nlanguages = ["en", "zh"]\n', encoding="utf-8")
    return folder


def told(line: str, videos: tuple[Passage, ...] = VIDEOS, **settings: object) -> Decision:
    knowledge = Knowledge(Creator(name="Anna", languages=("en", "zh"), mode="polite", **settings), passages=videos)  # type: ignore[arg-type]
    story = Story(knowledge)
    story.asks(line)
    story.wait(9000)
    assert replayed(story) == [command for _, command in story.seen]
    (shown,) = story.all(commands.ShowDecision)
    decision = shown.decision
    assert unfounded(decision.spoken, decision.evidence) == ()
    if decision.route == "answer":
        assert story.spoken() == [decision.spoken]
        assert [post.text for post in story.all(commands.Post)] == [f"[AI] {decision.answer}"]
    return decision


def test_subtitles_become_passages_with_moments_and_links(tmp_path: Path) -> None:
    folder = creator(tmp_path)
    talk = tmp_path / "Caring for Down.vtt"
    talk.write_text(WASHING, encoding="utf-8")
    done = import_file(talk, folder, Shop(), About("Caring for down", JACKET))
    assert (done.what, done.added) == ("video", 1)
    first, second = load(folder).passages
    assert (first.source, first.id, first.link) == ("videos/caring-for-down", "0:01", f"{JACKET}?t=1")
    assert (second.id, second.moment) == ("1:35", "Wash a down jacket cold")
    assert second.text.endswith("shake it every half hour.") and "$" not in first.text
    table = folder / "videos.csv"
    table.write_text(table.read_text("utf-8").replace("Wash a down jacket cold", "Washing"), encoding="utf-8")
    again = import_file(talk, folder, Shop())
    assert (again.unchanged, load(folder).passages[1].moment, load(folder).passages[1].title) == (
        1,
        "Washing",
        "Caring for down",
    )


def test_a_faulty_list_is_told_with_its_line(tmp_path: Path) -> None:
    folder = creator(tmp_path)
    for row, what in (
        ("a,A,,1:35 x|0:10 y", "0:10 y"),
        ("a,A,,soon", "soon"),
        ("../a,A,,", "an id"),
        ("a,,,", "title"),
    ):
        (folder / "videos.csv").write_text(f"id,title,link,moments\n{row}\n", encoding="utf-8")
        with pytest.raises(BadInput, match=what) as told_so:
            load(folder)
        assert "line 2" in str(told_so.value)


@pytest.mark.parametrize(
    ("line", "spoken", "link"),
    [
        (
            "which video shows how to wash a down jacket?",
            'In the video "Caring for down", at 1:35: Wash a down jacket cold, with two tennis balls in the drum.',
            f"{JACKET}?t=95",
        ),
        ("哪期视频讲过打蜡", "视频《皮鞋打蜡教程》0分10秒讲到：打蜡之前先把鞋面擦干净。", f"{WAX}?t=10"),
        ("do you have any videos?", 'There are videos: "Caring for down" and "皮鞋打蜡教程".', ""),
    ],
)
def test_a_moment_is_quoted_with_its_link(line: str, spoken: str, link: str) -> None:
    decision = told(line)
    assert (decision.route, decision.spoken, decision.link) == ("answer", spoken, link)
    assert decision.answer == f"{spoken} {link}".strip() and "a video" in decision.reasons


@pytest.mark.parametrize(
    "line",
    ["which video shows how to train a llama?", "nice video!", "is the video quality ok for you?", "my dog is cold"],
)
def test_what_no_video_holds_is_no_answer(line: str) -> None:
    assert told(line).route != "answer"


def test_words_of_another_language_or_banned_ones_are_not_quoted() -> None:
    english = Passage("videos/w", "0:10", "打蜡 waxing shoes 先擦干净。", "Shoe waxing", "", WAX)
    assert told("which video shows shoe waxing?", (english,)).spoken == 'It is in the video "Shoe waxing", at 0:10.'
    banned = Passage("videos/b", "2:00", "The best in the world is wax for shoes.", "Shoes", "wax", WAX)
    assert told("which video shows wax for shoes?", (banned,)).spoken == 'It is in the video "Shoes", at 2:00.'
    shouted = Passage("videos/b", "2:00", "Wax for shoes.", "The best in the world", "wax", WAX)
    assert told("which video shows wax for shoes?", (shouted,)).route != "answer"


@pytest.mark.parametrize(
    "line",
    [
        "It costs $129.",
        "Use code ANNA.",
        "Only ten left!",
        "The sale ends on Friday.",
        "今天只要九十九块。",
        "现货包邮。",
        "到手价99",
    ],
)
def test_what_was_true_then_alone_is_left_out(line: str) -> None:
    assert lasting(f"Wash it cold. {line}") == "Wash it cold."


def test_moments_and_subtitles_read_back() -> None:
    cues = [Cue(0, 1500, "One --> two."), Cue(3_601_250, 3_602_000, "Three.")]
    assert list(read_cues(as_srt(cues))) == [Cue(0, 1500, "One → two."), cues[1]]
    assert list(read_cues("WEBVTT\n\nNOTE x\n\nrubbish")) == []
    moments = cut([Cue(at * 1000, at * 1000 + 900, "A sentence of some length.") for at in range(1, 60)], 200)
    assert read_moments(written(moments)) == moments and 5 < len(moments) < 12


def test_links_lead_to_the_moment() -> None:
    assert link_at("https://www.youtube.com/watch?v=a", 95_000) == "https://www.youtube.com/watch?v=a&t=95"
    assert link_at("https://x.example/a.mp4", 95_000) == "https://x.example/a.mp4#t=95"
    assert link_at("", 95_000) == "" and link_at(JACKET, 0) == JACKET
