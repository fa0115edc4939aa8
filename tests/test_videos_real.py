"""A real film: its sound to words, its tags to title and chapters, and a viewer's question to the moment that is meant."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livehost.asking import Asker, matcher_for
from livehost.creators import load
from livehost.errors import BadInput
from livehost.hear.audio_file import read_all
from livehost.imports.feeds import Shop
from livehost.imports.into import import_file
from livehost.imports.video import About
from livehost.sound import HEARD_RATE, Samples

pytestmark = pytest.mark.models
LINK = "https://www.youtube.com/watch?v=jfk"


def film(place: Path, sound: Samples, title: str) -> Path:
    """Grey pictures, H.264 and AAC, with a title and two chapters."""
    import av

    with av.open(str(place), "w") as file:
        picture: Any = file.add_stream("libx264", rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        track: Any = file.add_stream("aac", rate=HEARD_RATE, layout="mono")
        file.metadata["title"] = title
        file.set_chapters(
            [
                {"id": n, "start": at, "end": at + 8, "time_base": Fraction(1, 1), "metadata": {"title": name}}
                for n, (at, name) in enumerate([(0, "To his Americans"), (8, "The other way round")])
            ]
        )
        for _ in range(len(sound) * 5 // HEARD_RATE):
            file.mux(picture.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), format="rgb24")))
        file.mux(picture.encode(None))
        for start in range(0, len(sound), 1024):
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + 1024], format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = HEARD_RATE, start, Fraction(1, HEARD_RATE)
            file.mux(track.encode(frame))
        file.mux(track.encode(None))
    return place


def test_a_film_is_heard_and_its_moment_found(tmp_path: Path, shared_data: Path) -> None:
    folder = tmp_path / "anna"
    folder.mkdir()
    (folder / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    sound = read_all(shared_data / "speech" / "whisper_jfk.flac")
    talk = film(tmp_path / "talk.mp4", sound, "An old speech")
    assert abs(len(read_all(talk)) - len(sound)) < HEARD_RATE // 5
    done = import_file(talk, folder, Shop(), About(link=LINK))
    knowledge = load(folder)
    assert (done.what, done.added) == ("video", 1)
    assert [(p.title, p.id, p.moment) for p in knowledge.passages] == [
        ("An old speech", "0:00", "To his Americans"),
        ("An old speech", "0:08", "The other way round"),
    ]
    words = " ".join(passage.text.casefold() for passage in knowledge.passages)
    assert "your country can do for you" in words
    decision = Asker(knowledge, matcher_for(knowledge, tmp_path / "cache")).ask(
        "in which video do you say what your country can do for you?"
    )
    assert decision.route == "answer" and '"An old speech"' in decision.spoken
    assert decision.link.startswith(LINK) and {e.source for e in decision.evidence} == {"videos/talk"}


def test_a_film_without_words_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    folder.mkdir()
    (folder / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    silent = film(tmp_path / "silent.mp4", np.zeros(HEARD_RATE * 3, np.float32), "")
    with pytest.raises(BadInput, match="nothing is said"):
        import_file(silent, folder, Shop())
    (tmp_path / "none.mp4").write_bytes(b"no film at all")
    with pytest.raises(BadInput, match="no sound"):
        import_file(tmp_path / "none.mp4", folder, Shop())
    assert sorted(path.name for path in folder.iterdir()) == ["creator.toml"]
