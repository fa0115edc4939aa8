"""Many evenings in numbers: against a count of the recordings' own lines, and evenings told as stories."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from livehost import events
from livehost.chat import ChatLine, Viewer
from livehost.creators import demo_creators, load
from livehost.decide.claims import unfounded
from livehost.errors import BadInput
from livehost.knowledge import Knowledge
from livehost.record.folder import EVENTS
from livehost.review.evenings import numbers_of, write_page
from livehost.review.numbers import Numbers
from tests.review.test_timeline import RECORDED
from tests.story import Story, shop
from tests.test_replay import record

TUESDAY, FRIDAY = "2026-11-24T20:50:00+01:00", "2026-11-27T20:50:00+01:00"


def creator(name: str) -> Path:
    return next(folder for folder in demo_creators() if folder.name == name)


def shelf(tmp: Path, name: str) -> Path:
    """The kept recording of a demo creator, twice, on a Tuesday and a Friday."""
    for number, began in enumerate((TUESDAY, FRIDAY)):
        folder = tmp / f"evening-{number}"
        shutil.copytree(RECORDED / name, folder)
        header = folder / "session.toml"
        text = re.sub(r'(?m)^started_at = ".*"', f'started_at = "{began}"', header.read_text(encoding="utf-8"))
        header.write_text(text, encoding="utf-8")
    return tmp


def told_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / EVENTS).read_bytes().splitlines()]


@pytest.mark.parametrize("name", ["anna", "xiaohe"])
def test_the_recordings_own_lines_are_counted(tmp_path: Path, name: str) -> None:
    found = numbers_of(creator(name), shelf(tmp_path, name), hash)
    lines = told_in(RECORDED / name)
    chat = [line["event"]["line"] for line in lines if line.get("event", {}).get("type") == "ChatReceived"]
    messages = [line for line in chat if line.get("type", "message") == "message"]
    decided = {wish["line_id"]: wish["decision"] for line in lines if (wish := line.get("command", {})).get("decision")}
    asked = [d for m in messages if (d := decided.get(m["id"], {})).get("kind") in ("routine", "other_question")]
    assert (found.sessions, found.first, found.last) == (2, "2026-11-24", "2026-11-27")
    assert found.lines == 2 * len(messages) and found.asked == 2 * len(asked)
    assert found.viewers == len({(m["platform"], m["user"]["id"]) for m in messages})
    products = {p.product_id: p for p in found.products}
    for product in {d["product_id"] for d in asked if d.get("product_id") and d["kind"] == "routine"}:
        about = [d for d in asked if d.get("product_id") == product and d["kind"] == "routine"]
        assert products[product].asked == 2 * len(about)
    assert sum(slot.questions for slot in found.hours) == found.asked
    assert sum(slot.on_air_ms for slot in found.hours) == found.on_air_ms


@pytest.mark.parametrize("name", ["anna", "xiaohe"])
def test_every_draft_stands_on_the_creators_own_data(tmp_path: Path, name: str) -> None:
    found = numbers_of(creator(name), shelf(tmp_path, name), hash)
    knowledge = load(creator(name))
    drafts = [one.draft for one in found.segments if one.draft]
    assert drafts
    for draft in drafts:
        assert unfounded(draft.spoken, draft.evidence) == ()
        for piece in draft.evidence:
            row: Any = {**knowledge.product_by_id, **knowledge.faq_by_id}[piece.id]
            assert str(getattr(row, piece.field)) == piece.value


def evening(tmp: Path, name: str, began: str, knowledge: Knowledge, lines: list[tuple[str, str, str]]) -> None:
    """(viewer, line, FAQ entry); a line "!order ID" is an order that the platform tells."""
    story = Story(knowledge)
    for number, (viewer, text, faq) in enumerate(lines):
        story.wait(30_000)
        if text.startswith("!order "):
            line = ChatLine(id=f"o{number}", platform="test", user=Viewer(viewer, viewer), type="order")
            order = msgspec.structs.replace(line, product_id=text.removeprefix("!order "), count=1)
            story.happens(events.ChatReceived("test", order))
        else:
            story.asks(text, user=viewer, faq=faq)
    story.wait(900_000)
    story.asks("good night")
    record(tmp / name, story, creator="shop", started_at=began)


def two_evenings(tmp: Path) -> Numbers:
    folder = tmp / "shop"
    folder.mkdir()
    (folder / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    (folder / "products.csv").write_text(
        "id,title,description,link,price,sale_price,sale_price_effective_date,availability\n"
        'ridge-jacket,Ridge Jacket,"A rain shell. The best in the world.",https://shop.example/ridge,129.00 USD,99.00 USD,'
        "2026-01-01/2026-02-01,in_stock\nstorm-jacket,Storm Jacket,,,,,,out_of_stock\n",
        encoding="utf-8",
    )
    (folder / "faq.csv").write_text(
        'id,question,answer,product_id\nhood,Is the hood removable?,"Yes, the hood comes off with two snaps.",ridge-jacket\n',
        encoding="utf-8",
    )
    sold_out = msgspec.structs.replace(shop().products[1], availability="out_of_stock")
    knowledge = msgspec.structs.replace(shop(), products=(shop().products[0], sold_out))
    shelf = tmp / "sessions"
    shelf.mkdir()
    evening(shelf, "one", TUESDAY, knowledge, [
        ("mia", "is the hood removable?", "hood"), ("ben", "how much is the ridge jacket?", ""),
        ("ben", "!order ridge-jacket", ""), ("zoe", "is the storm jacket in stock?", ""),
        ("zoe", "can you ride a horse in it?", ""),
    ])  # fmt: skip
    evening(shelf, "two", FRIDAY, knowledge, [
        ("mia", "how much is the ridge jacket?", ""), ("kim", "can you ride a horse in it?", ""),
    ])  # fmt: skip
    found = numbers_of(folder, shelf, hash)
    page = write_page(found, folder, tmp / "numbers.html").read_text(encoding="utf-8")
    assert "Yes, the hood comes off" in page and "卖" not in page and "{{" not in page
    return found


def test_evenings_add_up(tmp_path: Path) -> None:
    found = two_evenings(tmp_path)
    ridge = next(p for p in found.products if p.product_id == "ridge-jacket")
    assert (ridge.asked, ridge.viewers, ridge.ordered, ridge.wanted) == (3, 2, 1, 1)
    missed = {(m.what, m.why): (m.asked, m.viewers, m.sessions) for m in found.missed}
    assert missed["can you ride a horse in it?", "not answered"] == (2, 2, 2)
    assert missed["Storm Jacket", "sold out"] == (1, 1, 1)
    assert found.ordered == 1 and {(slot.weekday, slot.hour) for slot in found.hours} >= {(1, 20), (1, 21), (4, 20)}
    assert [slot.per_hour is None for slot in found.hours] == sorted(slot.per_hour is None for slot in found.hours)


def test_a_draft_says_what_holds_now_and_nothing_that_must_not_be_said(tmp_path: Path) -> None:
    (segment,) = two_evenings(tmp_path).segments
    assert (segment.product_id, segment.viewers, segment.asked) == ("ridge-jacket", 1, ("Is the hood removable?",))
    assert segment.draft is not None
    assert segment.draft.text == (
        "You asked about the Ridge Jacket. The Ridge Jacket is $129. A rain shell. "
        "Yes, the hood comes off with two snaps. https://shop.example/ridge"
    )


def test_no_session_of_the_creator_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no session of 'xiaohe'"):
        numbers_of(creator("xiaohe"), shelf(tmp_path, "anna"), hash)
