"""Clips and transcript: the right moments, the right sound, captions that players read, words that stay words."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from livehost import events
from livehost.errors import BadInput
from livehost.labelling import AI_LABEL
from livehost.record.folder import read_header, read_knowledge
from livehost.review.captions import Caption, captions, short, srt, vtt, within
from livehost.review.clips import Said, Sound, write_clips, write_joined
from livehost.review.moments import best, chosen, moments, of_items
from livehost.review.timeline import Timeline
from livehost.review.timeline_reader import read_timeline
from livehost.review.transcript import speakers, transcript
from tests.review.test_timeline import RECORDED
from tests.story import ScriptedHands, Story
from tests.test_replay import record

NAMES = {"host": "Anna", "cohost": "Pip (AI)"}


def show() -> Story:
    """The host leads to an answer, which is heard whole; another one is broken off by the host."""
    story = Story(hands=ScriptedHands(clause_ms=2500))
    story.asks("what is your return policy?", faq="returns")
    story.asks("return policy pls", user="ben", faq="returns")
    story.host_talks(2000, "good question about returns")
    story.wait(7000)
    story.asks("how much is the ridge jacket", user="cleo")
    story.wait(1900)
    story.happens(events.HostStarted(7, story.now_ms))
    story.wait(1500)
    story.happens(
        events.HostStopped(7, story.now_ms),
        events.HostSaid(7, "I will show it now", "en", story.now_ms - 1500, story.now_ms, 0),
    )
    story.wait(9000)
    story.happens(events.SessionEnded("ended"))
    return story


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With tones: the host's is low, the co-host's high, each only where it speaks."""
    folder = record(tmp_path / "s", show())
    seen = read_timeline(folder)
    for name, rate, hertz in (("host", 16000, 300), ("cohost", 24000, 2000)):
        sound = np.zeros(rate * (seen.last_ms // 1000 + 1), dtype=np.float32)
        for one in captions(seen):
            if one.by == name:
                span = slice(one.start_ms * rate // 1000, one.end_ms * rate // 1000)
                at = np.arange(len(sound[span]))
                sound[span] = 0.4 * np.sin(2 * np.pi * hertz * at / rate)
        soundfile.write(folder / f"{name}.opus", sound, rate, format="OGG", subtype="OPUS")
    return folder


def loud(samples: Any, rate: int, hertz: int) -> float:
    """How much of the sound is at this pitch."""
    return float(np.abs(np.mean(samples * np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / rate))))


def test_a_moment_is_the_answer_with_the_hosts_words_before_it(folder: Path) -> None:
    seen = read_timeline(folder)
    (first, *_) = moments(seen)
    (spoken,) = (u for u in seen.utterances if u.number == seen.utterances[seen.questions[first.item].spoken[0]].number)
    assert first.title == "what is your return policy?" and first.worth == 2
    assert first.start_ms == 0 and spoken.ended_ms < first.end_ms <= spoken.ended_ms + 3000
    assert of_items([first.item], seen) == [first]
    with pytest.raises(BadInput, match="was not answered aloud"):
        of_items([99], seen)


def test_the_best_are_the_most_asked_in_order_and_those_that_overlap_are_one() -> None:
    seen = read_timeline(RECORDED / "anna")
    found = best(moments(seen), 4)
    assert 1 <= len(found) <= 4 and found == sorted(found)
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(found))
    assert max(moment.worth for moment in moments(seen)) in [moment.worth for moment in found]


def test_spans_are_read_and_nonsense_is_told() -> None:
    seen = Timeline(last_ms=4_000_000)
    assert [(m.start_ms, m.end_ms) for m in chosen(["12:30-13:05.5", "1:02:30-1:03:00"], seen)] == [
        (750_000, 785_500),
        (3_750_000, 3_780_000),
    ]
    for wrong in ("soon", "0:10-0:05", "2:00:00-2:00:10"):
        with pytest.raises(BadInput, match=wrong):
            chosen([wrong], seen)


def test_what_was_broken_off_is_captioned_as_far_as_it_was_heard(folder: Path) -> None:
    said = [one.text for one in captions(read_timeline(folder)) if one.by == "cohost"]
    assert said[0] == "You can return unworn items within 60 days."
    assert any(text.endswith("…") for text in said[1:])


@pytest.mark.parametrize("form", ["wav", "mp3", "m4a"])
def test_clips_hold_both_voices_where_they_spoke(folder: Path, form: Any) -> None:
    seen = read_timeline(folder)
    (moment,) = of_items([1], seen)
    with Sound(folder) as sound:
        (path,) = write_clips(sound, [moment], Said(list(short(captions(seen))), NAMES), folder / "clips", form)
    assert path.name == f"01-what-is-your-return-policy.{form}"
    samples, rate, told = decoded(path)
    assert abs(len(samples) / rate - (moment.end_ms - moment.start_ms) / 1000) < 0.15
    assert AI_LABEL in told
    for one in within(captions(seen), moment.start_ms, moment.end_ms):
        piece = samples[(one.start_ms + 100) * rate // 1000 : (one.end_ms - 100) * rate // 1000]
        low, high = loud(piece, rate, 300), loud(piece, rate, 2000)
        assert (low > 5 * high) if one.by == "host" else (high > 5 * low), one
    lines = path.with_suffix(".srt").read_text(encoding="utf-8").split("\n\n")
    assert lines[0].startswith("1\n00:00:00,") and "Anna: good question about returns" in lines[0]
    assert "<v Pip (AI)>You can return" in path.with_suffix(".vtt").read_text(encoding="utf-8")


def decoded(path: Path) -> tuple[Any, int, str]:
    import av

    with av.open(str(path)) as file:
        told = " ".join([*file.metadata.values(), *file.streams[0].metadata.values()])
        frames = [frame.to_ndarray().astype(np.float32) for frame in file.decode(audio=0)]
        rate = file.streams.audio[0].rate
    samples = np.concatenate(frames, axis=1)[0]
    return samples / (32768 if np.abs(samples).max() > 2 else 1), rate, told


def test_joined_they_have_chapters(folder: Path) -> None:
    import av

    seen = read_timeline(folder)
    found = [*of_items([1], seen), *chosen(["0:09-0:12"], seen)]
    with Sound(folder) as sound:
        place = write_joined(sound, found, Said(list(short(captions(seen))), NAMES), folder / "all.m4a")
    with av.open(str(place)) as file:
        marks = [
            (round(c["start"] * (c["time_base"] or Fraction(1)) * 1000), c["metadata"]["title"])
            for c in file.chapters()
        ]
    first = found[0].end_ms - found[0].start_ms
    assert marks[0] == (0, "what is your return policy?") and marks[1][0] == first
    listed = place.with_suffix(".chapters.txt").read_text(encoding="utf-8").splitlines()
    assert listed[0] == "0:00 what is your return policy?" and len(listed) == 2


def test_a_clip_has_no_caption_of_what_is_mostly_outside_of_it() -> None:
    said = [
        Caption(0, 2000, "host", "before"),
        Caption(2000, 4000, "host", "in it"),
        Caption(3900, 9000, "cohost", "after"),
    ]
    assert [(one.text, one.start_ms, one.end_ms) for one in within(said, 1900, 4400, 100)] == [("in it", 200, 2200)]


def test_an_answer_that_was_broken_off_and_said_again_is_shown_as_it_was_said_whole() -> None:
    again = 0
    recorded = [read_timeline(RECORDED / name) for name in ("anna", "xiaohe")]
    for seen, moment in [(timeline, moment) for timeline in recorded for moment in moments(timeline)]:
        said = [seen.utterances[n] for n in seen.questions[moment.item].spoken if seen.utterances[n].sounding]
        whole = [one for one in said if not one.cut]
        if whole:
            assert moment.start_ms <= whole[-1].started_ms and whole[-1].ended_ms <= moment.end_ms
            again += len(said) > 1 and said[0].cut != "" and moment.start_ms > said[0].started_ms
    assert again


def test_a_session_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no sound.*transcript"):
        Sound(record(tmp_path / "s", show()))


text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "Lo")), min_size=1, max_size=400)


