"""A report on demand, as stories: from a moderator's line in the chat to the spoken counts with their evidence."""

from __future__ import annotations

import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.knowledge import Knowledge
from livehost.toolbox import PREFIX
from tests.story import Story, replayed, shop

MODERATOR = Viewer("jo", "jo", ("moderator",))


def asked(knowledge: Knowledge | None = None) -> Story:
    """Three viewers ask about Canada, two for the price, one about returns, one what nobody wrote down."""
    told = Story(knowledge)
    for user in ("a", "b", "c"):
        told.asks("do you ship to canada", user=user, faq="ship-canada")
    for user in ("d", "e"):
        told.asks("how much is the ridge jacket?", user=user)
    told.asks("return policy?", user="f", faq="returns")
    told.asks("what is in your mug?", user="g")
    told.wait(60_000)
    return told


def wants(told: Story, text: str, who: Viewer = MODERATOR) -> None:
    told.happens(events.ChatReceived("test", ChatLine(id="wish", platform="test", user=who, text=text)))
    told.wait(20_000)


@pytest.mark.parametrize(
    ("languages", "wish", "said"),
    [
        (["en"], "!report", "So far there were 7 questions. Asked most: Do you ship to Canada? 3 times. "
                            "The price of the Ridge Jacket, 2 times. 1 is for the host."),
        (["zh", "en"], "！小结", "到现在收到7个问题。问得最多的是：Do you ship to Canada，3次；Ridge Jacket的价格，2次。"
                                "有1个要主播来回答。"),
    ],
)  # fmt: skip
def test_a_moderator_has_it_said_what_was_asked_most(languages: list[str], wish: str, said: str) -> None:
    told = asked(shop(languages=languages))
    before = len(told.spoken())
    wants(told, wish)
    (spoken,) = told.spoken()[before:]
    assert spoken.replace(" ", "") == said.replace(" ", "")
    shown = told.all(commands.ShowDecision)[-1]
    assert (shown.line_id, shown.decision.spoken) == ("wish", said)
    facts = [(e.source, e.id, e.field, e.value) for e in shown.decision.evidence]
    assert ("moderator", "jo (test)", "report", "") in facts and ("session", "", "questions", "7") in facts
    assert ("session", "faq:ship-canada", "asked", "3 × Do you ship to Canada?") in facts
    assert told.all(commands.ShowActed)[-1].action == "report"
    assert replayed(told) == [command for _, command in told.seen]


def test_a_viewer_may_not_have_it_said_and_nothing_asked_is_told_as_that() -> None:
    told = asked()
    before = len(told.spoken())
    wants(told, "!report", Viewer("x", "x"))
    assert len(told.spoken()) == before and not told.all(commands.ShowActed)
    nobody = Story()
    nobody.act("report")
    nobody.wait(9000)
    assert nobody.spoken() == ["Nobody has asked anything so far."]


def test_no_viewers_words_are_said_nor_what_the_creator_must_not_say() -> None:
    told = asked(shop(policy={"banned_words": ["Canada"]}))
    told.asks("the MUG the MUG the MUG", user="h")
    told.asks("queue?", user="i", faq=f"{PREFIX}queue")
    told.wait(30_000)
    told.act("report")
    told.wait(20_000)
    assert "MUG" not in told.spoken()[-1] and "Canada" not in told.spoken()[-1]
