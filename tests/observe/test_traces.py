"""A line's way as one trace: its stages in order, whole, and without anybody's words."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from livehost import events
from livehost.commands import Command
from livehost.core import Core
from livehost.events import Envelope
from livehost.observe.spans import PERSONAL, Span
from livehost.observe.traces import Tracer
from livehost.record.folder import read_knowledge
from livehost.record.reader import steps
from tests.story import ScriptedHands, Story, shop
from tests.test_recordings import KEPT


def traces_of(story_steps: Sequence[tuple[Envelope, Sequence[Command]]], tracer: Tracer) -> list[list[Span]]:
    found: dict[str, list[Span]] = {}
    for envelope, wishes in story_steps:
        for span in tracer.step(envelope, wishes):
            found.setdefault(span.trace, []).append(span)
    return [*found.values()]


def test_a_question_answered_aloud_is_one_trace_with_all_its_stages() -> None:
    story = Story()
    story.wait(1000)
    story.asks("do you ship to Canada?", faq="ship-canada")
    story.wait(8000)
    [trace] = traces_of(story.steps, Tracer())
    root, *stages = trace
    assert (root.name, root.parent, root.start_ms, root.failed) == ("chat line", "", 1000, False)
    assert root.attributes["livehost.outcome"] == "answered" and root.attributes["livehost.faq"] == "ship-canada"
    assert [stage.name for stage in stages] == [
        "ingest", "first look", "matching", "decision", "waiting", "post", "synthesis", "preparing", "playing",
    ]  # fmt: skip
    assert {stage.parent for stage in stages} == {root.span} and {stage.trace for stage in stages} == {root.trace}
    by_name = {stage.name: stage for stage in stages}
    assert (by_name["matching"].start_ms, by_name["matching"].end_ms) == (1000, 1020)
    assert by_name["decision"].start_ms == 1020 and by_name["synthesis"].end_ms == 1420
    assert by_name["playing"].end_ms == root.end_ms
    assert all(root.start_ms <= stage.start_ms <= stage.end_ms <= root.end_ms for stage in stages)


def test_who_asks_the_same_has_a_trace_that_ends_with_the_decision() -> None:
    story = Story(shop("ask-first"))
    for user in ("mia", "bo"):
        story.asks("do you ship to Canada?", user, faq="ship-canada")
    story.wait(2000)
    story.act("approve", 1)
    story.wait(8000)
    joined, answered = traces_of(story.steps, Tracer())
    assert joined[0].attributes["livehost.outcome"] == "joined"
    assert [span.name for span in joined[1:]] == ["ingest", "first look", "matching", "decision"]
    assert answered[0].attributes["livehost.askers"] == 2
    held = next(span for span in answered if span.name == "held")
    assert held.end_ms - held.start_ms == 1980


def test_a_post_that_fails_is_marked_and_what_is_ignored_leaves_nothing() -> None:
    story = Story(hands=ScriptedHands(post_problem="the platform says: no links, mia"))
    story.asks("do you ship to Canada?", faq="ship-canada")
    story.asks("lovely weather")
    story.wait(9000)
    tracer = Tracer()
    [trace] = traces_of(story.steps, tracer)
    assert [span.name for span in trace if span.failed] == ["chat line", "post"]
    assert "no links" not in repr(trace)


def test_a_trace_that_the_end_of_the_session_breaks_off_is_told_as_unfinished() -> None:
    story = Story(shop("ask-first"))
    story.asks("do you ship to Canada?", faq="ship-canada")
    story.wait(500)
    story.happens(events.SessionEnded("ended"))
    [trace] = traces_of(story.steps, Tracer())
    assert trace[0].attributes["livehost.outcome"] == "unfinished"
    assert [(span.name, span.end_ms) for span in trace][-1] == ("held", 500)


WORDS = st.text(st.sampled_from("qxz"), min_size=6, max_size=9).map(lambda text: f"Ω{text}Ω")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, st.booleans(), st.integers(0, 3000)), min_size=1, max_size=8))
def test_nobodys_words_stand_outside_what_is_marked_personal(lines: list[tuple[str, str, bool, int]]) -> None:
    story = Story()
    for text, user, known, pause in lines:
        story.asks(f"{text} do you ship to Canada?", user, faq="ship-canada" if known else "")
        story.wait(pause)
    story.wait(9000)
    story.happens(events.SessionEnded("ended"))
    for words in (False, True):
        for span in (span for trace in traces_of(story.steps, Tracer(words=words)) for span in trace):
            open_to_all = {name: value for name, value in span.attributes.items() if not name.startswith(PERSONAL)}
            assert "Ω" not in repr((span.name, open_to_all))
            named = [name for name in span.attributes if name.startswith(PERSONAL) and not name.endswith("_id")]
            assert words or not named


def test_a_recording_gives_the_same_traces_again_and_they_hang_together() -> None:
    for folder in KEPT:
        core = Core(read_knowledge(folder))
        shown = [(step.envelope, core.step(step.envelope)) for step in steps(folder)]
        tracer = Tracer()
        traces = traces_of(shown, tracer)
        assert traces == traces_of(shown, Tracer())
        outcomes = [trace[0].attributes["livehost.outcome"] for trace in traces]
        assert len(traces) > 30 and outcomes.count("answered") > 10
        for root, *stages in traces:
            assert not root.parent and all(stage.parent == root.span for stage in stages)
            assert len({span.span for span in (root, *stages)}) == len(stages) + 1
            assert all(root.start_ms <= stage.start_ms <= stage.end_ms <= root.end_ms for stage in stages)
        spoken = [trace for trace in traces if any(span.name == "playing" for span in trace)]
        assert all(any(span.name == "synthesis" for span in trace) for trace in spoken)
        assert len(spoken) >= outcomes.count("answered")
        assert tracer.sizes[2] == 0
