"""A creator's folder: read whole, or told what is wrong with it, each fault with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from livehost.creators import digest, load
from livehost.errors import BadInput
from livehost.knowledge import Money
from tests.conftest import DEMO

PRODUCTS = "id,title,price,availability,color,link\n"
FAQ = "id,question,answer,product_id,also_asked\n"


def folder(path: Path, **files: str | bytes) -> Path:
    (path / "creator.toml").write_text(str(files.pop("creator", 'name = "Anna"')), encoding="utf-8")
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (path / f"{name}.csv").write_bytes(data)
    return path


def told(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        load(path)
    return str(caught.value)


def test_the_demos_are_as_large_as_they_must_be(demo_name: str) -> None:
    knowledge = load(DEMO / "creators" / demo_name)
    assert len(knowledge.products) == 40 and len(knowledge.faqs) == 60
    assert knowledge.creator.mode == "polite"
    assert len(digest(knowledge)) == 64


def test_only_a_name_is_needed(tmp_path: Path) -> None:
    assert load(folder(tmp_path)).creator.mode == "ask-first"


def test_prices_are_exact(tmp_path: Path) -> None:
    rows = "a,A,129.00 USD,in stock,black/blue,https://x.example/a\nb,B,USD 9.90,,,\n"
    first, second = load(folder(tmp_path, products=PRODUCTS + rows)).products
    assert first.price == Money(Decimal("129.00"), "USD") and first.color == ("black", "blue")
    assert second.price == Money(Decimal("9.90"), "USD")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_exports_from_excel_are_read(tmp_path: Path, encoding: str) -> None:
    path = folder(tmp_path, products="id;title\nwok;铸铁炒锅\n".encode(encoding))
    assert load(path).products[0].title == "铸铁炒锅"


@pytest.mark.parametrize(
    ("creator", "message"),
    [
        ('nmae = "A"', r"unknown key 'nmae'; did you mean 'name'?"),
        ('name = "A"\n[floor]\npause = 3', r"unknown key 'pause' in [floor]; did you mean 'pause_ms'?"),
        ('name = "A', "not valid TOML"),
        ('name = "A"\nmode = "loud"', "Invalid enum value 'loud'"),
        ("", "missing required field `name`"),
        ('name = "A"\nmode = "solo"', "Write solo = true in [floor]"),
        ('name = "A"\n[floor]\npause_ms = -1', "Expected `int` >= 0"),
        ('name = "A"\n[[rundown]]\ntext = "x"\nproduct = "y"', "unknown key 'product' in [rundown]"),
        ('name = "A"\n[[rundown]]\ntext = "x"\nproduct_id = "y"', "names a product that is not in products.csv: 'y'"),
    ],
)
def test_bad_settings_are_told(tmp_path: Path, creator: str, message: str) -> None:
    problem = told(folder(tmp_path, creator=creator))
    assert message in problem and "creator.toml" in problem


def test_a_missing_folder_and_file_are_told(tmp_path: Path) -> None:
    assert "there is no such creator's folder" in told(tmp_path / "none")
    assert "there is no creator.toml" in told(tmp_path)


def test_a_missing_column_is_told_with_its_like(tmp_path: Path) -> None:
    problem = told(folder(tmp_path, products="id,titel\na,A\n"))
    assert "the column 'title' is missing; is it the one called 'titel'?" in problem


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    rows = 'a,A,"12,9o USD",in_stock,,\na,B,1 USD,sometimes,,javascript:alert(1)\n'
    problem = told(folder(tmp_path, products=PRODUCTS + rows))
    assert "line 2: price '12,9o USD' is no price; write it as \"129.00 USD\"" in problem
    assert "line 3: availability 'sometimes' is none of" in problem
    assert "line 3: link 'javascript:alert(1)' is no web address" in problem
    assert "line 3: the id 'a' is that of line 2, too" in problem


def test_a_faq_about_no_product_is_told(tmp_path: Path) -> None:
    path = folder(tmp_path, products="id,title\nridge-jacket,Ridge\n", faq=FAQ + "q,Q?,A,ridge-jaket,\n,,,,\n")
    assert "line 2: there is no product 'ridge-jaket'; did you mean 'ridge-jacket'?" in told(path)


def test_binary_is_told(tmp_path: Path) -> None:
    assert "neither UTF-8 nor GB18030" in told(folder(tmp_path, products=b"id,title\n\xff\xff\xff\x81"))
