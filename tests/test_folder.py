"""The creator's folder while a session runs: real files, edited as people and programs edit them."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from livehost.clock import SessionClock
from livehost.commands import Among
from livehost.creators import load
from livehost.errors import BadInput
from livehost.events import Candidate, Event, KnowledgeChanged, PartChanged
from livehost.folder import CreatorFolder, write_entry
from livehost.knowledge import Change, Faq, Knowledge, Money, changed, difference

PRODUCTS = "id,title,price\nridge,Ridge Jacket,129.00 USD\nstorm,Storm Jacket,159.00 USD\n"
FAQ = "id,question,answer\nreturns,What is your return policy?,60 days.\n"


class NoMatcher:
    """Stands for the matcher of one state of the knowledge."""

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        return ()


@pytest.fixture
def creator(tmp_path: Path) -> Path:
    (tmp_path / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    (tmp_path / "products.csv").write_text(PRODUCTS, encoding="utf-8")
    (tmp_path / "faq.csv").write_text(FAQ, encoding="utf-8")
    return tmp_path


def watched(creator: Path, *edits: Callable[[], object]) -> tuple[list[Event], list[Knowledge]]:
    """What is told after each edit, and what matchers were made of."""
    told: list[Event] = []
    found: list[Knowledge] = []

    def find(knowledge: Knowledge) -> NoMatcher:
        found.append(knowledge)
        return NoMatcher()

    async def look() -> None:
        clock = SessionClock(asyncio.get_running_loop())
        folder = CreatorFolder(creator, load(creator), clock, find, lambda _matcher: None)
        for edit in edits:
            edit()
            for _ in range(3):
                await folder.look(told.append)

    asyncio.run(look())
    return told, found


def edit(path: Path, old: str, new: str) -> Callable[[], object]:
    return lambda: path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_new_price_is_told_alone_and_no_matcher_is_made(creator: Path) -> None:
    told, found = watched(creator, edit(creator / "products.csv", "129.00", "99.00"))
    change, part = told
    assert isinstance(change, KnowledgeChanged) and isinstance(part, PartChanged)
    (row,) = change.change.products
    assert (row.id, row.price) == ("ridge", Money(Decimal("99.00"), "USD"))
    assert change.change == Change(products=(row,))
    assert (part.part, part.state, part.detail) == ("knowledge", "ok", "1 products")
    assert found == []


def test_a_new_entry_makes_a_matcher_before_it_is_told(creator: Path) -> None:
    told, found = watched(creator, edit(creator / "faq.csv", "60 days.\n", "60 days.\nhood,Hood?,Yes.\n"))
    assert isinstance(told[0], KnowledgeChanged)
    assert [faq.id for faq in told[0].change.faqs] == ["hood"]
    assert [len(knowledge.faqs) for knowledge in found] == [2]


def test_documents_and_settings_are_followed(creator: Path) -> None:
    def documents() -> None:
        (creator / "knowledge").mkdir()
        (creator / "knowledge" / "about.md").write_text("We are two people in Oregon.", encoding="utf-8")

    told, _ = watched(
        creator,
        documents,
        lambda: (creator / "creator.toml").write_text(
            'name = "Anna"\nvoice = "af"\nmode = "quiet"\n', encoding="utf-8"
        ),
    )
    assert [type(event).__name__ for event in told] == ["KnowledgeChanged", "PartChanged"] * 2
    assert isinstance(told[2], KnowledgeChanged) and told[2].change.creator
    assert isinstance(told[3], PartChanged) and told[3].detail == "creator.toml; at the next start: voice"


def test_a_broken_edit_is_told_once_and_the_old_knowledge_stays(creator: Path) -> None:
    products = creator / "products.csv"
    told, _ = watched(
        creator,
        edit(products, "129.00 USD", "cheap"),
        edit(products, "159.00", "149.00"),
        edit(products, "cheap", "129.00 USD"),
    )
    parts = [event for event in told if isinstance(event, PartChanged)]
    assert [part.state for part in parts] == ["degraded", "degraded", "ok"]
    assert "line 2: price 'cheap' is no price" in parts[0].detail
    (change,) = [event.change for event in told if isinstance(event, KnowledgeChanged)]
    assert [row.id for row in change.products] == ["storm"]


def test_a_file_that_vanished_takes_nothing_along(creator: Path) -> None:
    told, _ = watched(creator, (creator / "products.csv").unlink)
    (part,) = told
    assert isinstance(part, PartChanged) and part.state == "degraded"
    assert "products.csv is gone; what was in it still counts" in part.detail


def test_what_is_still_being_written_waits(creator: Path) -> None:
    """A look finds the file growing; only the look that finds it as it was loads it."""
    told: list[Event] = []

    async def look() -> None:
        clock = SessionClock(asyncio.get_running_loop())
        folder = CreatorFolder(creator, load(creator), clock, lambda _k: NoMatcher(), lambda _m: None)
        (creator / "products.csv").write_text("id,title,price\n", encoding="utf-8")
        await folder.look(told.append)
        (creator / "products.csv").write_text(PRODUCTS + "belt,Belt,9.00 USD\n", encoding="utf-8")
        await folder.look(told.append)
        assert told == []
        await folder.look(told.append)

    asyncio.run(look())
    assert isinstance(told[0], KnowledgeChanged)
    assert told[0].change.products_gone == () and [p.id for p in told[0].change.products] == ["belt"]


def test_difference_and_change_are_each_others_inverse(creator: Path) -> None:
    old = load(creator)
    (creator / "products.csv").write_text("id,title,price\nstorm,Storm,1 USD\nbelt,Belt,9 USD\n", encoding="utf-8")
    (creator / "faq.csv").write_text(FAQ + "hood,Hood?,Yes.\n", encoding="utf-8")
    new = load(creator)
    after = changed(old, difference(old, new))
    assert after.product_by_id == new.product_by_id and after.faq_by_id == new.faq_by_id
    assert not difference(new, new)


# --- writing what people teach


def rows(path: Path, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=separator))


def test_an_entry_is_appended_and_the_rest_stays_as_it_was(creator: Path) -> None:
    path = creator / "faq.csv"
    path.write_text("\ufeffid;answer;question;note\nreturns;60 days.;Returns?;mine", encoding="utf-8")
    write_entry(path, Faq("live-1", "Is it, well, washable?", 'Yes; "cold" only.'), "written by mod", set())
    assert path.read_bytes().startswith("\ufeffid;answer;question;note\nreturns;60 days.;Returns?;mine\n".encode())
    last = rows(path, ";")[-1]
    assert last == {"id": "live-1", "answer": 'Yes; "cold" only.', "question": "Is it, well, washable?", "note": ""}
    assert [faq.id for faq in load(creator).faqs] == ["returns", "live-1"]


def test_a_missing_faq_is_made_and_gb18030_becomes_utf8(creator: Path) -> None:
    path = creator / "faq.csv"
    path.unlink()
    write_entry(path, Faq("live-1", "能洗吗", "能。", "ridge"), "host: 能洗", {"ridge"})
    assert rows(path)[0]["source"] == "host: 能洗"
    path.write_bytes("id,question,answer\na,怎么洗,手洗。\n".encode("gb18030"))
    write_entry(path, Faq("live-2", "能洗吗", "能。"), "x", set())
    assert [row["question"] for row in rows(path)] == ["怎么洗", "能洗吗"]


def test_viewers_text_is_no_formula_and_no_second_row(creator: Path) -> None:
    path = creator / "faq.csv"
    write_entry(path, Faq("live-1", '=HYPERLINK("x")\nid2,evil,row', "+1 fine"), "x", set())
    last = rows(path)[-1]
    assert (last["question"], last["answer"]) == ('HYPERLINK("x") id2,evil,row', "1 fine")


def test_what_would_not_load_is_not_written(creator: Path) -> None:
    path = creator / "faq.csv"
    before = path.read_bytes()
    with pytest.raises(BadInput, match="the id 'returns'"):
        write_entry(path, Faq("returns", "Again?", "No."), "x", set())
    assert path.read_bytes() == before
    assert sorted(p.name for p in creator.iterdir()) == ["creator.toml", "faq.csv", "products.csv"]


def test_tools_count_from_the_next_start_and_a_faulty_file_is_told(creator: Path) -> None:
    step = '[[tool.step]]\nget = "http://a.example/"\n[[tool.answer]]\nen = "x"\n'
    tools = 'hosts = ["a.example"]\n[[tool]]\nid = "t"\nasked = ["x"]\n' + step
    told, _ = watched(
        creator,
        lambda: (creator / "tools.toml").write_text(tools, encoding="utf-8"),
        lambda: (creator / "tools.toml").write_text(tools.replace("a.example/", "b.example/"), encoding="utf-8"),
    )
    first, faulty = told
    assert first == PartChanged("knowledge", "ok", "; at the next start: tools.toml")
    assert isinstance(faulty, PartChanged) and faulty.state == "degraded" and "not in hosts" in faulty.detail