@given(text, st.integers(100, 60_000))
def test_captions_can_be_read_and_lose_nothing(words: str, length_ms: int) -> None:
    whole = Caption(1000, 1000 + length_ms, "host", words)
    pieces = list(short([whole]))
    kept = "".join("".join(piece.text for piece in pieces).split())
    assert kept == "".join(words.split())
    assert (pieces[0].start_ms, pieces[-1].end_ms) == (whole.start_ms, whole.end_ms)
    assert all(a.end_ms == b.start_ms for a, b in itertools.pairwise(pieces))
    assert all(len(piece.text) <= 84 for piece in pieces)


@given(text)
def test_captions_keep_their_form_whatever_is_said(words: str) -> None:
    told = [Caption(0, 500, "host", f"--> {words}\n\n<b>x</b>"), Caption(3_723_004, 3_724_000, "cohost", words)]
    blocks = srt(told, NAMES).strip("\n").split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == ["1", "2"] and all(block.count("\n") == 2 for block in blocks)
    assert blocks[1].split("\n")[1] == "01:02:03,004 --> 01:02:04,000"
    cues = vtt(told, NAMES).strip("\n").split("\n\n")[1:]
    assert len(cues) == 2 and all(cue.count("-->") == 1 and "<b>" not in cue for cue in cues)


def test_the_transcript_tells_who_said_and_asked_what(demo_name: str) -> None:
    folder = RECORDED / demo_name
    seen, knowledge = read_timeline(folder), read_knowledge(folder)
    told = transcript(read_header(folder), knowledge, seen, "zh" if demo_name == "xiaohe" else "en")
    by = speakers(knowledge, "en")
    assert told.count("**:") == 0 and told.startswith(f"# {knowledge.creator.name}\n")
    assert all(words.text[:20] in told for words in seen.host)
    assert told.count(f" {knowledge.creator.name}:**") == len(seen.host) and "(AI)" in by["cohost"]
    nameless = transcript(read_header(folder), knowledge, seen, "en", names=False)
    assert re.search(r"^> \d+:\d\d a viewer and", nameless, re.MULTILINE)
    asked = [q for q in seen.questions.values() if q.lines]
    assert len(re.findall(r"^> .* asked: ", nameless, re.MULTILINE)) == len(asked)


def test_viewers_words_are_no_markup_in_the_transcript(tmp_path: Path) -> None:
    story = Story()
    words = "return policy? ![x] **bold** <i>x</i> `x`"
    story.asks(words, user="_www.eve.example_", faq="returns")
    story.wait(3000)
    folder = record(tmp_path / "s", story)
    told = transcript(read_header(folder), read_knowledge(folder), read_timeline(folder), "en")
    line = next(line for line in told.splitlines() if "eve" in line)
    assert line == r"> 0:00 \_www\.eve.example\_ asked: return policy? !\[x\] \*\*bold\*\* \<i\>x\</i\> \`x\`"
    assert "The recording has no end" in told
