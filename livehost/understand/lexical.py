"""How alike two plain lines are by their letters: TF-IDF over character n-grams, through an inverted index."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_PIECE = re.compile(r"[a-z0-9']+|[㐀-鿿]+")


def grams(plain: str) -> Counter[str]:
    """Words and their 3-grams for Latin, single characters and pairs for Chinese."""
    found: Counter[str] = Counter()
    for piece in _PIECE.findall(plain):
        if piece[0] >= "㐀":
            found.update(piece)
            found.update(piece[i : i + 2] for i in range(len(piece) - 1))
        else:
            framed = f"<{piece}>"
            found[framed] += 1
            found.update(framed[i : i + 3] for i in range(len(framed) - 2))
    return found


class LexicalIndex:
    """Cosine of each indexed line with a query, 0-1."""

    def __init__(self, lines: Sequence[str]) -> None:
        counted = [grams(line) for line in lines]
        seen_in = Counter(gram for counts in counted for gram in counts)
        self._weight = {gram: math.log(1 + len(lines) / times) for gram, times in seen_in.items()}
        self._unseen = math.log(1 + len(lines))
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, counts in enumerate(counted):
            vector = self._vector(counts)
            for gram, value in vector.items():
                self._postings[gram].append((number, value))
        self._size = len(lines)

    def scores(self, plain: str) -> list[float]:
        """One score per indexed line, in their order."""
        totals = [0.0] * self._size
        for gram, value in self._vector(grams(plain)).items():
            for number, other in self._postings.get(gram, ()):
                totals[number] += value * other
        return totals

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        raw = {g: (1 + math.log(n)) * self._weight.get(g, self._unseen) for g, n in counts.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {gram: value / length for gram, value in raw.items()}
