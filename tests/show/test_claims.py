"""Two moderators at once: the second one is told, and undoes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from livehost import commands, events
from livehost.events import Envelope, ProgramChanged
from livehost.settings import RundownLine
from livehost.show.claims import Claims
from livehost.show.passwords import Passwords
from livehost.show.view import ShownItem, View
from tests.looking import Looked, pages_of
from tests.running import Running
from tests.story import shop


def test_an_item_is_one_persons_until_it_comes_back_to_be_decided() -> None:
    claims, item = Claims(), ShownItem(3, "held", "Yes.", 1, "", since_ms=10)
    assert claims.take(item, "Mo", 100) == ""
    assert claims.take(item, "Mo", 110) == ""  # Mo may change it again
    assert claims.take(item, "Jo", 120) == "taken by Mo"
    item.state = "answered"
    assert (
        claims.take(item, "Jo", 130) == "taken by Mo"
        and claims.take(item, "Mo", 130) == "it is answered already, by Mo"
    )
    item.state, item.since_ms = "held", 200
    assert claims.take(item, "Jo", 210) == ""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    path = tmp_path_factory.mktemp("people") / "people.toml"
    for name in ("Mo", "Jo"):
        Passwords(path).put(name, "moderator", "correct horse battery")
    view = View()
    view.apply(Envelope(1, 0, events.SessionStarted("anna", "ask-first", 1)), [])
    for number in (1, 2):
        view.apply(Envelope(2, 5, events.Woke("x", 0)), [commands.ShowItem(number, "held", "Yes.", 1, "ask-first")])
    with pages_of(view, shop(), path) as served:
        yield served


def _person(served: Looked, name: str) -> dict[str, str]:
    pages = Running(served.base, 0, Path(), Path())
    stranger = {"X-Forwarded-For": "203.0.113.7"}
    headers = pages.post("/api/sign-in", {"name": name, "password": "correct horse battery"}, **stranger)[1]
    return {**stranger, "Cookie": f"livehost={headers.split('livehost=')[1].split(';')[0]}"}


@pytest.mark.slow
def test_the_second_approval_is_refused_with_the_firsts_name(served: Looked) -> None:
    pages, mo, jo = Running(served.base, 0, Path(), Path()), _person(served, "Mo"), _person(served, "Jo")
    assert pages.post("/api/approve", {"item": 1, "text": "Mo's words"}, **mo)[0] == 200
    for action in ("approve", "post", "drop", "pin", "first", "host", "take"):
        status, told = pages.post(f"/api/{action}", {"item": 1, "text": "Jo's words"}, **jo)
        assert status == 409 and "taken by Mo" in told, action
    assert [act.who for act in served.received] == ["Mo"]
    assert pages.post("/api/drop", {"item": 2}, **jo)[0] == 200


@pytest.mark.slow
def test_two_changes_of_the_program_do_not_swallow_each_other(served: Looked) -> None:
    pages, mo, jo = Running(served.base, 0, Path(), Path()), _person(served, "Mo"), _person(served, "Jo")
    program = json.loads(pages.get("/api/state")[1])["program"]
    first = {**program, "rundown": [{"text": "The jacket.", "product_id": "ridge-jacket"}]}
    assert pages.post("/api/program", first, **mo)[0] == 200
    status, told = pages.post("/api/program", {**program, "rundown": [{"text": "The tent."}]}, **jo)
    assert status == 409 and "somebody else" in told
    now = json.loads(pages.get("/api/state")[1])["program"]
    assert [line["text"] for line in now["rundown"]] == ["The jacket."]
    assert pages.post("/api/program", {**now, "schedule": [{"text": "Hi", "every_minutes": 5}]}, **jo)[0] == 200
    assert served.events[0] == ProgramChanged("Mo", (), (RundownLine("The jacket.", "ridge-jacket"),))
    now = json.loads(pages.get("/api/state")[1])["program"]
    assert pages.post("/api/program", {**now, "rundown": [{"text": "x", "product_id": "none"}]}, **mo)[0] == 404
    assert pages.post("/api/program", {**now, "schedule": [{"text": "x", "every_minutes": 0}]}, **mo)[0] == 422
