"""The cross-encoder in PyTorch: multilingual-e5-small's layers over a line and an entry together, with a small head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from base import WIDTH, unpacked
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from livehost.understand.cross_encoder import ANSWER, ASKED, END, LINE, PAD, START

HEADS, INNER, LAYERS, LONGEST = 12, 1536, 12, 160
Pair = tuple[list[int], list[int]]  # pieces, and of which part each is: 1 the line, 2 the wordings, 3 the answer


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.ao = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.fi, self.fo = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.aln, self.oln = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor, drop: float) -> Tensor:
        pairs, length, _ = x.shape
        q, k, v = (
            part.view(pairs, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in self.qkv(x).split(WIDTH, -1)
        )
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype), dropout_p=drop * self.training)
        seen = seen.transpose(1, 2).reshape(pairs, length, WIDTH)
        x = self.aln(x + F.dropout(self.ao(seen), drop, self.training))
        return self.oln(x + F.dropout(self.fo(F.gelu(self.fi(x))), drop, self.training))


class CrossEncoder(nn.Module):
    """ids, segments [n, length] (segment 0: padding) → logits [n]"""

    def __init__(self, pieces: int, drop: float = 0.1) -> None:
        super().__init__()
        self.word, self.pos, self.seg = (nn.Embedding(n, WIDTH) for n in (pieces, LONGEST, 4))
        self.eln = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.h1, self.h2 = nn.Linear(5 * WIDTH, 256), nn.Linear(256, 1)
        self.drop = drop

    def states(self, ids: Tensor, segments: Tensor) -> Tensor:
        x = self.eln(self.word(ids) + self.pos.weight[: ids.shape[1]][None] + self.seg(segments))
        bias = ((segments == 0).to(x.dtype) * -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(F.dropout(x, self.drop, self.training) if layer is self.layers[0] else x, bias, self.drop)
        return x

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        x = self.states(ids, segments)
        line, entry = _mean(x, segments == 1), _mean(x, segments >= 2)
        features = torch.cat([x[:, 0], line, entry, (line - entry).abs(), line * entry], -1)
        return self.h2(F.dropout(F.gelu(self.h1(features)), self.drop, self.training))[:, 0]


def _mean(x: Tensor, where: Tensor) -> Tensor:
    mask = where.to(x.dtype)[..., None]
    return (x * mask).sum(1) / mask.sum(1).clamp(min=1)


def from_base(path: Path) -> CrossEncoder:
    """With the weights of `base.py`; the head is new."""
    with np.load(path) as file:
        weights = {n: torch.tensor(unpacked(file[n]) if file[n].ndim == 2 else file[n]).float() for n in file.files}
    model = CrossEncoder(weights["emb.word"].numel() // WIDTH)
    places = {f"pos_type.{n}": weights[f"emb.{n}"].view(-1, WIDTH) for n in ("pos", "type")}
    state = {
        "word.weight": weights["emb.word"].view(-1, WIDTH),
        "pos.weight": places["pos_type.pos"][:LONGEST] + places["pos_type.type"][:1],
        "seg.weight": torch.zeros(4, WIDTH),
        "eln.weight": weights["emb.ln.w"],
        "eln.bias": weights["emb.ln.b"],
    }
    for n in range(LAYERS):
        state[f"layers.{n}.qkv.weight"] = torch.cat([weights[f"l{n}.{c}.w"].view(WIDTH, WIDTH) for c in "qkv"])
        state[f"layers.{n}.qkv.bias"] = torch.cat([weights[f"l{n}.{c}.b"] for c in "qkv"])
        for name, columns in (("ao", WIDTH), ("fi", WIDTH), ("fo", INNER)):
            state[f"layers.{n}.{name}.weight"] = weights[f"l{n}.{name}.w"].view(-1, columns)
            state[f"layers.{n}.{name}.bias"] = weights[f"l{n}.{name}.b"]
        for name in ("aln", "oln"):
            state[f"layers.{n}.{name}.weight"] = weights[f"l{n}.{name}.w"]
            state[f"layers.{n}.{name}.bias"] = weights[f"l{n}.{name}.b"]
    missing, unknown = model.load_state_dict(state, strict=False)
    assert not unknown and all(name.startswith(("h1", "h2")) for name in missing)
    for head in (model.h1, model.h2):
        nn.init.normal_(head.weight, std=0.02)
    nn.init.zeros_(model.h1.bias)
    nn.init.constant_(model.h2.bias, -1.0)
    return model


class Pairs:
    """Texts to pieces, pairs to batches."""

    def __init__(self, pieces: Path) -> None:
        self._tokens = Tokenizer.from_file(str(pieces))
        self._known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        if text not in self._known:
            self._known[text] = self._tokens.encode(text, add_special_tokens=False).ids
        return self._known[text]

    def pair(self, line: str, asked: Sequence[str], answer: str) -> Pair:
        parts = [[START, *self.ids(line)[:LINE], END], [*self.ids(" / ".join(asked))[:ASKED], END]]
        if answer:
            parts.append([*self.ids(answer)[:ANSWER], END])
        return [piece for part in parts for piece in part], [n for n, part in enumerate(parts, 1) for _ in part]


def batch(pairs: Sequence[Pair], device: str) -> tuple[Tensor, Tensor]:
    longest = -(-max(len(ids) for ids, _ in pairs) // 8) * 8
    ids, segments = np.full((len(pairs), longest), PAD), np.zeros((len(pairs), longest), dtype=np.int64)
    for row, (some, parts) in enumerate(pairs):
        ids[row, : len(some)], segments[row, : len(parts)] = some, parts
    return torch.from_numpy(ids).to(device), torch.from_numpy(segments).to(device)
