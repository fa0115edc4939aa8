"""Whether an entry's answer settles a line: both are read together, word beside word, by a small transformer.

A cross-encoder (Nogueira & Cho 2019) over multilingual-e5-small's layers (Wang et al. 2024, MIT), trained further on simulated
rooms (scripts/training) and run in 8 bit by onnxruntime: some 10 ms an entry on one core, so it is asked about the few
entries that the matcher puts first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livehost.meaning import Field

FOLDER = Path(__file__).parent / "cross_encoder"
MODEL, PIECES = FOLDER / "model.onnx", FOLDER / "pieces.json"
# Pieces of each part; what is longer is cut. Set so in training, too.
LINE, ASKED, ANSWER = 28, 40, 36
START, PAD, END = 0, 1, 2
# What a product's field is asked with, in place of an entry's own wordings. Set so in training, too.
FIELDS: dict[Field, tuple[tuple[str, ...], str]] = {
    "price": (("how much is it?", "多少钱?"), "the price, 价格"),
    "availability": (("is it in stock? is it sold out?", "还有货吗?"), "availability, 库存"),
    "color": (("what colours does it come in?", "有什么颜色?"), "the colour, 颜色"),
    "size": (("what sizes does it come in?", "有什么尺码?多大?"), "the size, 尺寸"),
    "material": (("what is it made of?", "什么材质的?"), "the material, 材质"),
    "product_weight": (("how heavy is it?", "多重?"), "the weight, 重量"),
    "link": (("where is the link to buy it?", "链接在哪?"), "the link, 链接"),
}
Pieces = list[int]


Read = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]  # pieces, segments → [entries]


class CrossEncoder:
    """Of a creator's entries, as (wordings, answer), all plain lines. `works` is False where onnxruntime is missing. An entry
    is made into pieces when it is first read: 5,000 of them would hold up the start for 0.3 s. `read` computes elsewhere."""

    def __init__(self, entries: Sequence[tuple[Sequence[str], str]], read: Read | None = None) -> None:
        self._tokens = _tokenizer()
        self._read = read or read_here
        self.works = self._tokens is not None and (read is not None or _session() is not None)
        self._entries = entries
        self._entry = cache(self._pieces_of)

    def logits(self, line: str, which: Sequence[int]) -> NDArray[np.float64]:
        """[len(which)], of the entries of these numbers: above 0 where the answer settles the plain line."""
        start = [START, *self._pieces(line)[:LINE], END]
        entries = [self._entry(n) for n in which]
        longest = len(start) + max(len(ids) for ids, _ in entries)
        pieces = np.full((len(entries), longest), PAD, dtype=np.int64)
        segments = np.zeros((len(entries), longest), dtype=np.int64)
        for row, (ids, parts) in enumerate(entries):
            end = len(start) + len(ids)
            pieces[row, :end] = start + ids
            segments[row, :end] = [1] * len(start) + parts
        return self._read(pieces, segments)

    def _pieces_of(self, entry: int) -> tuple[Pieces, list[int]]:
        """Its pieces, and of which part each is."""
        asked, answer = self._entries[entry]
        first = [*self._pieces(" / ".join(asked))[:ASKED], END]
        second = [*self._pieces(answer)[:ANSWER], END] if answer else []
        return first + second, [2] * len(first) + [3] * len(second)

    def _pieces(self, text: str) -> Pieces:
        ids: Pieces = self._tokens.encode(text, add_special_tokens=False).ids
        return ids


def read_here(pieces: NDArray[np.int64], segments: NDArray[np.int64]) -> NDArray[np.float64]:
    """In this process. Rows of a call share the 8-bit scale of their activations: only a line's own entries go into one."""
    session = _session()
    assert session is not None
    found: NDArray[np.float64] = session.run(None, {"ids": pieces, "segments": segments})[0].astype(np.float64)
    return found


@cache
def _session() -> Any:
    try:
        import onnxruntime
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


@cache
def _tokenizer() -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return None
    return Tokenizer.from_file(str(PIECES))
