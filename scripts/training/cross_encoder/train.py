"""Trains the cross-encoder on written rooms and the corpus of concepts; writes its weights.

    python train.py base.npz pieces.json weights.pt [--seconds 370] [--rounded 90] [--again earlier.pt]

Reads rooms.json and concepts.json of `rooms.py`. A line comes with its entry, entries that look like it, and others; the loss
is the choice among them and none (softmax), and of each by itself (logistic). Slips, fillers and cut wordings come at random.
The first seconds train as usual, the others with weights and activations rounded as in the file that `export.py` writes.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from model import CrossEncoder, Pairs, batch, from_base
from rounding import round_from_now_on, smooth, with_places_for_scales
from swaps import Swaps
from torch.nn import functional as F

NO_QUESTIONS = ("own", "complaint", "personal", "say", "other", "hostile")  # concepts that no entry is asked with
LINES, ENTRIES = 96, 8  # a step
PARTS_OF_A_STEP = 3  # pairs of like length are computed together
OF_CONCEPTS, ENTRY_GONE, ANSWER_GONE, SWAPPED = 0.25, 0.1, 0.12, 0.6
RATE, RATE_AGAIN, ROUNDED_RATE, WARM_UP, AVERAGED_FROM = 2e-4, 1e-4, 3e-5, 200, 0.6
CALIBRATED_ON = 16  # batches
Drawn = tuple[str, list[tuple[list[str], str]], list[int]]  # line, (wordings, answer) of each entry, which is right


class Draw:
    """Lines with entries, at random."""

    def __init__(self, rooms: list[dict[str, Any]], concepts: dict[str, list[str]], seed: int) -> None:
        self.random = random.Random(seed)
        self.swaps = Swaps(self.random)
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
        if line["near"] and not is_field(entries[line["near"][0]]):  # it may well ask a field
            like = [n for n in like if not is_field(entries[n])]
        if r.random() < ENTRY_GONE:
            picked = [n for n in like[:12] if n not in gold and n not in line["near"]]
            picked = r.sample(picked, min(ENTRIES, len(picked)))
        else:
            picked = [*gold[:1], *line["near"][:1]]
            hard = [n for n in like[:10] if n not in gold and n not in picked]
            picked += r.sample(hard, min(len(hard), max(1, (ENTRIES - len(picked) + 1) // 2)))
            others = [n for n in like if n not in picked and n not in gold]
            picked += r.sample(others, min(len(others), ENTRIES - len(picked)))
        shown, right = [self.shown(entries[n]) for n in picked], [int(n in gold) for n in picked]
        text = line["text"]
        if gold and picked[0] in gold and r.random() < SWAPPED:
            text = self.swapped(room, text, shown, right)
        return self.slip(text), shown, right

    def swapped(self, room: dict[str, Any], line: str, shown: list[tuple[list[str], str]], right: list[int]) -> str:
        """The line, whose first entry answers it: with another term than the entry's in it or in the entry, or in both."""
        known = room.setdefault("known", " / ".join(" / ".join((*e["asked"], e["answer"])) for e in room["entries"]))
        kind = self.random.random()
        asked, answer = shown[0]
        if kind < 0.35 and (other := self.swaps.in_line(line, asked, answer, known)):
            right[0] = 0
            return other
        if 0.35 <= kind < 0.6 and (entry := self.swaps.in_entry(line, asked, answer, known)):
            shown[0], right[0] = entry, 0
        elif kind >= 0.6 and (both := self.swaps.in_both(line, asked, answer, known)):
            line, *entry_now = both
            shown[0] = (entry_now[0], entry_now[1])
        return line

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


def is_field(entry: dict[str, Any]) -> bool:
    return str(entry["id"]).startswith("field:")


