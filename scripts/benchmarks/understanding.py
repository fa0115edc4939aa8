"""Which entry answers a line, and how soon it is known."""

from __future__ import annotations

import csv
import random
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from common import DEMO, Row, chat, percentiles
from rapidfuzz import fuzz

from livehost.asking import Asker
from livehost.creators import load
from livehost.knowledge import Faq, Knowledge
from livehost.settings import Creator
from livehost.understand.matching import Matching
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Sentences
from livehost.weights import data_dir


def understanding() -> Row:
    """BANKING77 as a FAQ of 77 entries with 20 other wordings, beside the nearest wording by the same encoder (its own layers)
    and rapidfuzz at 0.8, as the nearest peer does; and how many of another domain's questions (Bitext's orders, deliveries,
    newsletters, feedback) go unanswered where 75 % of the banking questions are answered. Needs the fixtures."""
    folder = DEMO.parents[2] / "shared" / "data" / "intent_en"
    if not folder.is_dir():
        return {"left_out": f"needs the fixtures in {folder.name}"}
    known, asked, right, away = _banking(folder)
    faqs = tuple(Faq(str(n), texts[0], "", also_asked=tuple(texts[1:])) for n, texts in enumerate(known))
    matching = Matching(Knowledge(Creator("Bank"), (), faqs), data_dir() / "cache" / "embeddings.sqlite")
    sentences = Sentences(data_dir() / "cache" / "embeddings.sqlite")
    entry = np.repeat(np.arange(len(known)), [len(texts) for texts in known])
    wordings = [text for texts in known for text in texts]
    points = sentences.many(wordings, "told")

    def ours(text: str) -> np.ndarray:
        scores = np.zeros(len(known))
        for candidate in matching.match(plain_line(text).plain):
            if candidate.faq:
                scores[int(candidate.faq)] = candidate.score
        return scores

    def nearest(text: str) -> np.ndarray:
        return _best_of(points @ sentences.one(text, "told"), entry)

    def letters(text: str) -> np.ndarray:
        return _best_of(np.array([fuzz.ratio(text, wording) / 100 for wording in wordings]), entry)

    return {
        name: _judged(np.stack([by(t) for t in asked]), right, np.stack([by(t) for t in away]))
        for name, by in (("livehost", ours), ("nearest", nearest), ("rapidfuzz", letters))
    }


def _banking(folder: Path) -> tuple[list[list[str]], list[str], np.ndarray, list[str]]:
    """Known wordings per intent, other lines and their intents, lines of another domain."""
    dice = random.Random(7)
    by_intent: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((folder / "banking77_train.csv").open(encoding="utf-8")):
        by_intent[row["category"]].append(row["text"])
    for texts in by_intent.values():
        dice.shuffle(texts)
    bitext = csv.DictReader((folder / "bitext_customer_service_train.csv").open(encoding="utf-8"))
    outside = ("ORDER", "DELIVERY", "SHIPPING", "NEWSLETTER", "FEEDBACK")
    foreign = [row["utterance"] for row in bitext if row["category"] in outside]
    asked = [text for texts in by_intent.values() for text in texts[21:46]]
    right = np.array([n for n, texts in enumerate(by_intent.values()) for _ in texts[21:46]])
    return [texts[:20] for texts in by_intent.values()], asked, right, dice.sample(foreign, 500)


def _best_of(alike: np.ndarray, entry: np.ndarray) -> np.ndarray:
    best = np.full(entry.max() + 1, -1.0)
    np.maximum.at(best, entry, alike)
    return best


def _judged(scores: np.ndarray, right: np.ndarray, outer: np.ndarray) -> Row:
    ordered, order_outer = np.sort(scores, axis=1), np.sort(outer, axis=1)
    sure, sure_outer = (np.minimum(o[:, -1], 2 * o[:, -1] - o[:, -2]) for o in (ordered, order_outer))
    correct = scores.argmax(axis=1) == right
    best = np.argsort(-sure)[: int(0.75 * len(sure))]
    return {
        "forced": round(float(correct.mean()), 4),
        "right_at_75": round(float(correct[best].mean()), 4),
        "foreign_unanswered": round(float((sure_outer < sure[best[-1]]).mean()), 4),
    }


def decision() -> Row:
    """One chat line to its decision, without a cache, for lines that words settle and for those that are matched."""
    found: Row = {}
    for name in ("anna", "xiaohe"):
        knowledge = load(DEMO / "creators" / name)
        asker = Asker(knowledge, Matching(knowledge, data_dir() / "cache" / "embeddings.sqlite"))
        texts = [line["text"] for line in chat(name) if line.get("text")]
        by_words, matched = [], []
        for text in texts:
            began = time.perf_counter()
            asked = asker.ask(text)
            took = (time.perf_counter() - began) * 1000
            (matched if any(reason.startswith("faq") for reason in asked.reasons) else by_words).append(took)
        found[name] = {"by_words_ms": percentiles(by_words), "matched_ms": percentiles(matched)}
    return found
