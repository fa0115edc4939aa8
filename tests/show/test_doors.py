"""Who gets in and who doesn't, on the real server: strangers come as a proxy on this machine would bring them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from livehost.errors import BadInput
from livehost.show.passwords import Passwords
from livehost.show.view import View
from tests.looking import Looked, pages_of
from tests.running import Running
from tests.story import shop

pytestmark = pytest.mark.slow  # a password takes its time to check
STRANGER = {"X-Forwarded-For": "203.0.113.7"}
ELSEWHERE = {"X-Forwarded-For": "198.51.100.4"}
PASSWORD = "correct horse battery"
MINUTE = 60_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    path = tmp_path_factory.mktemp("people") / "people.toml"
    people = Passwords(path)
    people.put("Mo", "moderator", PASSWORD)
    people.put("Vi", "viewer", PASSWORD)
    with pages_of(View(), shop(), path) as served:
        yield served


@pytest.fixture
def looked(served: Looked) -> Looked:
    """Whoever was slowed by the test before may try again."""
    served.at_ms += 2 * MINUTE
    served.received.clear()
    return served


@pytest.fixture
def pages(looked: Looked, tmp_path: Path) -> Running:
    return Running(looked.base, 0, tmp_path, tmp_path)


def _paths(pages: Running) -> dict[str, dict[str, object]]:
    paths: dict[str, dict[str, object]] = json.loads(pages.get("/openapi.json")[1])["paths"]
    return paths


def _invited(pages: Running, role: str = "moderator") -> str:
    link: str = json.loads(pages.post("/api/invite", {"role": role, "name": "Mo"})[1])["link"]
    return link[link.index("/join") :]


def _cookie(answer: tuple[int, str]) -> dict[str, str]:
    assert "livehost=" in answer[1], answer
    return {"Cookie": f"livehost={answer[1].split('livehost=')[1].split(';')[0]}"}


def _sign_in(pages: Running, name: str, password: str, who: dict[str, str] = STRANGER) -> tuple[int, str]:
    return pages.post("/api/sign-in", {"name": name, "password": password}, **who)


def test_a_stranger_gets_no_page_no_call_and_no_socket(pages: Running) -> None:
    for path, ways in _paths(pages).items():
        if path == "/api/sign-in":
            continue
        place = path.replace("{product_id}", "ridge-jacket")
        answers = [pages.get(place, **STRANGER) if way == "get" else pages.post(place, {}, **STRANGER) for way in ways]
        assert {status for status, _ in answers} == {401}, path
    for page in ("/", "/console", "/host", "/overlay", "/openapi.json", "/docs"):
        assert pages.get(page, **STRANGER)[0] == 401, page
    for socket in ("/api/live", "/api/sound"):
        url = pages.base.replace("http", "ws") + socket
        with pytest.raises(Exception, match=r"403|1008|rejected"), connect(url, additional_headers=STRANGER):
            pass


@pytest.mark.parametrize("host", ["192.0.2.5", "192.0.2.5:8600", "[2001:db8::1]"])
def test_a_tunnel_that_names_nobody_is_known_by_the_name_it_was_asked_for(pages: Running, host: str) -> None:
    assert pages.get("/api/state", Host=host)[0] == 401


@pytest.mark.parametrize("host", ["evil.example", "", ":8600", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_name_that_was_made_up_elsewhere_is_not_answered(pages: Running, host: str) -> None:
    assert pages.get("/api/state", Host=host)[0] in (400, 421)


def test_there_is_no_fan_page_until_it_is_turned_on(pages: Running) -> None:
    assert pages.get("/twin", **STRANGER)[0] == 401 and pages.get("/twin")[0] == 404


def test_an_invitation_counts_once_and_for_a_quarter_of_an_hour(pages: Running, looked: Looked) -> None:
    first = _invited(pages)
    assert pages.get(first, **STRANGER)[0] == 303
    assert pages.get(first, **STRANGER)[0] == 403 and pages.get(first, **ELSEWHERE)[0] == 403
    late = _invited(pages)
    looked.at_ms += 15 * MINUTE
    assert pages.get(late, **STRANGER)[0] == 403


def test_a_password_lets_in_with_its_role(pages: Running) -> None:
    mo = _cookie(_sign_in(pages, "Mo", PASSWORD))
    assert pages.get("/api/state", **STRANGER, **mo)[0] == 200
    assert pages.post("/api/mute", **STRANGER, **mo)[0] == 200
    assert pages.post("/api/invite", {}, **STRANGER, **mo)[0] == 403
    vi = _cookie(_sign_in(pages, "Vi", PASSWORD))
    assert pages.get("/api/state", **STRANGER, **vi)[0] == 200
    bodies = {"say": {"text": "x"}, "preview": {"text": "x"}, "mode": {"mode": "quiet"}, "teach": {"answer": "x"}}
    numbered = {"accept": {"proposal": 1}, "decline": {"proposal": 1}, "confirm": {"doubt": 1}, "correct": {"doubt": 1}}
    for path, ways in _paths(pages).items():
        if "post" in ways and path not in ("/api/sign-in", "/api/sign-out"):
            body = {**bodies, **numbered}.get(path.removeprefix("/api/"), {})
            assert pages.post(path, body, **STRANGER, **vi)[0] == 403, path


def test_guessing_a_password_is_slowed_for_the_address_and_for_the_name(pages: Running, looked: Looked) -> None:
    tries = [_sign_in(pages, "Mo", f"wrong {number}")[0] for number in range(11)]
    assert tries == [403] * 10 + [429]
    assert _sign_in(pages, "Vi", PASSWORD)[0] == 429  # the address
    assert _sign_in(pages, "Mo", PASSWORD, ELSEWHERE)[0] == 429  # the name
    assert _sign_in(pages, "Vi", PASSWORD, ELSEWHERE)[0] == 204
    looked.at_ms += 2 * MINUTE
    assert _sign_in(pages, "Mo", PASSWORD)[0] == 204


@pytest.mark.parametrize("name", ["Mo", "nobody", "", "Mo'; --", "Mo\u202e", "a" * 41])
def test_a_wrong_name_says_no_more_than_a_wrong_password(pages: Running, name: str) -> None:
    status, told = _sign_in(pages, name, "not the password")
    assert status in (403, 422)
    assert status == 422 or "the name or the password is wrong" in told


def test_a_session_is_dead_after_its_sign_out_on_open_sockets_too(pages: Running) -> None:
    mo = _cookie(_sign_in(pages, "Mo", PASSWORD))
    url = pages.base.replace("http", "ws") + "/api/live"
    with connect(url, additional_headers={**STRANGER, **mo}) as socket:
        assert "Mo" in str(socket.recv())
        assert pages.post("/api/sign-out", **STRANGER, **mo)[0] == 204
        with pytest.raises(ConnectionClosed):
            for _ in range(50):
                socket.recv(timeout=5)
    assert pages.get("/api/state", **STRANGER, **mo)[0] == 401
    assert pages.post("/api/mute", **STRANGER, **mo)[0] == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost"])
def test_another_page_changes_nothing_with_somebodys_cookie(pages: Running, looked: Looked, origin: str) -> None:
    mo = _cookie(_sign_in(pages, "Mo", PASSWORD))
    for path, ways in _paths(pages).items():
        if "post" in ways:
            assert pages.post(path, {}, Origin=origin, **STRANGER, **mo)[0] == 403, path
    url = pages.base.replace("http", "ws") + "/api/live"
    with (
        pytest.raises(Exception, match=r"403|1008|rejected"),
        connect(url, additional_headers={**mo, "Origin": origin}),
    ):
        pass
    assert looked.received == []


def test_a_form_of_another_page_is_no_json(pages: Running, looked: Looked) -> None:
    status, _ = pages.post("/api/say", {"text": "hi"}, **{"Content-Type": "text/plain"})
    assert status == 422 and looked.received == []


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(pages: Running) -> None:
    headers = _sign_in(pages, "Mo", PASSWORD)[1]
    assert "HttpOnly" in headers and "samesite=lax" in headers.lower()


def test_the_file_of_passwords_holds_hashes_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "people.toml"
    people = Passwords(path)
    people.put('Käthe "K" 李', "owner", PASSWORD)
    assert path.stat().st_mode & 0o077 == 0
    assert PASSWORD not in path.read_text(encoding="utf-8") and "$argon2id$" in path.read_text(encoding="utf-8")
    assert people.person('Käthe "K" 李', PASSWORD) is not None and people.person("K", PASSWORD) is None
    people.remove('Käthe "K" 李')
    assert people.person('Käthe "K" 李', PASSWORD) is None
    with pytest.raises(BadInput, match="10 to 200"):
        people.put("Mo", "moderator", "short")
    path.write_text("person = 3", encoding="utf-8")
    with pytest.raises(BadInput, match="people add"):
        people.put("Mo", "moderator", PASSWORD)
