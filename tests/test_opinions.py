"""The creator's opinions: asked once, said as theirs, found by viewers' own words; what was not asked is never said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livehost.asking import Asker, matcher_for
from livehost.cli.base import app
from livehost.creators import demo_creators, load
from livehost.opinions import QUESTIONS, open_questions

ANSWERS = {
    "anna": "own: I hike in the Ridge Jacket, three winters now.\nmistake: They buy boots that are too small.\n",
    "xiaohe": "own: 我家里天天用的就是那口铸铁锅。\nmistake: 洗完锅不擦干，放着就锈了。\n",
}


def creator(name: str, tmp: Path) -> Path:
    folder = tmp / name
    shutil.copytree(next(path for path in demo_creators() if path.name == name), folder)
    (tmp / "answers.txt").write_text(ANSWERS[name], encoding="utf-8")
    done = CliRunner().invoke(app, ["persona", "ask", str(folder), "--answers", str(tmp / "answers.txt")])
    assert done.exit_code == 0 and "2 answers written" in done.output, done.output
    return folder


@pytest.mark.parametrize(("name", "said"), [("anna", "Anna says: I hike in"), ("xiaohe", "小禾说：我家里天天用的")])
def test_an_answer_is_an_entry_in_the_creators_name_and_is_asked_once(tmp_path: Path, name: str, said: str) -> None:
    knowledge = load(creator(name, tmp_path))
    entry = knowledge.faq_by_id["opinion-own"]
    own = next(question for question in QUESTIONS["zh" if name == "xiaohe" else "en"] if question.id == "own")
    assert entry.answer.startswith(said) and entry.also_asked == own.by_viewers[1:]
    assert {question.id for question in open_questions(knowledge)} == {question.id for question in QUESTIONS["en"]} - {
        "own",
        "mistake",
    }
    again = CliRunner().invoke(
        app, ["persona", "ask", str(tmp_path / name), "--answers", str(tmp_path / "answers.txt")]
    )
    assert again.exit_code != 0


def test_what_must_not_be_said_is_asked_again(tmp_path: Path) -> None:
    folder = creator("xiaohe", tmp_path)
    lines = ["", "", "全网第一，最好的", "我喜欢那口锅", "", "", ""]
    done = CliRunner().invoke(app, ["persona", "ask", str(folder)], input="\n".join(lines) + "\n" * 9)
    assert done.exit_code == 0, done.output
    assert "must not be said" in done.output
    told = [faq.answer for faq in load(folder).faqs if faq.id.startswith("opinion-")]
    assert len(told) == 3 and "小禾说：我喜欢那口锅" in told and not any("第一" in answer for answer in told)


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "asked", "never"),
    [
        (
            "anna",
            ("so which one do you actually wear yourself?", "what are the mistakes most people make?"),
            "are you married?",
        ),
        ("xiaohe", ("你自己平时用哪个锅啊", "大家最容易犯的错是什么"), "你结婚了吗"),
    ],
)
def test_viewers_find_it_in_other_words(tmp_path: Path, name: str, asked: tuple[str, ...], never: str) -> None:
    knowledge = load(creator(name, tmp_path))
    asker = Asker(knowledge, matcher_for(knowledge, tmp_path / "e.sqlite"))
    told = {line: asker.ask(line) for line in (*asked, never)}
    assert [told[line].faq for line in asked] == ["opinion-own", "opinion-mistake"]
    assert all(told[line].evidence[0].source == "faq.csv" for line in asked)
    assert told[never].route != "answer"
