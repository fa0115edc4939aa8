"""From nothing to a creator's folder that was tried out: what `livehost new` does between its questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from livehost.decision import Decision
from livehost.errors import BadInput, LivehostError
from livehost.evaluation import Case, Expect
from livehost.imports.feeds import Shop
from livehost.imports.into import Imported, import_file
from livehost.knowledge import Knowledge

CASES = "cases.jsonl"
_TRIED_MOST = 12


class Who(msgspec.Struct, frozen=True):
    """What is asked first."""

    name: str
    cohost: str = ""
    languages: tuple[str, ...] = ("en",)
    persona: str = ""
    greeting: str = ""
    chats: tuple[str, ...] = ()


class Asks(Protocol):
    def ask(self, text: str) -> Decision: ...


def begin(folder: Path, who: Who) -> None:
    """Writes creator.toml in ask-first; raises BadInput where there is one already."""
    path = folder / "creator.toml"
    if path.exists():
        raise BadInput("there is a creator.toml already", where=str(folder), fix="Edit it, or give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, object]] = [
        ("name", who.name),
        ("cohost", who.cohost),
        ("languages", list(who.languages)),
        ("voice", "xiaoxiao" if who.languages[0] == "zh" else "heart"),
        ("mode", "ask-first"),
        ("persona", who.persona),
        ("greeting", who.greeting),
    ]
    text = "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in rows if value) + "\n"
    for platform in dict.fromkeys(re.split(r"[:+]", uri)[0] for uri in who.chats):
        text += f"\n[platforms.{platform}]\npost = true\n" if platform not in ("file", "ws", "wss") else ""
    path.write_text(text, encoding="utf-8")


def bring_in(folder: Path, files: Iterable[Path], shop: Shop) -> list[Imported | str]:
    """What came of each file; a fault is told in its place, and the others follow."""
    found: list[Imported | str] = []
    for file in files:
        try:
            found.append(import_file(file, folder, shop))
        except LivehostError as trouble:
            found.append(str(trouble))
    return found


def questions_to_try(knowledge: Knowledge) -> list[Case]:
    """Lines that its own knowledge must answer: other wordings first, which nobody looks up word for word; prices and stock."""
    chinese = knowledge.creator.languages[0] == "zh"
    cases = [
        Case(faq.also_asked[-1] if faq.also_asked else faq.question, Expect(faq=faq.id), id=f"faq-{faq.id}")
        for faq in knowledge.faqs
    ]
    for product in knowledge.products:
        if product.price:
            asked = f"{product.title}多少钱" if chinese else f"how much is the {product.title}?"
            cases.append(Case(asked, Expect(product_id=product.id), id=f"price-{product.id}"))
        if product.availability:
            asked = f"{product.title}有货吗" if chinese else f"is the {product.title} in stock?"
            cases.append(Case(asked, Expect(product_id=product.id), id=f"stock-{product.id}"))
    return cases


def some(cases: Sequence[Case]) -> list[Case]:
    """A dozen of them, spread over all."""
    step = max(1, len(cases) // _TRIED_MOST)
    return list(cases[::step])[:_TRIED_MOST]


def keep_case(folder: Path, decision: Decision, right: bool) -> None:
    """A person's judgement of an answer, as a case for `livehost evaluate`: this answer, or another than this one's route."""
    expect: dict[str, object] = {}
    if right and decision.route == "answer":
        expect = {"faq": decision.faq} if decision.faq else {"say": [decision.spoken]}
    elif right:
        expect = {"route": decision.route}
    else:
        expect = {"route": ["hold", "host"]}
    with (folder / CASES).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"text": decision.text, "expect": expect}, ensure_ascii=False) + "\n")
