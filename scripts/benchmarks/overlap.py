"""Starts into the host's words, and how soon the co-host gives way: on readers with pauses spliced in, and on the demo's hosts.

What is said over them comes of the core on virtual time, its synthesis scripted at 400 ms a clause. Truth is where the recordings
are loud, not what our VAD says. Hearing is real twice: many boards through VAD and endpointing alone, and fewer through the
recogniser as well, with the time that it really took.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import reduce
from operator import add
from pathlib import Path

from common import Row, percentiles
from hearing import heard_of

from livehost.hear.whisper import Whisper
from livehost.weights import whisper_dir

sys.path.append(str(Path(__file__).parents[2]))  # the storyboards of the tests
from tests.splicing import Beside, Board, beside, demo, heard_by_vad, readers

_MANY, _FEW = 48, 10


def overlap() -> Row:
    """Storyboards of real readers with pauses spliced in, and the demo's hosts, a viewer's question every 4 s."""
    found: Row = {}
    for name, boards in (("readers", list(readers(_MANY))), ("demo", list(demo()))):
        for board in boards:
            board.heard = heard_by_vad(board.sound)
        found[f"{name}, vad alone"] = row(boards)
    return found


def recognised() -> Row:
    """The same on fewer boards through the recogniser, with its measured time."""
    found: Row = {}
    for name, boards in (("readers", list(readers(_FEW))), ("demo", list(demo()))):
        for language in {board.language for board in boards}:
            whisper = Whisper(whisper_dir(), (language,))
            for board in boards:
                if board.language == language:
                    board.heard = heard_of(board.sound, whisper).events
        found[name] = row(boards)
    return found


def row(boards: Iterable[Board]) -> Row:
    counts = reduce(add, map(beside, boards), Beside())
    return {
        "starts": counts.starts,
        "starts_inside_host_speech": counts.inside,
        "percent": round(100 * counts.inside / max(1, counts.starts), 2),
        "ducked_after_onset_ms": percentiles(counts.ducked_ms, 0),
        "silent_after_onset_ms": percentiles(counts.silent_ms, 0),
        "silent_after_onset_at_once_ms": percentiles(counts.at_once_ms, 0),
    }
