"""Stories of a co-host that hears itself: it is no interruption, no word of the host's and no presence of the host's."""

from __future__ import annotations

from livehost import commands, events
from tests.story import ScriptedHands, Story, replayed, shop


def speaking() -> Story:
    story = Story(hands=ScriptedHands(clause_ms=6000))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    return story


def voice(
    story: Story, number: int, duration_ms: int, text: str = "", *, own: bool = False, doubted: bool = True
) -> None:
    began = story.now_ms
    story.happens(events.HostStarted(number, began, doubted))
    story.wait(duration_ms)
    story.happens(events.HostStopped(number, story.now_ms))
    story.happens(events.HostSaid(number, text, "en", began, story.now_ms, 0, own))


def test_a_voice_that_may_be_ours_changes_nothing_until_words_come() -> None:
    story = speaking()
    voice(story, 1, 3000, own=True)
    story.wait(8000)
    assert not story.all(commands.Cut) and not story.all(commands.Duck) and not story.all(commands.Hold)
    assert story.states(1)[-1] == "answered"
    assert replayed(story) == [command for _, command in story.seen]


def test_the_hosts_words_over_an_echo_stop_it() -> None:
    story = speaking()
    story.happens(events.HostStarted(1, 2000, True))
    story.wait(1800)
    story.happens(events.HostPartial(1, "wait I want to show", "en"))
    assert story.when(commands.Cut) == [3800]


def test_the_hosts_last_words_over_an_echo_stop_it_too() -> None:
    story = speaking()
    voice(story, 1, 900, "not that one", own=True)
    assert story.when(commands.Cut) == [2900]


def test_its_own_words_that_hushed_it_let_it_go_on_and_are_remembered() -> None:
    story = speaking()
    voice(story, 1, 700, own=True, doubted=False)
    assert [len(story.all(kind)) for kind in (commands.Duck, commands.Hold, commands.Resume)] == [1, 1, 1]
    voice(story, 2, 3000, own=True, doubted=False)
    story.wait(8000)
    assert len(story.all(commands.Hold)) == 1, "once is enough to know that the room echoes"
    assert not story.all(commands.Cut)


def test_its_own_echo_is_no_sign_of_the_host() -> None:
    """On Douyin it is in text alone when the host was not heard for 3 minutes, whatever it says itself."""
    story = Story(shop(platforms={"douyin": {}}), ScriptedHands(clause_ms=2000))
    story.happens(events.HostStarted(1, 0), events.HostStopped(1, 500), events.HostSaid(1, "hello", "en", 0, 500, 0))
    for number in range(2, 9):
        story.asks("return policy?", faq="returns", user=f"u{number}")
        story.wait(1500)
        voice(story, number, 500, own=True)
        story.wait(28_000)
    assert story.all(commands.ShowFloor)[-1].silent == "host away"
