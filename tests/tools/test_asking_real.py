"""The ready examples with the real matcher: lines in other words than the wordings, asked of `livehost ask`'s own parts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from livehost.asking import Asker, matcher_for
from livehost.creators import demo_creators, load
from livehost.toolbox import read_toolbox
from livehost.tools.runner import Runner
from tests.tools.serving import Town
from tests.tools.test_runner_real import examples

pytestmark = pytest.mark.models


@pytest.fixture(scope="module", params=["anna", "xiaohe"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Asker]]:
    """A demo creator, with a FAQ of its own, and the example tools."""
    town = Town()
    folder = tmp_path_factory.mktemp("creator") / request.param
    shutil.copytree(next(path for path in demo_creators() if path.name == request.param), folder)
    examples(town, folder)
    knowledge = load(folder)
    runner = Runner(read_toolbox(folder / "tools.toml"))
    yield request.param, Asker(knowledge, matcher_for(knowledge, tmp_path_factory.mktemp("cache") / "e.sqlite"), runner)
    runner.close()
    town.close()


LINES = {
    "anna": (
        ("whats the queue like at soho right now?", "7 tables are waiting at Soho"),
        ("do i have to wait long for a table at the harbour", "There is no queue at Harbour"),
        ("when does your python course begin?", "The Python course begins on March 3"),
        ("who is teaching the pottery course", "begins on March 3 is full"),
        ("what time do you close today?", "until 22:00"),
        ("any tables free around 7 pm tonight", "At 7 pm, 5 tables are free"),
        ("how do i get from the central station to the old pier?", "take tram 5, about 18 minutes"),
    ),
    "xiaohe": (
        ("索霍店现在排队要等多久呀", "索霍店前面还有7桌"),
        ("海港店要等位吗", "海港店现在不用排队"),
        ("python课几号开课", "Python课March 3开课，Lin Wei主讲"),
        ("今天晚上几点关门", "今天到22:00"),
        ("8点还有位子吗", "8点已经坐满了"),
        ("从人民广场到外滩怎么走啊", "坐tram 5，大约18分钟"),
    ),
}


def test_questions_in_other_words_find_their_tool(asker: tuple[str, Asker]) -> None:
    name, parts = asker
    found = {line: parts.ask(line).answer for line, _ in LINES[name]}
    wrong = {line: found[line] for line, said in LINES[name] if said not in found[line]}
    assert not wrong


def test_the_shops_own_questions_are_answered_as_before(asker: tuple[str, Asker]) -> None:
    name, parts = asker
    line, faq = ("do you ship to canada?", "ship-canada") if name == "anna" else ("包邮吗", "")
    decision = parts.ask(line)
    assert decision.route == "answer" and (not faq or decision.faq == faq)
