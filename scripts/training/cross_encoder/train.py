"""Trains the cross-encoder on written rooms, the corpus of concepts and five development rooms; writes its weights.

    python train.py base.npz pieces.json weights.pt [--steps 5000]

Reads rooms.json and concepts.json of `rooms.py`. A line comes with its entry, entries that look like it, and others; the loss
is the choice among them and none (softmax), and of each by itself (logistic). Slips, fillers and cut wordings come at random.
5000 steps took 193 s on one H100.
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import math
import multiprocessing
import random
from pathlib import Path
from typing import Any

import torch
from model import CrossEncoder, Pairs, batch, from_base
from rooms import plain
from torch.nn import functional as F

SETS = Path(__file__).parents[3] / "tests" / "evaluation"
DEVELOPMENT = ("beauty", "snacks", "pets", "wardrobe", "tavern")
NO_QUESTIONS = ("own", "complaint", "personal", "say", "other", "hostile")  # concepts that no entry is asked with
LINES, ENTRIES = 48, 8  # a step
OF_CONCEPTS, ENTRY_GONE, ANSWER_GONE = 0.3, 0.1, 0.12
RATE, WARM_UP, AVERAGED_FROM = 1.5e-4, 200, 0.6
Drawn = tuple[str, list[tuple[list[str], str]], list[int]]  # line, (wordings, answer) of each entry, which is right


class Draw:
    """Lines with entries, at random."""

    def __init__(self, rooms: list[dict[str, Any]], concepts: dict[str, list[str]], seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = [(room, line) for room in rooms for line in room["lines"]]
        self.concepts = concepts
        self.askable = [c for c in concepts if c.split(".")[0] not in NO_QUESTIONS and len(concepts[c]) > 4]
        self.rest = [w for c in concepts if c.split(".")[0] in NO_QUESTIONS for w in concepts[c]]

    def one(self) -> Drawn:
        return self.of_concepts() if self.random.random() < OF_CONCEPTS else self.of_a_room()

    def of_a_room(self) -> Drawn:
        r = self.random
        room, line = r.choice(self.lines)
        entries, gold, like = room["entries"], line["gold"], line["like"]
        if r.random() < ENTRY_GONE:
            picked = [n for n in like[:12] if n not in gold and n not in line["near"]]
            picked = r.sample(picked, min(ENTRIES, len(picked)))
        else:
            picked = [*gold[:1], *line["near"][:1]]
            hard = [n for n in like[:10] if n not in gold and n not in picked]
            picked += r.sample(hard, min(len(hard), max(1, (ENTRIES - len(picked) + 1) // 2)))
            others = [n for n in range(len(entries)) if n not in picked and n not in gold]
            picked += r.sample(others, min(len(others), ENTRIES - len(picked)))
        return self.slip(line["text"]), [self.shown(entries[n]) for n in picked], [int(n in gold) for n in picked]

    def of_concepts(self) -> Drawn:
        """Questions of the corpus as entries without an answer, in one language; the line may be in the other."""
        r = self.random
        first = r.choice(self.askable)
        siblings = [c for c in self.askable if c != first and c.split(".")[0] == first.split(".")[0]]
        chosen = [first, *r.sample(siblings, min(len(siblings), r.choice([0, 2, 4])))]
        chosen += r.sample([c for c in self.askable if c not in chosen], ENTRIES - len(chosen))
        chinese = r.random() < 0.5
        entries: list[tuple[list[str], str]] = []
        for concept in chosen:
            own = [w for w in self.concepts[concept] if has_han(w) == chinese] or self.concepts[concept]
            entries.append((r.sample(own, max(1, min(len(own) - 1, r.choice([1, 1, 2, 3])))), ""))
        left = [w for w in self.concepts[first] if w not in entries[0][0]] or self.concepts[first]
        kind = r.random()
        if kind < 0.25:
            return self.slip(r.choice(self.rest)), entries, [0] * ENTRIES
        if kind < 0.4:
            other = r.choice([c for c in self.askable if c not in chosen])
            return self.slip(r.choice(self.concepts[other])), entries[1:], [0] * (ENTRIES - 1)
        return self.slip(r.choice(left)), entries, [1] + [0] * (ENTRIES - 1)

    def shown(self, entry: dict[str, Any]) -> tuple[list[str], str]:
        r, asked = self.random, list(entry["asked"])
        if len(asked) > 1 and r.random() < 0.5:
            asked = asked[:1] if r.random() < 0.6 else r.sample(asked, r.randint(1, len(asked)))
        return asked, "" if r.random() < ANSWER_GONE else entry["answer"]

    def slip(self, text: str) -> str:
        r = self.random
        if r.random() < 0.12 and len(text) > 6:
            n = r.randrange(len(text) - 2)
            two = text[n : n + 2]
            if two.isascii() and two.isalpha():
                text = text[:n] + r.choice([two[::-1], two[1], two[0] + two]) + text[n + 2 :]
        if r.random() < 0.25:
            text = text.rstrip("?？!！. ")
        if r.random() < 0.06:
            text = (
                r.choice(["宝宝,", "主播,", "请问", "老板 "] if has_han(text) else ["hey ", "pls ", "yo ", "um "])
                + text
            )
        if r.random() < 0.03:
            text += r.choice(["宝", "呀", "呢", "谢谢"] if has_han(text) else [" pls", " thx", " lol", " asap"])
        return text


def has_han(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def development(name: str) -> dict[str, Any]:
    """A development room; its lines that a product's field answers teach nothing about entries."""
    with (SETS / name / "faq.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    entries = [
        {
            "id": row["id"],
            "asked": [plain(w) for w in (row["question"], *row["also_asked"].split("|")) if w.strip()],
            "answer": plain(row["answer"]),
        }
        for row in rows
    ]
    place = {row["id"]: n for n, row in enumerate(rows)}
    lines = []
    for raw in (SETS / name / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(raw)
        wanted = case["expect"].get("faq") or []
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if wanted or case["expect"].get("kind") not in (None, "routine"):
            lines.append({"text": plain(case["text"]), "gold": [place[w] for w in wanted], "near": []})
    return {"name": name, "entries": entries, "lines": lines}


@torch.no_grad()
def rank_likeness(rooms: list[dict[str, Any]], model: CrossEncoder, pairs: Pairs, device: str) -> None:
    """`like` of each line: its room's entries by the untrained encoder's likeness, best first."""
    for room in rooms:
        texts = [" / ".join(e["asked"]) for e in room["entries"]] + [line["text"] for line in room["lines"]]
        points = []
        for start in range(0, len(texts), 256):
            some = [[0, *pairs.ids("query: " + text)[:60], 2] for text in texts[start : start + 256]]
            ids, segments = batch([(ids, [1] * len(ids)) for ids in some], device)
            mask = (segments > 0)[..., None]
            points.append(F.normalize((model.states(ids, segments) * mask).sum(1).float(), dim=-1).cpu())
        every, count = torch.cat(points), len(room["entries"])
        order = (every[count:] @ every[:count].T).argsort(1, descending=True).tolist()
        for line, like in zip(room["lines"], order, strict=True):
            line["like"] = like


def loss_of(logits: torch.Tensor, right: torch.Tensor, line: torch.Tensor) -> torch.Tensor:
    zero = torch.zeros(LINES, device=logits.device)
    top = logits.detach().max().clamp(min=0)
    weights = torch.exp(logits - top)
    every = zero.index_add(0, line, weights) + torch.exp(-top)
    chosen = zero.index_add(0, line, weights * right)
    chosen = torch.where(zero.index_add(0, line, right) > 0, chosen, torch.exp(-top))
    among = (torch.log(every) - torch.log(chosen + 1e-30)).mean()
    return among + 0.5 * F.binary_cross_entropy_with_logits(logits, right)


def fill(queue: Any, draw: Draw, pairs: Pairs, seed: int) -> None:
    draw.random = random.Random(seed)
    while True:
        some: list[tuple[Any, int, int]] = []
        for n in range(LINES):
            text, entries, right = draw.one()
            some += [(pairs.pair(text, *entry), is_right, n) for entry, is_right in zip(entries, right, strict=True)]
        queue.put(tuple(zip(*some, strict=True)))


def train(model: CrossEncoder, draw: Draw, pairs: Pairs, steps: int, device: str) -> CrossEncoder:
    """The mean of the later steps' weights (exponential)."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue(24)
    makers = [context.Process(target=fill, args=(queue, draw, pairs, n), daemon=True) for n in range(8)]
    for maker in makers:
        maker.start()
    new = [p for name, p in model.named_parameters() if name.startswith(("h1", "h2", "seg"))]
    old = [p for name, p in model.named_parameters() if not name.startswith(("h1", "h2", "seg", "word"))]
    groups = [(old, RATE), ([model.word.weight], 0.7 * RATE), (new, 3 * RATE)]
    optimiser = torch.optim.AdamW([{"params": p, "lr": r} for p, r in groups], weight_decay=0.01, betas=(0.9, 0.98))
    mean: dict[str, torch.Tensor] = {}
    model.train()
    for step in range(1, steps + 1):
        pace = min(1.0, step / WARM_UP) * max(0.02, 0.5 * (1 + math.cos(math.pi * step / steps)))
        for group, (_, rate) in zip(optimiser.param_groups, groups, strict=True):
            group["lr"] = rate * pace
        drawn, right, line = queue.get()
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            logits = model(*batch(drawn, device))
        loss = loss_of(logits.float(), torch.tensor(right, device=device).float(), torch.tensor(line, device=device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step > AVERAGED_FROM * steps and step % 10 == 0:
            now = model.state_dict()
            mean = {k: v.lerp(now[k], 0.03) for k, v in mean.items()} or copy.deepcopy(now)
        if step % 100 == 0:
            print(step, round(float(loss), 4), flush=True)
    for maker in makers:
        maker.terminate()
    if mean:
        model.load_state_dict(mean)
    return model.eval()


if __name__ == "__main__":
    reads = argparse.ArgumentParser()
    for name in ("base", "pieces", "out"):
        reads.add_argument(name, type=Path)
    reads.add_argument("--steps", type=int, default=5000)
    wanted = reads.parse_args()
    where = "cuda" if torch.cuda.is_available() else "cpu"
    texts = Pairs(wanted.pieces)
    every = json.loads(Path("rooms.json").read_text(encoding="utf-8")) + [development(name) for name in DEVELOPMENT]
    start = from_base(wanted.base).to(where).eval()
    rank_likeness(every, start, texts, where)
    known = json.loads(Path("concepts.json").read_text(encoding="utf-8"))
    done = train(start, Draw(every, known, 1), texts, wanted.steps, where)
    torch.save({name: tensor.cpu().half() for name, tensor in done.state_dict().items()}, wanted.out)
