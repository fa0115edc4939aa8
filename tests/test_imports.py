"""`livehost import`: what shops and bots export becomes rows that load, and a faulty file changes nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from livehost.creators import load
from livehost.errors import BadInput
from livehost.imports.feeds import Shop
from livehost.imports.into import Imported, import_file
from livehost.knowledge import Knowledge, Money

DOLLARS = Shop("USD", "https://shop.example")


@pytest.fixture
def creator(tmp_path: Path) -> Path:
    folder = tmp_path / "anna"
    folder.mkdir()
    (folder / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    return folder


def bring(creator: Path, name: str, text: str, shop: Shop = DOLLARS) -> tuple[Imported, Knowledge]:
    path = creator.parent / name
    path.write_text(text, encoding="utf-8")
    done = import_file(path, creator, shop)
    return done, load(creator)


SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Image Src,Status
tee,Trail Tee,"<p>Soft &amp; light.<script>x</script></p>",Ridge,Shirts,Color,Black,Size,S,TEE-B-S,shopify,4,deny,25.00,,https://x.example/a.jpg,active
tee,,,,,,Black,,M,TEE-B-M,shopify,2,deny,25.00,,,
tee,,,,,,,,,,,,,,,https://x.example/b.jpg,
cup,Camp Cup,,Ridge,Cups,Title,Default Title,,,CUP,shopify,0,deny,12.00,15.00,,active
oil,Hair Oil,,Ridge,Care,Volume,50 ml,,,OIL50,shopify,3,deny,19.00,,,active
oil,,,,,,100 ml,,,OIL100,shopify,0,continue,29.00,,,
old,Old Thing,,Ridge,Cups,Title,Default Title,,,OLD,shopify,9,deny,1.00,,,draft
"""


def test_shopify(creator: Path) -> None:
    done, knowledge = bring(creator, "export.csv", SHOPIFY)
    assert (done.what, done.added) == ("Shopify", 4)
    tee, cup = knowledge.product_by_id["tee"], knowledge.product_by_id["cup"]
    assert (tee.color, tee.size, tee.availability) == (("Black",), ("S", "M"), "in_stock")
    assert "<" not in tee.description
    assert tee.description.startswith("Soft & light.")
    assert tee.link == "https://shop.example/products/tee"
    assert (cup.price, cup.sale_price) == (Money(Decimal("15.00"), "USD"), Money(Decimal("12.00"), "USD"))
    assert cup.availability == "out_of_stock"
    small, large = knowledge.product_by_id["OIL50"], knowledge.product_by_id["OIL100"]
    assert (small.title, large.title) == ("Hair Oil 50 ml", "Hair Oil 100 ml")
    assert large.availability == "backorder"
    again, _ = bring(creator, "export.csv", SHOPIFY)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 4)


def test_stock_that_differs_between_variants_is_left_to_a_person(creator: Path) -> None:
    _, knowledge = bring(creator, "export.csv", SHOPIFY.replace("TEE-B-M,shopify,2", "TEE-B-M,shopify,0"))
    assert knowledge.product_by_id["tee"].availability == ""


def test_a_shop_export_needs_its_currency(creator: Path) -> None:
    with pytest.raises(BadInput, match="currency"):
        bring(creator, "export.csv", SHOPIFY, Shop())
    assert not (creator / "products.csv").exists()


WOO = """ID,Type,SKU,Name,Published,"Short description","In stock?","Sale price","Regular price",Categories,Images,Parent,\
"Attribute 1 name","Attribute 1 value(s)","Date sale price starts","Date sale price ends"
10,simple,MUG,Enamel Mug,1,<b>350 ml</b>,1,,"9,90",Cups,https://x.example/m.jpg,,,,,
20,variable,SOCK,Wool Socks,1,Warm,1,,,Socks,,,Size,"S, M",,
21,variation,SOCK-S,Wool Socks - S,1,,1,8,10,,,SOCK,Size,S,2026-11-01,2026-11-30
22,variation,SOCK-M,Wool Socks - M,1,,1,8,10,,,SOCK,Size,M,2026-11-01,2026-11-30
30,simple,GONE,Hidden,0,,1,,5,,,,,,,
"""


