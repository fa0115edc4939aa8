"""Stories of a guest beside the host: not talked over, and never taken for the host."""

from __future__ import annotations

from livehost import commands, events
from tests.story import ScriptedHands, Story, replayed, shop


def speaking() -> Story:
    story = Story(hands=ScriptedHands(clause_ms=6000))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    return story


def test_nothing_is_begun_while_a_guest_speaks() -> None:
    story = Story()
    story.happens(events.GuestStarted("call", 0))
    story.asks("return policy?", faq="returns")
    story.wait(4000)
    assert not story.all(commands.Play)
    story.happens(events.GuestStopped("call", 4000))
    story.wait(1500)
    assert story.when(commands.Play) == [4000 + 1000]
    assert replayed(story) == [command for _, command in story.seen]


def test_a_guest_who_goes_on_is_yielded_to() -> None:
    story = speaking()
    story.happens(events.GuestStarted("call", 2000))
    story.wait(2000)
    assert story.when(commands.Hold) == [2440]
    assert story.when(commands.Cut) == [3500]


def test_a_guests_mere_mm_is_not() -> None:
    story = speaking()
    story.happens(events.GuestStarted("call", 2000))
    story.wait(400)
    story.happens(events.GuestStopped("call", 2400))
    story.wait(9000)
    assert not story.all(commands.Cut) and len(story.all(commands.Resume)) == 1


def test_the_floor_is_free_when_the_last_voice_has_ended() -> None:
    story = Story()
    story.happens(events.HostStarted(1, 0), events.GuestStarted("call", 0))
    story.asks("return policy?", faq="returns")
    story.wait(1000)
    story.happens(events.HostStopped(1, 1000), events.HostSaid(1, "so", "en", 0, 1000, 0))
    story.wait(2000)
    assert not story.all(commands.Play)
    story.happens(events.GuestStopped("call", 3000))
    story.wait(1500)
    assert story.when(commands.Play) == [4000]


def test_the_hosts_words_over_ours_and_a_guests_count() -> None:
    story = speaking()
    story.happens(events.GuestStarted("call", 2000))
    story.wait(100)
    story.happens(events.HostStarted(1, 2100), events.HostPartial(1, "no wait", "en"))
    assert story.when(commands.Cut) == [2100]


def test_a_host_who_was_cut_off_in_mid_word_is_heard_again() -> None:
    story = Story()
    story.happens(events.HostStarted(1, 0), events.PartChanged("hearing", "lost"), events.PartChanged("hearing", "ok"))
    story.asks("return policy?", faq="returns")
    story.wait(200)
    story.happens(events.HostStarted(2, 200))
    story.wait(4000)
    assert not story.all(commands.Play)


def test_a_guest_is_no_sign_of_the_host() -> None:
    story = Story(shop(platforms={"douyin": {}}), ScriptedHands(clause_ms=2000))
    story.happens(events.HostStarted(1, 0), events.HostStopped(1, 500), events.HostSaid(1, "hello", "en", 0, 500, 0))
    for _ in range(7):
        story.happens(events.GuestStarted("call", story.now_ms), events.GuestStopped("call", story.now_ms + 400))
        story.wait(30_000)
    assert story.all(commands.ShowFloor)[-1].silent == "host away"
