"""A product's number in the cart of each platform: read, said where it counts, and edited while the session runs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.creators import cart_numbers, load, renumbered
from livehost.errors import BadInput
from livehost.folder import write_cart_number
from livehost.knowledge import CartNumber, Change, Knowledge
from tests.story import ScriptedHands, Story, replayed, shop

QUESTION = "link for the ridge jacket please?"


def _shop(*carts: CartNumber, everywhere: int | None = None, mode: str = "polite") -> Knowledge:
    """The ridge jacket with these numbers, the storm jacket as number 3 of Douyin's cart unless that is taken."""
    whole = shop(mode)  # type: ignore[arg-type]
    taken = CartNumber("douyin", 3) in carts
    other = () if taken else (CartNumber("douyin", 3),)
    numbers = {"ridge-jacket": (everywhere, carts), "storm-jacket": (None, other)}
    products = tuple(
        msgspec.structs.replace(
            product, link_number=numbers[product.id][0], cart_numbers=numbers[product.id][1]
        ) if product.id in numbers else product
        for product in whole.products
    )  # fmt: skip
    return msgspec.structs.replace(whole, products=products)


def test_the_number_of_the_askers_platform_is_said_with_its_name() -> None:
    story = Story(
        _shop(CartNumber("douyin", 7), CartNumber("tiktok", 1)), ScriptedHands(post_problem="nobody may post")
    )
    story.asks(QUESTION, user="u1", platform="douyin")
    story.wait(12_000)
    story.asks(QUESTION, user="u2", platform="tiktok")
    story.wait(12_000)
    assert story.spoken() == [
        "The Ridge Jacket is number 7 in the shop on Douyin.",
        "The Ridge Jacket is number 1 in the shop on TikTok.",
    ]
    assert replayed(story)


def test_where_there_is_no_number_the_link_must_be_in_the_chat_first() -> None:
    story = Story(_shop(CartNumber("douyin", 7)), ScriptedHands(post_problem="links are not allowed"))
    story.asks(QUESTION, platform="twitch")
    story.wait(12_000)
    assert not story.spoken() and story.states(1)[-1] == "held"
    story = Story(_shop(CartNumber("douyin", 7)), ScriptedHands())
    story.asks(QUESTION, platform="twitch")
    story.wait(12_000)
    assert story.spoken() == ["Here is the link for the Ridge Jacket."]


def test_a_number_means_the_askers_own_cart() -> None:
    story = Story(_shop(CartNumber("tiktok", 3)), ScriptedHands())
    story.asks("link for number 3?", user="u1", platform="douyin")
    story.wait(12_000)
    story.asks("link for number 3?", user="u2", platform="tiktok")
    story.wait(12_000)
    assert story.spoken() == [
        "The Storm Jacket is number 3 in the shop on Douyin.",
        "The Ridge Jacket is number 3 in the shop on TikTok.",
    ]


def test_an_edit_counts_from_the_next_question_on() -> None:
    before, after = _shop(CartNumber("douyin", 7)), _shop(CartNumber("douyin", 2))
    story = Story(before, ScriptedHands())
    story.asks(QUESTION, user="u1", platform="douyin")
    story.wait(150_000)
    changed = tuple(product for product in after.products if product not in before.products)
    story.happens(events.KnowledgeChanged(Change(products=changed)))
    story.asks(QUESTION, user="u2", platform="douyin")
    story.wait(12_000)
    assert story.spoken()[-1] == "The Ridge Jacket is number 2 in the shop on Douyin."


def test_a_moderators_number_is_wished_into_the_folder() -> None:
    story = Story(_shop(), ScriptedHands())
    story.act("cart", 5, "ridge-jacket", question=" Douyin")
    story.act("cart", 5, "no-such-jacket")
    story.act("cart", 99_999, "ridge-jacket")
    assert story.all(commands.KeepCart) == [commands.KeepCart("ridge-jacket", "douyin", 5)]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", ()),
        ("3", (CartNumber("", 3),)),
        (" Douyin : 3 | tiktok:1|4 ", (CartNumber("douyin", 3), CartNumber("tiktok", 1), CartNumber("", 4))),
    ],
)
def test_a_cell_is_read(cell: str, found: tuple[CartNumber, ...]) -> None:
    assert cart_numbers(cell) == found


@pytest.mark.parametrize("cell", ["three", "douyin:", ":3", "douyin:3|douyin:4", "3|4", "-1", "12345", "douyin:٣"])
def test_a_faulty_cell_is_told(tmp_path: Path, cell: str) -> None:
    with pytest.raises(ValueError):
        cart_numbers(cell)
    (tmp_path / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    (tmp_path / "products.csv").write_text(f"id,title,cart_number\nridge,Ridge,{cell}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"line 2: cart_number .*write it as"):
        load(tmp_path)


def test_a_cell_is_changed_by_one_number() -> None:
    assert renumbered("3|douyin:3", CartNumber("douyin", 5)) == "3|douyin:5"
    assert renumbered("3|douyin:3", CartNumber("douyin", 0)) == "3"
    assert renumbered("", CartNumber("", 2)) == "2"


def test_the_file_is_written_whole_and_no_number_stands_for_two(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes('\ufeffid;title;link_number\r\nridge;"Ridge; the jacket";3\r\nstorm;Storm;4\r\n'.encode())
    write_cart_number(path, "ridge", CartNumber("douyin", 3))
    write_cart_number(path, "storm", CartNumber("douyin", 3))
    write_cart_number(path, "storm", CartNumber("", 3))
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") and b"\r\n" in text
    assert text.decode("utf-8-sig").splitlines() == [
        "id;title;link_number;cart_number", 'ridge;"Ridge; the jacket";;', "storm;Storm;;douyin:3|3",
    ]  # fmt: skip
    with pytest.raises(BadInput, match="'nobody' is not in it"):
        write_cart_number(path, "nobody", CartNumber("", 1))


def test_the_same_viewer_on_two_platforms_stays_two() -> None:
    story = Story(shop(), ScriptedHands())
    story.act("pause", 0)
    story.asks(QUESTION, user="5", platform="twitch")
    story.asks(QUESTION, user="5", platform="kick")
    story.wait(1_000)
    assert story.all(commands.ShowItem)[-1].askers == 2
    for platform in ("kick", "twitch"):
        assert "dropped" not in story.states(1)
        banned = ChatLine(platform=platform, type="banned", target_user="5")
        story.happens(events.ChatReceived(platform, banned))
    assert story.states(1)[-1] == "dropped"
