"""What rooms ask for, as some five hundred concepts, each in many wordings of both languages, and which of them a line is.

The wordings in `corpus/*.txt` were written for this: `@concept`, then lines of wordings, separated by `|`. Concepts that ask
nothing of the shop (statements, a person's own order, complaints, talk to the host) stand among them, so that a line has
somewhere else to belong.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livehost.decision import Kind
from livehost.meaning import Field
from livehost.understand.lexical import grams
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Vectors

CORPUS = Path(__file__).parent / "corpus"
_NEAREST = 12  # wordings that vote for their concepts
_SOFTNESS = 0.06
FIELD_CONCEPTS: dict[str, Field] = {
    "price": "price",
    "availability": "availability",
    "colors": "color",
    "sizes": "size",
    "capacity": "size",
    "material": "material",
    "weight": "product_weight",
    "link": "link",
}
_KINDS: dict[str, Kind] = {
    "own": "order",
    "complaint": "complaint",
    "personal": "personal",
    "say": "statement",
    "other": "other_question",
    "hostile": "statement",  # what is hostile is told by its words; being like it is not enough
}


def read_corpus(folder: Path = CORPUS) -> Iterator[tuple[str, str]]:
    """(concept, plain wording), in the order of the files."""
    concept = ""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                concept = line[1:].strip()
            elif line.strip():
                for wording in line.split("|"):
                    yield concept, plain_line(wording).plain


class Concepts:
    """Known wordings as points; a line's concepts are those of the wordings nearest to it."""

    def __init__(self, rows: list[tuple[str, str]], vectors: Vectors) -> None:
        self.names = tuple(dict.fromkeys(concept for concept, _ in rows))
        number = {name: n for n, name in enumerate(self.names)}
        self.rows = [wording for _, wording in rows]
        self.concept: NDArray[np.int64] = np.array([number[concept] for concept, _ in rows])
        self.vectors = vectors
        self.asks = np.array(
            [name.split(".")[0] not in _KINDS for name in self.names]
        )  # something of the shop or channel
        sets = [frozenset(grams(wording)) for wording in self.rows]
        self.words: dict[int, set[str]] = defaultdict(set)
        for concept, found in zip(self.concept, sets, strict=True):
            self.words[int(concept)] |= found
        seen_in = Counter(gram for found in sets for gram in found)
        self.rarity = {gram: math.log(1 + len(sets) / times) for gram, times in seen_in.items()}
        self.unseen = math.log(1 + len(sets))

    def shares(self, lines: Vectors) -> Vectors:
        """[lines, 512] → [lines, concepts], summing to 1."""
        alike = lines @ self.vectors.T
        most = min(_NEAREST, alike.shape[1])
        near = np.argpartition(-alike, most - 1, axis=1)[:, :most]
        found = np.zeros((len(lines), len(self.names)), dtype=np.float32)
        for line, wordings in enumerate(near):
            strength = np.exp((alike[line, wordings] - alike[line, wordings].max()) / _SOFTNESS)
            np.add.at(found[line], self.concept[wordings], strength / strength.sum())
        return found

    def nearest(self, line: Vectors) -> Vectors:
        """[512] → [concepts]: how near the nearest wording of each is."""
        best = np.full(len(self.names), -1.0, dtype=np.float32)
        np.maximum.at(best, self.concept, self.vectors @ line)
        return best

    def kind(self, concept: int) -> Kind:
        """What a line of this concept is, if the creator's knowledge doesn't hold it."""
        return _KINDS.get(self.names[concept].split(".")[0], "other_question")

    def wordings_of(self, concept: str) -> list[int]:
        """Rows of a concept by name."""
        return np.flatnonzero(self.concept == self.names.index(concept)).tolist()


@cache
def known_concepts() -> Concepts:
    """The packaged ones. `points.npz` holds the wordings' points as made by scripts/training, in steps of 1/127."""
    rows = list(read_corpus())
    with np.load(CORPUS / "points.npz") as kept:
        vectors = kept["points"].astype(np.float32) / 127
    if len(vectors) != len(rows):
        raise AssertionError("points.npz is of another corpus; run scripts/training")
    return Concepts(rows, vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
