"""Places every wording of the corpus by the trained layers: `corpus/points.npz`, in steps of 1/127."""

from __future__ import annotations

import numpy as np

from livehost.understand.concepts import CORPUS, read_corpus
from livehost.understand.sentences import Sentences

rows = [wording for _, wording in read_corpus()]
placed = Sentences().many(rows)
steps = np.round(placed / np.abs(placed).max(axis=1, keepdims=True) * 127).astype(np.int8)
np.savez_compressed(CORPUS / "points.npz", points=steps)
print(f"{len(rows)} wordings")
