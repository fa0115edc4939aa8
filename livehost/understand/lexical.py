"""How alike two plain lines are by their letters: TF-IDF over character n-grams, through an inverted index."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from livehost.commands import Among
from livehost.knowledge import Faq
from livehost.understand.normalise import plain_line

_TRUST = 0.6  # alike by letters is less than alike by meaning
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


class EntryLetters:
    """FAQ entries, found by the letters of their wordings or answers alone."""

    def __init__(self, faqs: Sequence[Faq]) -> None:
        wordings = [(faq.id, wording) for faq in faqs for wording in faq.wordings]
        answers = [(faq.id, faq.answer) for faq in faqs]
        self._indexes: dict[Among, tuple[list[str], LexicalIndex]] = {
            "questions": _indexed(wordings),
            "answers": _indexed(answers),
        }

    def scores(self, text: str, among: Among) -> dict[str, float]:
        """0-1 for each entry."""
        faqs, index = self._indexes[among]
        best: dict[str, float] = {}
        for faq, score in zip(faqs, index.scores(text), strict=True):
            best[faq] = max(_TRUST * score, best.get(faq, 0.0))
        return best


def _indexed(lines: Sequence[tuple[str, str]]) -> tuple[list[str], LexicalIndex]:
    return [faq for faq, _ in lines], LexicalIndex([plain_line(line).plain for _, line in lines])