def test_woocommerce(creator: Path) -> None:
    done, knowledge = bring(creator, "woo.csv", WOO, Shop("EUR"))
    assert done.what == "WooCommerce"
    assert {p.id for p in knowledge.products} == {"MUG", "SOCK"}
    assert knowledge.product_by_id["MUG"].price == Money(Decimal("9.90"), "EUR")
    socks = knowledge.product_by_id["SOCK"]
    assert (socks.size, socks.sale_dates) == (("S", "M"), "2026-11-01/2026-11-30")


RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Feed</title>
<item><g:id>j1</g:id><title>Rain Jacket</title><link>https://x.example/j</link><g:price>99.00 USD</g:price>
<g:availability>in stock</g:availability><g:color>blue</g:color><g:item_group_id>j</g:item_group_id></item>
<item><g:id>j2</g:id><title>Rain Jacket</title><link>https://x.example/j</link><g:price>99.00 USD</g:price>
<g:availability>in stock</g:availability><g:color>red</g:color><g:item_group_id>j</g:item_group_id></item></channel></rss>"""


def test_google_merchant_as_xml_and_tsv(creator: Path) -> None:
    done, knowledge = bring(creator, "feed.xml", RSS)
    assert (done.what, [p.id for p in knowledge.products]) == ("Google Merchant", ["j"])
    assert knowledge.products[0].color == ("blue", "red")
    tsv = "id\ttitle\tprice\tavailability\tsale price\nk\tKettle\t40.00 USD\tin_stock\t35.00 USD\n"
    _, knowledge = bring(creator, "feed.tsv", tsv)
    assert knowledge.product_by_id["k"].sale_price == Money(Decimal("35.00"), "USD")
    assert len(knowledge.products) == 2


def test_what_was_written_by_hand_stays(creator: Path) -> None:
    (creator / "products.csv").write_text("id,title,also_called,shelf\ncup,Camp Cup,tin mug,B2\n", encoding="utf-8")
    done, knowledge = bring(creator, "export.csv", SHOPIFY)
    assert (done.added, done.changed) == (3, 1)
    assert knowledge.product_by_id["cup"].also_called == ("tin mug",)
    assert "B2" in (creator / "products.csv").read_text(encoding="utf-8")


def test_a_faulty_file_changes_nothing(creator: Path) -> None:
    (creator / "products.csv").write_text("id,title\ncup,Camp Cup\n", encoding="utf-8")
    before = (creator / "products.csv").read_bytes()
    with pytest.raises(BadInput, match="nothing was changed"):
        bring(creator, "feed.tsv", "id\ttitle\tprice\nk\tKettle\tcheap\n")
    with pytest.raises(BadInput, match="no amount"):
        bring(creator, "export.csv", SHOPIFY.replace("12.00", "twelve"))
    with pytest.raises(BadInput, match="not valid XML"):
        bring(creator, "feed.xml", RSS[:200])
    with pytest.raises(BadInput, match="neither a product feed"):
        bring(creator, "what.csv", "a,b\n1,2\n")
    assert (creator / "products.csv").read_bytes() == before


def test_bot_commands(creator: Path) -> None:
    nightbot = {
        "commands": [
            {"name": "!pcSpecs", "message": "Ryzen 7, RTX 4070, 32 GB.", "userLevel": "everyone"},
            {"name": "!hug", "message": "$(user) hugs $(touser)", "userLevel": "everyone"},
            {"name": "!secret", "message": "x", "userLevel": "moderator"},
        ]
    }
    done, knowledge = bring(creator, "nightbot.json", json.dumps(nightbot))
    assert [(f.question, f.answer) for f in knowledge.faqs] == [("pc specs?", "Ryzen 7, RTX 4070, 32 GB.")]
    assert len(done.left_out) == 2
    elements = [{"command": "dpi", "reply": "800", "enabled": True, "accessLevel": 100, "aliases": ["mouse_dpi"]}]
    _, knowledge = bring(creator, "streamelements.json", json.dumps(elements))
    assert knowledge.faq_by_id["dpi"].also_asked == ("mouse dpi?",)


def test_a_faq_table_and_a_document(creator: Path) -> None:
    done, knowledge = bring(
        creator, "faq.csv", "question,answer\nDo you ship?,Yes.\nDo you ship?,Yes indeed.\n多久发货,48小时\n"
    )
    assert (done.what, len(knowledge.faqs)) == ("FAQ", 3)
    done, knowledge = bring(creator, "rules.md", "Be kind.\n")
    assert (done.what, knowledge.passages[0].text) == ("document", "Be kind.")
