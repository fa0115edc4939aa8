"""The sound in which a name is said, made silent: the tracks are written anew, encrypted ones encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from livehost.keeping.rewriting import Rewriter
from livehost.record.sealed import SealedWriter, recording_key
from livehost.record.tracks import is_sealed, open_track, track_path
from livehost.review.timeline_reader import read_timeline
from livehost.secret import Secrets

_MARGIN_MS = 200
Spans = Sequence[tuple[int, int]]


def silence(folder: Path, rewriter: Rewriter) -> int:
    """Where the recording (as it was) tells that a name was said; the whole of that utterance. Returns how many ms."""
    if not (rewriter.spoken or rewriter.said_by_host):
        return 0
    seen = read_timeline(folder)
    said = [(u.started_ms, u.ended_ms) for u in seen.utterances if u.number in rewriter.spoken and u.started_ms >= 0]
    host = [(w.start_ms, w.end_ms) for w in seen.host if w.utterance in rewriter.said_by_host]
    total = 0
    for name, spans in (("cohost", said), ("host", host)):
        path = track_path(folder, name)
        if path and spans:
            _silenced(path, [(start - _MARGIN_MS, end + _MARGIN_MS) for start, end in spans])
            total += sum(end - start for start, end in spans)
    return total


def _silenced(path: Path, spans: Spans) -> None:
    import soundfile

    fresh = path.with_name(f".{path.name}.new")
    with open_track(path) as plain, soundfile.SoundFile(plain) as source:
        rate = source.samplerate
        out = SealedWriter(fresh, recording_key(Secrets())) if is_sealed(path) else fresh.open("wb")
        with out, soundfile.SoundFile(out, "w", rate, 1, format="OGG", subtype="OPUS") as target:
            if source.comment:
                target.comment = source.comment
            at = 0
            while len(block := source.read(rate * 10, dtype="float32")):
                for start_ms, end_ms in spans:
                    start, end = (round(ms * rate / 1000) - at for ms in (start_ms, end_ms))
                    block[max(0, start) : max(0, end)] = np.float32(0)
                target.write(block)
                at += len(block)
    fresh.replace(path)