def has_han(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def from_earlier(path: Path) -> CrossEncoder:
    state = {name: tensor.float() for name, tensor in torch.load(path, weights_only=True).items()}
    model = with_places_for_scales(CrossEncoder(len(state["word.weight"])))
    model.load_state_dict(state)
    return model


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
    draw.random = draw.swaps.random = random.Random(seed)
    while True:
        some: list[tuple[Any, int, int]] = []
        for n in range(LINES):
            text, entries, right = draw.one()
            some += [(pairs.pair(text, *entry), is_right, n) for entry, is_right in zip(entries, right, strict=True)]
        some.sort(key=lambda one: len(one[0][0]))
        queue.put(tuple(zip(*some, strict=True)))


@contextmanager
def batches(draw: Draw, pairs: Pairs) -> Iterator[Any]:
    """A queue of (pairs in order of length, which are right, whose line)."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue(24)
    makers = [context.Process(target=fill, args=(queue, draw, pairs, n), daemon=True) for n in range(12)]
    for maker in makers:
        maker.start()
    yield queue
    for maker in makers:
        maker.terminate()


def train(model: CrossEncoder, queue: Any, seconds: float, rate: float, device: str) -> None:
    """Leaves the mean of the later steps' weights (exponential)."""
    new = [p for name, p in model.named_parameters() if name.startswith(("h1", "h2", "seg"))]
    old = [p for name, p in model.named_parameters() if not name.startswith(("h1", "h2", "seg", "word"))]
    groups = [(old, rate), ([model.word.weight], 0.7 * rate), (new, 3 * rate)]
    optimiser = torch.optim.AdamW([{"params": p, "lr": r} for p, r in groups], weight_decay=0.01, betas=(0.9, 0.98))
    mean: dict[str, torch.Tensor] = {}
    model.train()
    began, step, done = time.monotonic(), 0, 0.0
    while done < 1:
        step, done = step + 1, (time.monotonic() - began) / seconds
        pace = min(1.0, step / WARM_UP) * max(0.02, 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
        for group, (_, fastest) in zip(optimiser.param_groups, groups, strict=True):
            group["lr"] = fastest * pace
        drawn, right, line = queue.get()
        share = -(-len(drawn) // PARTS_OF_A_STEP)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            parts = [model(*batch(drawn[at : at + share], device)) for at in range(0, len(drawn), share)]
        loss = loss_of(
            torch.cat(parts).float(), torch.tensor(right, device=device).float(), torch.tensor(line, device=device)
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if done > AVERAGED_FROM and step % 10 == 0:
            now = model.state_dict()
            mean = {k: v.lerp(now[k], 0.03) for k, v in mean.items()} or copy.deepcopy(now)
        if step % 100 == 0:
            print(step, f"{done:.0%}", round(float(loss), 4), flush=True)
    if mean:
        model.load_state_dict(mean)
    model.eval()
    print(f"{step} steps in {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    reads = argparse.ArgumentParser()
    for name in ("base", "pieces", "out"):
        reads.add_argument(name, type=Path)
    reads.add_argument("--seconds", type=float, default=370)
    reads.add_argument("--rounded", type=float, default=90)
    reads.add_argument("--again", type=Path, help="weights to go on from, by again.py")
    wanted = reads.parse_args()
    where = "cuda" if torch.cuda.is_available() else "cpu"
    texts = Pairs(wanted.pieces)
    every = json.loads(Path("rooms.json").read_text(encoding="utf-8"))
    start = (from_earlier(wanted.again) if wanted.again else from_base(wanted.base)).to(where).eval()
    known = json.loads(Path("concepts.json").read_text(encoding="utf-8"))
    with batches(Draw(every, known, 1), texts) as drawn_lines:
        train(start, drawn_lines, wanted.seconds, RATE_AGAIN if wanted.again else RATE, where)
        if not wanted.again:
            smooth(start, [drawn_lines.get()[0] for _ in range(CALIBRATED_ON)], where)
        round_from_now_on(start)
        train(start, drawn_lines, wanted.rounded, ROUNDED_RATE, where)
    torch.save({name: tensor.cpu().half() for name, tensor in start.state_dict().items()}, wanted.out)
