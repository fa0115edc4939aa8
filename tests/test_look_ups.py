"""Tools told as stories, in Chinese and in English: from the chat line to the spoken answer with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.knowledge import Knowledge
from livehost.settings import Mode
from livehost.toolbox import read_toolbox
from livehost.understand.arguments import arguments_in
from tests.story import ScriptedHands, Story, replayed, shop

BOX = read_toolbox(Path(str(resources.files("livehost"))) / "demo" / "examples" / "tools.toml")
Answer = dict[str, str] | str
QUEUE: Answer = {"tables": "7", "minutes": "25"}
COURSE: Answer = {"begins": "March 3", "teacher": "Lin Wei", "places": "4"}
ROUTE: Answer = {"here": "Central Station", "there": "the Old Pier", "line": "tram 5", "minutes": "18"}
ROUTE_ZH: Answer = {"here": "人民广场", "there": "外滩", "line": "2号线", "minutes": "18"}


def town(mode: Mode = "polite") -> Knowledge:
    return msgspec.structs.replace(shop(mode), tools=BOX.tool)


def story(
    tool: str, answer: Answer, mode: Mode = "polite", asked: Callable[[dict[str, str]], None] | None = None
) -> Story:
    def tell(arguments: dict[str, str]) -> Answer:
        if asked:
            asked(arguments)
        return answer

    told = Story(town(mode), ScriptedHands(tools={tool: tell}))
    told.happens(events.PartChanged("tools", "ok"))
    return told


def posts(told: Story) -> list[str]:
    assert replayed(told) == [command for _, command in told.seen], "the recording alone gives the same"
    return [post.text for post in told.all(commands.Post)]


@pytest.mark.parametrize(
    ("tool", "line", "answer", "said"),
    [
        ("queue", "how long is the queue at soho?", QUEUE, "7 tables are waiting at Soho, that is about 25 minutes."),
        ("queue", "海港店现在要排队多久", QUEUE, "海港店前面还有7桌，大约25分钟。"),
        ("queue", "索霍店排队的人多吗", {"tables": "0", "minutes": "0"}, "索霍店现在不用排队。"),
        ("course", "when does the python course start?", COURSE,
         "The Python course begins on March 3 with Lin Wei, 4 places are free."),
        ("course", "陶艺课什么时候开课", {"begins": "3月3日", "teacher": "林薇", "places": "4"},
         "陶艺课3月3日开课，林薇主讲，还有4个名额。"),
        ("hours", "are you open now?", {"open": "yes", "opens": "10:00", "closes": "22:00"}, "We are open, until 22:00 today."),
        ("hours", "现在开门吗", {"open": "no", "opens": "10:00", "closes": "22:00"}, "现在休息，10:00开门。"),
        ("route", "how do i get from central station to the old pier?", ROUTE,
         "From Central Station to the Old Pier take tram 5, about 18 minutes."),
        ("route", "从人民广场到外滩怎么走呀", ROUTE_ZH, "从人民广场到外滩坐2号线，大约18分钟。"),
    ],
)  # fmt: skip
def test_a_line_is_answered_by_a_tool(tool: str, line: str, answer: Answer, said: str) -> None:
    told = story(tool, answer)
    told.asks(line, faq=f"tool:{tool}")
    told.wait(8000)
    assert [text.split("] ")[-1] for text in posts(told)] == [said]
    assert len(told.spoken()) == 1
    (shown,) = told.all(commands.ShowDecision)
    assert shown.decision.kind == "routine" and shown.decision.spoken == said
    assert {(f"tool:{tool}", name) for name in dict(answer)} <= {(e.source, e.field) for e in shown.decision.evidence}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tool", "line", "arguments"),
    [
        ("route", "hey how do i get from central station to the old pier, please?",
         {"start": "central station", "goal": "the old pier"}),
        ("route", "how long does it take from stockholm to tokyo?", {"start": "stockholm", "goal": "tokyo"}),
        ("route", "从火车站去夜市要多久", {"start": "火车站", "goal": "夜市"}),
        ("route", "how do i get from <b>x</b> to y", {}),
        ("queue", "how long is the line", {}),
        ("queue", "is there a queue at the Harbour", {"branch": "harbour"}),
        ("book", "can i book a table for four at 7:30 pm?", {"people": "4", "time": "7:30 pm"}),
        ("book", "帮我订一张3个人的桌子，7点半", {"people": "3", "time": "7点半"}),
        ("book", "book a table for 400", {}),
    ],
)  # fmt: skip
def test_what_a_line_gives_to_a_tool(tool: str, line: str, arguments: dict[str, str]) -> None:
    assert arguments_in(line, next(t for t in BOX.tool if t.id == tool)) == arguments


@pytest.mark.parametrize("trouble", ["took too long", "HTTP 500", "minutes is out of its bounds 0 to 300"])
def test_a_tool_that_fails_leaves_the_question_to_the_host(trouble: str) -> None:
    told = story("queue", trouble)
    told.asks("how long is the queue at soho?", faq="tool:queue")
    told.wait(8000)
    assert posts(told) == [] and told.spoken() == []
    (shown,) = told.all(commands.ShowDecision)
    assert shown.decision.route == "host" and trouble in shown.decision.reasons[-1]


def test_what_a_tool_says_is_held_where_it_must_not_be_said() -> None:
    told = story("course", {"begins": "March 3", "teacher": "the best in the world", "places": "4"})
    told.asks("when does the python course start?", faq="tool:course")
    told.wait(8000)
    assert posts(told) == [] and told.states(1) == ["held"]


def test_what_is_missing_is_asked_back_and_taken_from_the_next_line() -> None:
    for line, back, next_line, said in (
        ("how long is the queue?", "Which one do you mean, Soho or Harbour?", "soho",
         "7 tables are waiting at Soho, that is about 25 minutes."),
        ("现在要排队多久", "您问的是索霍店还是海港店？", "海港", "海港店前面还有7桌，大约25分钟。"),
    ):  # fmt: skip
        told = story("queue", QUEUE)
        told.asks(line, faq="tool:queue")
        told.wait(6000)
        told.asks("soho", user="somebody else")
        told.asks(next_line)
        told.wait(15_000)
        assert [text.split("] ")[-1].removeprefix("【AI】") for text in posts(told)] == [back, said]
        assert told.all(commands.ShowDecision)[0].decision.asks_back


def test_two_branches_are_two_questions_and_one_branch_is_asked_once() -> None:
    calls: list[dict[str, str]] = []
    told = story("queue", QUEUE, asked=calls.append)
    told.happens(events.HostStarted(1, 0))
    for user, line in (("a", "queue at soho?"), ("b", "how long is the queue at soho"), ("c", "queue at the harbour?")):
        told.asks(line, user=user, faq="tool:queue")
    told.wait(3000)
    assert calls == [{"branch": "soho"}, {"branch": "harbour"}]
    assert len(posts(told)) == 2


def test_a_booking_waits_for_a_person_then_is_done_and_answered() -> None:
    for line, asked, said in (
        ("can i book a table for 3 at 7 pm?", "Book a table for 3 at 7 pm?",
         "Your table for 3 at 7 pm is booked, the number is A3."),
        ("帮我订一张3个人的桌子，7点", "预订7点，3位？", "7点、3位的桌子订好了，号码是A3。"),
    ):  # fmt: skip
        told = story("book", {"number": "A3"})
        told.asks(line, faq="tool:book")
        told.wait(5000)
        assert told.all(commands.CallTool) == [] and posts(told) == []
        assert told.all(commands.ShowItem)[-1].text == asked
        told.act("approve", 1)
        told.wait(8000)
        assert len(told.all(commands.CallTool)) == 1
        assert [text.split("] ")[-1].removeprefix("【AI】") for text in posts(told)] == [said]
        assert told.spoken() == [said] and told.states(1)[-1] == "answered"
        facts = {
            (piece.source, piece.field, piece.value) for piece in told.all(commands.ShowDecision)[-1].decision.evidence
        }
        assert {("tool:book", "number", "A3"), ("tool:book", "people", "3"), ("moderator", "approve", "book")} <= facts


def test_a_booking_that_fails_stays_with_the_person() -> None:
    told = story("book", "took too long")
    told.asks("can i book a table for 3 at 7 pm?", faq="tool:book")
    told.wait(500)
    told.act("approve", 1)
    told.wait(5000)
    assert posts(told) == [] and told.spoken() == []
    last = told.all(commands.ShowItem)[-1]
    assert last.state == "held" and "took too long" in last.reason


def test_a_booking_whose_line_was_deleted_is_not_made() -> None:
    told = story("book", {"number": "A3"})
    line = told.asks("can i book a table for 3 at 7 pm?", faq="tool:book")
    told.wait(500)
    told.happens(events.ChatReceived("test", ChatLine(type="deleted", target_id=line)))
    told.act("approve", 1)
    told.wait(5000)
    assert told.all(commands.CallTool) == [] and posts(told) == []


def private(told: Story, text: str, account: str = "c-17") -> None:
    line = ChatLine(id="p1", platform="dm", user=Viewer("mia", "mia"), text=text, private=True, account=account)
    told.happens(events.ChatReceived("bridge", line))


@pytest.mark.parametrize(
    ("line", "public", "answer"),
    [
        ("where is my order?", "For your own order please write to us in private, I can't look at orders here.",
         "Your order is on its way and arrives on November 30."),
        ("我的快递到哪了", "订单的事请私信我们，这里看不了订单。", "您的订单已经发出，预计November 30送到。"),
    ],
)  # fmt: skip
def test_an_order_is_told_in_private_alone(line: str, public: str, answer: str) -> None:
    told = story("order", {"state": "sent", "arrives": "November 30"})
    told.asks(line)
    told.wait(8000)
    assert told.all(commands.CallTool) == []
    assert [text.split("] ")[-1].removeprefix("【AI】") for text in posts(told)] == [public]
    told = story("order", {"state": "sent", "arrives": "November 30"})
    private(told, line)
    told.wait(8000)
    (post,) = told.all(commands.Post)
    assert post.text.endswith(answer) and (post.source, post.reply_to) == ("bridge", "p1")
    assert told.spoken() == [] and told.all(commands.Synthesise) == []
    shown = [s.decision for s in told.all(commands.ShowDecision)]
    assert "November" not in str(shown) and "c-17" not in str(shown)
    posts(told)


def test_in_private_without_an_account_no_order_is_told() -> None:
    told = story("order", {"state": "sent", "arrives": "November 30"})
    private(told, "where is my order?", account="")
    told.wait(8000)
    assert told.all(commands.CallTool) == [] and "write to us in private" in posts(told)[0]


def test_a_shops_own_stock_goes_before_the_feed() -> None:
    told = story("stock", {"title": "Ridge Jacket", "price": "119", "left": "3"})
    told.asks("how much is the ridge jacket?")
    told.wait(6000)
    assert posts(told) == ["[AI] The Ridge Jacket is $119, 3 are in stock."]
    told = story("stock", "HTTP 500")
    told.asks("how much is the ridge jacket?")
    told.wait(6000)
    assert posts(told) == ["[AI] The Ridge Jacket is $129. https://shop.example/ridge-jacket"]


def test_while_the_tools_are_off_the_question_goes_to_the_host() -> None:
    told = Story(town())
    told.asks("how long is the queue at soho?", faq="tool:queue")
    told.wait(3000)
    assert told.all(commands.CallTool) == []
    assert told.all(commands.ShowDecision)[0].decision.route == "host"


def test_in_ask_first_a_person_sees_the_answer_first() -> None:
    told = story("queue", QUEUE, mode="ask-first")
    told.asks("how long is the queue at soho?", faq="tool:queue")
    told.wait(5000)
    assert posts(told) == [] and told.states(1) == ["held"]
    told.act("approve", 1)
    told.wait(6000)
    assert len(posts(told)) == 1
