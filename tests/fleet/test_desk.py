"""The desk of a fleet on its real server: who sees what, and where what is pressed arrives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest

from livehost.events import Action
from livehost.fleet.desk import FleetDesk, application
from livehost.fleet.seen import SeenFleet, SeenRoom, SeenWorker
from livehost.fleet.settings import RoomOf
from livehost.show.address import Address, listen
from livehost.show.passwords import Passwords
from livehost.show.seen import SeenItem
from livehost.show.server import serve
from livehost.show.signin import Role, SignIn
from tests.browsing import SHOTS, needs_browser, serious_faults
from tests.running import Running
from tests.show.conftest import browser as browser  # noqa: PLC0414 - a fixture

STRANGER = {"X-Forwarded-For": "203.0.113.7"}
HELD = SeenItem(
    7, "held", "where is my order <b>1234</b>?", "mia", "A person will look.", 3, 12_000, "ask-first",
    "order", 0.9, "", "", "", pinned=False,
)  # fmt: skip
HANDED_OVER = msgspec.structs.replace(
    HELD, item=8, question="can you sew a logo on?", text="", elsewhere=True, before=(("mia", "hello"), ("", "Hello!"))
)


@dataclass
class ScriptedFleet:
    """`received` is what was done: room, deed, who, item, text."""

    rooms: tuple[SeenRoom, ...]
    received: list[tuple[str, str, str, int, str]] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)

    async def state(self) -> SeenFleet:
        return SeenFleet("north", self.rooms, (SeenWorker("worker-1", "n", "127.0.0.1", 2, 0.1, False),))

    async def act(self, room: str, action: Action, who: str, item: int, text: str) -> bool:
        self.received.append((room, action, who, item, text))
        return room != "lost"

    async def invite(self, room: str, name: str, role: Role) -> str:
        return f"http://127.0.0.1:1/join?invitation={room}-{name}-{role}"

    async def move(self, room: str, worker: str) -> bool:
        self.moved.append((room, worker))
        return worker == "worker-1"

    async def restart(self) -> None:
        """Nothing to restart."""


@dataclass
class Served:
    pages: Running
    fleet: ScriptedFleet
    signin: SignIn

    def as_(self, name: str, role: Role = "moderator") -> dict[str, str]:
        """The headers of somebody who signed in from elsewhere."""
        cookie = self.signin.accept(self.signin.invite(role, name, 0), "203.0.113.7", 0)
        return {**STRANGER, "Cookie": f"livehost={cookie}"}

    def rooms(self, headers: dict[str, str] | None = None) -> dict[str, str]:
        """Room → right."""
        told: dict[str, Any] = json.loads(self.pages.get("/api/rooms", **(headers or {}))[1])
        return {one["seen"]["room"]: one["right"] for one in told["rooms"]}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    rooms = {
        "anna": RoomOf("anna", "anna", moderators=("Mo",)),
        "xiaohe": RoomOf("xiaohe", "xiaohe", editors=("Mo",), viewers=("Vi",)),
        "lost": RoomOf("lost", "anna"),
    }
    seen = (
        SeenRoom(
            "anna", "live", "worker-1", "n", "Anna", "polite", held=(HELD, HANDED_OVER), console="http://127.0.0.1:1"
        ),
        SeenRoom("xiaohe", "live", "worker-1", "n", "小禾", muted=True, lines=12, resumed=1),
        SeenRoom("lost", "failed", trouble=("there is no such creator's folder",)),
    )
    fleet = ScriptedFleet(seen)
    numbers = count(1)
    signin = SignIn(lambda: f"secret-{next(numbers)}")
    address = Address("127.0.0.1", 0)
    door = listen(address)
    desk = FleetDesk(rooms, fleet, signin, lambda: 1000)
    app = application(desk, address, Passwords(tmp_path / "people.toml"))
    loop = asyncio.new_event_loop()
    serving = loop.create_task(serve(app, address, door))
    thread = Thread(target=loop.run_until_complete, args=(asyncio.wait([serving]),))
    thread.start()
    try:
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
        yield Served(Running(base, 0, tmp_path, tmp_path), fleet, signin)
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
        loop.close()


def test_each_sees_the_rooms_they_have_a_right_to(served: Served) -> None:
    assert served.rooms() == {"anna": "edit", "xiaohe": "edit", "lost": "edit"}
    assert served.rooms(served.as_("Mo")) == {"anna": "act", "xiaohe": "edit"}
    assert served.rooms(served.as_("Vi")) == {"xiaohe": "see"}
    assert served.rooms(served.as_("Nobody")) == {}
    assert served.pages.get("/api/rooms", **STRANGER)[0] == 401


def test_what_is_pressed_arrives_in_its_room_with_who_pressed_it(served: Served) -> None:
    mo = served.as_("Mo")
    assert served.pages.post("/api/rooms/anna/approve", {"item": 7, "text": " Yes. "}, **mo)[0] == 200
    assert served.pages.post("/api/rooms/xiaohe/mute", None, **mo)[0] == 200
    assert served.fleet.received == [("anna", "approve", "Mo", 7, "Yes."), ("xiaohe", "mute", "Mo", 0, "")]
    assert served.pages.post("/api/rooms/lost/mute", None, **mo)[0] == 404, "no such room for Mo"
    assert served.pages.post("/api/rooms/lost/mute")[0] == 409, "nobody holds it"
    assert served.pages.post("/api/rooms/xiaohe/mute", None, **served.as_("Vi"))[0] == 403
    assert served.pages.post("/api/rooms/anna/teach", None, **mo)[0] == 422


def test_mute_all_is_all_that_one_may_act_in(served: Served) -> None:
    told = json.loads(served.pages.post("/api/mute", None, **served.as_("Mo"))[1])
    assert told["rooms"] == ["anna", "xiaohe"]
    assert {room for room, *_ in served.fleet.received} == {"anna", "xiaohe"}
    assert served.pages.post("/api/mute", None, **served.as_("Vi"))[0] == 403
    assert json.loads(served.pages.post("/api/mute")[1])["rooms"] == ["anna", "xiaohe"], (
        "the owner hears which it did not reach"
    )


def test_a_rooms_own_console_knows_whom_the_desk_sends(served: Served) -> None:
    assert "xiaohe-Mo-moderator" in served.pages.get("/api/rooms/xiaohe/console", **served.as_("Mo"))[1]
    assert "anna-Mo-viewer" in served.pages.get("/api/rooms/anna/console", **served.as_("Mo"))[1]
    assert served.pages.get("/api/rooms/anna/console", **served.as_("Vi"))[0] == 404


def test_only_the_owner_moves_rooms(served: Served) -> None:
    assert served.pages.post("/api/place/anna", {"worker": "worker-1"}, **served.as_("Mo"))[0] == 403
    assert served.pages.post("/api/place/anna", {"worker": "worker-1"})[0] == 200
    assert served.pages.post("/api/place/anna", {"worker": "worker-9"})[0] == 404
    assert served.pages.post("/api/restart", None, **served.as_("Mo"))[0] == 403


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_on_a_phone_shows_text_alone_and_does_what_is_pressed(
    served: Served, browser: Any, language: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{served.pages.base}/rooms?lang={language}")
    page.wait_for_selector("#held li")
    page.screenshot(path=str(SHOTS / f"rooms-{language}.png"), full_page=True)
    assert "<b>1234</b>" in page.inner_text("#held") and page.locator("#held b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not serious_faults(page)
    shown = page.locator("#held > li:nth-child(2) .do button")
    assert [button.is_visible() for button in shown.all()] == [False, False, True], (
        "without words there is nothing to say"
    )
    page.fill("#held > li:nth-child(2) textarea", "We do, from ten pieces on.")
    assert [button.is_visible() for button in shown.all()] == [False, True, True], "who does not watch hears nothing"
    page.click("#held .primary")
    page.wait_for_function("fetch('/api/rooms').then(() => true)")
    page.click("#mute-all")
    page.wait_for_timeout(300)
    page.close()
    assert ("anna", "approve", "owner", 7, "") in served.fleet.received
    assert ("xiaohe", "mute", "owner", 0, "") in served.fleet.received
