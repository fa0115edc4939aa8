"""`livehost import VIDEO`: what is said in it becomes passages that can be cited, with title, link and moments in videos.csv.

talk.mp4 ─▶ sound ─▶ words with their moments ─▶ videos/talk.srt   (a talk.srt or talk.vtt beside it is taken instead)
         └▶ chapters, or where a passage begins ─▶ videos.csv
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import numpy as np

from livehost.apart import apart
from livehost.errors import BadInput
from livehost.imports.film import SUBTITLES, Film
from livehost.knowledge import Knowledge
from livehost.language import language_of
from livehost.review.clips import slug
from livehost.sound import HEARD_RATE
from livehost.subtitles import Cue, as_srt
from livehost.videos import FOLDER, Moment, cut, written

FILMS = frozenset({
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".ts", ".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac",
    *SUBTITLES,
})  # fmt: skip
_PASSAGE_LETTERS = {"en": 400, "zh": 150}
_SECONDS, _MOST_BYTES = 600, 16 * 1024**3


class About(msgspec.Struct, frozen=True):
    """What a file may not tell of itself."""

    title: str = ""
    link: str = ""


def video_row(path: Path, creator: Path, knowledge: Knowledge, about: About) -> dict[str, str]:
    """The row for videos.csv; the words lie in `videos/` afterwards. Raises BadInput where nothing is said in it."""
    film = _read(path)
    beside = next((file for suffix in sorted(SUBTITLES) if (file := path.with_suffix(suffix)).is_file()), None)
    words = film if film.cues else _read(beside) if beside else film
    cues = [Cue(*cue) for cue in words.cues] or _heard(film, knowledge)
    if not cues:
        raise BadInput("nothing is said in it", where=str(path))
    identity = slug(path.stem)
    language = "zh" if language_of(" ".join(cue.text for cue in cues)) == "zh" else "en"
    moments = [Moment(at_ms, title) for at_ms, title in film.chapters] or cut(cues, _PASSAGE_LETTERS[language])
    folder = creator / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / f"{identity}.srt").write_text(as_srt(cues), encoding="utf-8")
    return {"id": identity, "title": about.title or film.title, "link": about.link, "moments": written(moments)}


def _read(path: Path) -> Film:
    return msgspec.convert(apart("livehost.imports.film:read", path, seconds=_SECONDS, most=_MOST_BYTES), Film)


def _heard(film: Film, knowledge: Knowledge) -> list[Cue]:
    """As the host is heard in a session, names put right."""
    import soundfile

    from livehost.ears import load_hearing
    from livehost.hear.transcribe import heard_in

    hearing = load_hearing(knowledge)
    with tempfile.TemporaryDirectory() as scratch:
        sound = Path(scratch) / "sound.wav"
        soundfile.write(sound, np.frombuffer(film.sound, "<i2"), HEARD_RATE)
        heard = heard_in(sound, hearing.whisper)
    return [Cue(part.start_ms, part.end_ms, hearing.names.mended(part.text)) for part in heard.segments]
