"""Films for viewers who asked: made of real pictures and the real voice, read back by ffmpeg's libraries and the recogniser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livehost.errors import BadInput
from livehost.hear.transcribe import transcribe_file
from livehost.review.drafts import Draft
from livehost.review.numbers import Segment
from livehost.review.pictures import picture as read_picture
from livehost.review.pictures import pictures_of
from livehost.review.promo import Made, make_promo
from livehost.speak.voices import open_voice

av = pytest.importorskip("av")
pytestmark = pytest.mark.models
SPOKEN = "You asked about the Ridge Jacket. The Ridge Jacket is $129."
SEGMENT = Segment("ridge-jacket", "Ridge Jacket", 3, (), Draft("en", f"{SPOKEN} https://shop.example/r", SPOKEN, ()))


def picture(path: Path, width: int, height: int, colour: tuple[int, int, int]) -> None:
    pixels = np.full((height, width, 3), colour, dtype=np.uint8)
    codec, form = ("mjpeg", "yuvj420p") if path.suffix == ".jpg" else ("png", "rgb24")
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as file:
        stream: Any = file.add_stream(codec, rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, form
        file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=form)))
        file.mux(stream.encode(None))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("pictures")
    picture(folder / "ridge-jacket.jpg", 640, 480, (200, 0, 0))
    picture(folder / "ridge-jacket-2.png", 300, 900, (0, 0, 200))
    picture(folder / "ridge-jacket-kids.png", 300, 900, (0, 200, 0))
    found = make_promo(SEGMENT, "This is an AI voice.", open_voice("heart"), folder, folder / "out")
    assert found
    return found


def test_the_film_shows_its_pictures_and_says_what_it_is(made: Made) -> None:
    with av.open(made.film) as film:
        assert "AIGC=" in film.metadata["comment"]
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert frames[0].shape == (1280, 720, 3) and abs(len(frames) / 10 - made.seconds) < 0.2
    first, last = (frame[640, 360].astype(int) for frame in (frames[0], frames[-1]))
    assert first[0] > 150 and first[2] < 60 and last[2] > 150 and last[0] < 60  # red, then blue, never green
    assert frames[0][10, 360].max() < 30  # black above what is less high than the frame


def test_its_captions_are_what_is_heard_when_it_is_heard(made: Made) -> None:
    with av.open(made.film) as film:
        told = [
            (packet.pts, packet.duration, bytes(packet)[2:].decode())
            for packet in film.demux(film.streams.subtitles[0])
            if packet.size > 2
        ]
    assert [text for _, _, text in told] == ["This is an AI voice.", *SPOKEN.replace(". T", ".|T").split("|")]
    assert told[0][0] == 0 and all(told[n][0] + told[n][1] == told[n + 1][0] for n in range(2))
    heard = transcribe_file(Path(made.voice), "en").text.lower()
    assert "ridge jacket" in heard and "129" in heard and "voice" in heard
    assert Path(made.captions).read_text(encoding="utf-8").count("AI: ") == 3
    assert Path(made.text).read_text(encoding="utf-8").strip().endswith("https://shop.example/r")


def test_without_a_picture_there_are_text_and_voice(tmp_path: Path) -> None:
    found = make_promo(SEGMENT, "", open_voice("heart"), tmp_path, tmp_path / "out")
    assert found and not found.film and Path(found.voice).stat().st_size > 10_000


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("<svg onload=alert(1)>")
    assert pictures_of("x", tmp_path)
    with pytest.raises(BadInput, match="no picture"):
        read_picture(tmp_path / "x.png")
