"""Links of products by way of our own address, on the real server: strangers are led to the shop, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from livehost.creator_file import read_creator
from livehost.errors import BadInput
from livehost.events import LinkOpened
from livehost.show.view import View
from tests.looking import Looked, pages_of
from tests.running import Running
from tests.story import shop

STRANGER = {"X-Forwarded-For": "203.0.113.7", "User-Agent": "Mozilla/5.0 (Linux; Android 14)"}
REDIRECT = "https://go.anna.example"


@pytest.fixture
def looked() -> Iterator[Looked]:
    plain = shop(links={"redirect": REDIRECT})
    products = tuple(product.by_way_of(REDIRECT) for product in plain.products)
    with pages_of(View(), msgspec.structs.replace(plain, products=products)) as served:
        yield served


@pytest.fixture
def pages(looked: Looked, tmp_path: Path) -> Running:
    return Running(looked.base, 0, tmp_path, tmp_path)


def test_a_stranger_is_led_to_the_shop_and_counted_once(pages: Running, looked: Looked) -> None:
    for _ in range(2):
        status, answer = pages.get("/go/ridge-jacket", Host="go.anna.example", **STRANGER)
        assert status == 302 and "location: https://shop.example/ridge-jacket" in answer
    assert looked.events == [LinkOpened("ridge-jacket")]
    pages.get("/go/ridge-jacket", **{**STRANGER, "X-Forwarded-For": "198.51.100.4"})
    looked.at_ms += 60_000
    pages.get("/go/ridge-jacket", **STRANGER)
    assert looked.events == [LinkOpened("ridge-jacket")] * 3


def test_whoever_only_looks_what_is_behind_it_is_not_counted(pages: Running, looked: Looked) -> None:
    for robot in (
        "Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Discordbot/2.0)",
        "facebookexternalhit/1.1",
        "WhatsApp/2.23",
    ):
        assert pages.get("/go/ridge-jacket", **{**STRANGER, "User-Agent": robot})[0] == 302
    assert looked.events == []


@pytest.mark.parametrize("path", ["/go/nothing", "/go/", "/go/https://evil.example", "/go/..%2fconsole"])
def test_it_leads_nowhere_else(pages: Running, looked: Looked, path: str) -> None:
    assert pages.get(path, **STRANGER)[0] == 404
    assert looked.events == []


def test_the_name_of_the_links_opens_nothing_else(pages: Running) -> None:
    for path in ("/console", "/api/state", "/overlay"):
        assert pages.get(path, Host="go.anna.example", **STRANGER)[0] == 401


@pytest.mark.parametrize("written", ["go.anna.example", "https://go.anna.example/shop", "javascript:alert(1)"])
def test_a_redirect_that_is_no_host_is_told(tmp_path: Path, written: str) -> None:
    (tmp_path / "creator.toml").write_text(f'name = "Anna"\n[links]\nredirect = "{written}"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="redirect"):
        read_creator(tmp_path / "creator.toml")
