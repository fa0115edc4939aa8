"""What the commands tell: the fields of CONTRACTS.md, and more. Similarities are Resemblyzer's, `similarity_cam` CAM++'s."""

from __future__ import annotations

import msgspec


class Sample(msgspec.Struct, frozen=True):
    """A line of the table of what was taken in; `why` is empty when it was kept. `match`: the cosine to the person."""

    file: str
    start_ms: int
    end_ms: int
    kept: bool
    why: str
    snr_db: float
    match: float


class ConsentSaid(msgspec.Struct, frozen=True):
    accepted: bool
    heard: str
    speaker_match: float
    reasons: tuple[str, ...] = ()


class Judged(msgspec.Struct, frozen=True):
    """Of the test sentences: likeness in the person's own language, then all by language (errors of characters in
    Chinese), beside the errors of stock voices."""

    similarity: float
    similarities: dict[str, float]
    similarities_cam: dict[str, float]
    similarity_best_stock: float
    best_stock: str
    word_errors: dict[str, float]
    word_errors_stock: dict[str, float]


class Enrolled(msgspec.Struct, frozen=True):
    """`judged`, `folder` and `page` are there when the consent was accepted."""

    voice: str
    consent: ConsentSaid
    samples: tuple[Sample, ...]
    speech_seconds: float
    seconds: float
    similarity: float | None = None
    similarity_best_stock: float | None = None
    judged: Judged | None = None
    advice: tuple[str, ...] = ()
    folder: str = ""
    page: str = ""


class Measured(msgspec.Struct, frozen=True):
    similarity: float
    similarity_best_stock: float
    best_stock: str
    seconds: float
    files: tuple[str, ...]
    judged: Judged
    samples: tuple[Sample, ...]


class Checked(msgspec.Struct, frozen=True):
    voice: str
    similarity: float
    similarity_cam: float
    similarity_best_stock: float
    best_stock: str
    speech_seconds: float
    samples: tuple[Sample, ...]
