"""What is kept of people is their owner's alone, and files of strangers are read apart, within bounds."""

from __future__ import annotations

import subprocess
import sys
import wave
import zipfile
from pathlib import Path

import pytest

from livehost.apart import apart
from livehost.enrol.intake import decode
from livehost.errors import BadInput
from livehost.imports.feeds import Shop
from livehost.imports.into import import_file
from livehost.keeping.archive import unpack
from livehost.record.folder import HEADER

READER = "livehost.imports.reading:read"
posix = pytest.mark.skipif(sys.platform == "win32", reason="no modes here")


@posix
def test_a_session_is_its_owners_alone(tmp_path: Path) -> None:
    kept = Path(__file__).parent / "recordings" / "anna"
    exported = tmp_path / "exported"
    command = [sys.executable, "-m", "livehost", "sessions", "export", str(kept), "-o", str(exported)]
    subprocess.run(command, check=True, capture_output=True)
    made = [exported, *exported.rglob("*")]
    assert len(made) > 3
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


@posix
def test_a_table_that_is_written_anew_stays_readable_by_whom_it_was(tmp_path: Path) -> None:
    creator = tmp_path / "anna"
    creator.mkdir()
    (creator / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    (creator / "faq.csv").write_text("id,question,answer\na,Why?,So.\n", encoding="utf-8")
    (creator / "faq.csv").chmod(0o664)
    more = tmp_path / "more.csv"
    more.write_text("question,answer\nWhere?,Here.\n", encoding="utf-8")
    assert import_file(more, creator, Shop()).added == 1
    assert (creator / "faq.csv").stat().st_mode & 0o777 == 0o664


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">'
         + b"".join(b'<!ENTITY c%d "%s">' % (n, b"&c%d;" % (n - 1) * 50 if n else b"&b;" * 50) for n in range(6))
         + b"]><a>&c5;</a>", "not valid XML"),
        ("a.json", b"[" * 1_000_000, "not valid JSON"),
        ("a.csv", b"\xff\xfe\x00" * 10, "neither UTF-8 nor GB18030"),
        ("a.csv", b"x" * 5000, "larger than 0 MB"),
        ("a.xyz", b"1,2\n3,4\n", "neither a product feed"),
    ],
)  # fmt: skip
def test_what_can_t_be_read_is_told_in_words(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=words):
        apart(READER, tmp_path / name, "", "", most=4000 if "larger" in words else 10**8)


def test_reading_ends_when_it_takes_too_long(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("hello", encoding="utf-8")
    with pytest.raises(BadInput, match="took longer than 0 s"):
        apart(READER, tmp_path / "a.md", "", "", seconds=0.001)


@posix
@pytest.mark.parametrize(
    "deed", ["import pathlib; pathlib.Path('x').write_text('x')", "bytearray(5 * 1024**3)", "import os; os.abort()"]
)
def test_what_breaks_out_of_its_bounds_ends(tmp_path: Path, deed: str) -> None:
    script = f"import livehost.apart as a; a._confine(); {deed}"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").stat().st_size


def test_only_known_readers_run(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(BadInput, match="breaks the program"):
        apart("os:remove", tmp_path / "a")
    assert (tmp_path / "a").exists()


def test_sound_comes_through_as_it_is(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(b"\x00\x40\x00\xc0" * 8000)
    heard = decode(tmp_path / "a.wav")
    assert len(heard.sound) == len(heard.clipped) == 16000 and abs(abs(heard.sound[8000]) - 0.5) < 0.02
    (tmp_path / "b.wav").write_bytes(b"RIFF" + b"\x00" * 500)
    with pytest.raises(BadInput, match="read as sound"):
        decode(tmp_path / "b.wav")


def test_an_archive_that_is_larger_than_it_says_or_than_the_disk_is_not_unpacked(tmp_path: Path) -> None:
    place, folder = tmp_path / "a.zip", tmp_path / "out"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(HEADER, "")
        packed.writestr("events.jsonl", b"x" * 100_000)
    lying = place.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    place.write_bytes(lying)
    folder.mkdir()
    with pytest.raises(BadInput):
        unpack(place, folder)
    written = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    assert max(written, default=0) <= 10
