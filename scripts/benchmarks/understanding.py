"""Which entry answers a line, and how soon it is known."""

from __future__ import annotations

import csv
import random
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from common import DEMO, Row, chat, percentiles

from livehost.asking import Asker
from livehost.creators import load
from livehost.understand.background import BACKGROUND
from livehost.understand.e5 import E5Matcher, Embedder
from livehost.understand.ridge import EntryRidge, unit
from livehost.weights import data_dir


def understanding() -> Row:
    """BANKING77 as a FAQ of 77 entries with 20 other wordings, beside the nearest wording by the same embedding; and how
    many of another domain's questions (Bitext's orders, deliveries, newsletters, feedback) go unanswered where 75 % of the
    banking questions are answered. Needs the fixtures beside the repository."""
    return _banking(DEMO.parents[2] / "shared" / "data" / "intent_en")


def _banking(folder: Path) -> Row:
    if not folder.is_dir():
        return {"left_out": f"needs the fixtures in {folder.name}"}
    dice = random.Random(7)
    by_intent: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((folder / "banking77_train.csv").open(encoding="utf-8")):
        by_intent[row["category"]].append(row["text"])
    for texts in by_intent.values():
        dice.shuffle(texts)
    bitext = csv.DictReader((folder / "bitext_customer_service_train.csv").open(encoding="utf-8"))
    outside = ("ORDER", "DELIVERY", "SHIPPING", "NEWSLETTER", "FEEDBACK")
    foreign = [row["utterance"] for row in bitext if row["category"] in outside]
    embed = Embedder(data_dir() / "cache" / "embeddings.sqlite")
    known = embed.many([text for texts in by_intent.values() for text in texts[:20]], "query")
    entry = np.repeat(np.arange(len(by_intent)), 20)
    asked = embed.many([text for texts in by_intent.values() for text in texts[21:46]], "query")
    right = np.array([n for n, texts in enumerate(by_intent.values()) for _ in texts[21:46]])
    away = embed.many(dice.sample(foreign, 500), "query")
    questions = embed.many([texts[20] for texts in by_intent.values()], "query")
    ridge = EntryRidge(known, entry, questions, embed.many(BACKGROUND, "query"))
    centre = known.mean(axis=0)

    def nearest(line: np.ndarray) -> np.ndarray:
        alike = unit(known - centre) @ unit(line - centre)
        return np.array([alike[entry == n].max() for n in range(len(by_intent))])

    found: Row = {}
    for name, scores_of in (("ridge", ridge.scores), ("nearest", nearest)):
        scores, outer = (np.stack([scores_of(line) for line in lines]) for lines in (asked, away))
        ordered, order_outer = np.sort(scores, axis=1), np.sort(outer, axis=1)
        sure = 2 * ordered[:, -1] - ordered[:, -2]
        correct = scores.argmax(axis=1) == right
        best = np.argsort(-sure)[: int(0.75 * len(sure))]
        limit = sure[best[-1]]
        found[f"{name}_forced"] = round(float(correct.mean()), 4)
        found[f"{name}_right_at_75"] = round(float(correct[best].mean()), 4)
        found[f"{name}_foreign_unanswered"] = round(
            float((2 * order_outer[:, -1] - order_outer[:, -2] < limit).mean()), 4
        )
    return found


def decision() -> Row:
    """One chat line to its decision, without a cache, for lines that words settle and for those that are matched."""
    found: Row = {}
    for name in ("anna", "xiaohe"):
        knowledge = load(DEMO / "creators" / name)
        asker = Asker(knowledge, E5Matcher(knowledge, data_dir() / "cache" / "embeddings.sqlite"))
        texts = [line["text"] for line in chat(name) if line.get("text")]
        by_words, matched = [], []
        for text in texts:
            began = time.perf_counter()
            asked = asker.ask(text)
            took = (time.perf_counter() - began) * 1000
            (matched if any(reason.startswith("faq") for reason in asked.reasons) else by_words).append(took)
        found[name] = {"by_words_ms": percentiles(by_words), "matched_ms": percentiles(matched)}
    return found
