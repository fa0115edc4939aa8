"""A creator's folder in one guided go: what it writes, brings in, learns, tries, and keeps of a person's judgement."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from livehost.cli.base import app
from livehost.creators import demo_creators, load
from livehost.errors import BadInput
from livehost.evaluation import read_cases
from livehost.imports.feeds import Shop
from livehost.onboarding import CASES, Who, begin, bring_in, keep_case, questions_to_try, some
from tests.test_composing import asks_about_canada, story
from tests.test_style import ENGLISH

ANNA = next(folder for folder in demo_creators() if folder.name == "anna")


def test_it_begins_in_ask_first_and_overwrites_nothing(tmp_path: Path) -> None:
    begin(tmp_path / "mia", Who("Mia", "Pip", ("en", "zh"), 'Dry, "brief".', chats=("twitch:mia", "file:x")))
    creator = load(tmp_path / "mia").creator
    assert (creator.name, creator.mode, creator.languages, creator.persona) == (
        "Mia",
        "ask-first",
        ("en", "zh"),
        'Dry, "brief".',
    )
    assert set(creator.platforms) == {"twitch"} and creator.voice == "heart"
    with pytest.raises(BadInput, match="already"):
        begin(tmp_path / "mia", Who("Mia"))


def test_files_are_brought_in_and_a_faulty_one_is_told(tmp_path: Path) -> None:
    begin(tmp_path / "mia", Who("Mia"))
    (tmp_path / "broken.csv").write_text("what,ever\n1,2\n", encoding="utf-8")
    files = [ANNA / "products.csv", tmp_path / "broken.csv", ANNA / "faq.csv"]
    found = bring_in(tmp_path / "mia", files, Shop("USD"))
    assert [isinstance(one, str) for one in found] == [False, True, False]
    knowledge = load(tmp_path / "mia")
    cases = questions_to_try(knowledge)
    assert len(cases) > len(knowledge.faqs) and len(some(cases)) == 12


def test_a_judgement_is_a_case(tmp_path: Path) -> None:
    told = story()
    asks_about_canada(told)
    told.wait(100)
    from livehost import commands

    (shown,) = told.all(commands.ShowDecision)
    keep_case(tmp_path, shown.decision, right=True)
    keep_case(tmp_path, shown.decision, right=False)
    right, wrong = read_cases(tmp_path / CASES)
    assert right.expect.faq == "ship-canada" and wrong.expect.route == ("hold", "host")


@pytest.mark.models
def test_the_whole_of_it(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(ENGLISH, encoding="utf-8")
    folder = tmp_path / "mia"
    options = [
        "--file",
        str(ANNA / "products.csv"),
        "--file",
        str(ANNA / "faq.csv"),
        "--talk",
        str(tmp_path / "talk.txt"),
    ]
    answers = "\n".join(["Mia", "en", "Pip", "Dry and brief.", "y", "n", "", "q"]) + "\n"
    done = CliRunner().invoke(app, ["new", str(folder), *options], input=answers)
    assert done.exit_code == 0, done.output
    assert "phrases" in done.output and "coverage" in done.output and "2 judgements" in done.output
    assert len(read_cases(folder / CASES)) == 2 and load(folder).creator.style.phrases
