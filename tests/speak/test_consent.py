"""A cloned voice speaks only while the person's consent holds and nothing of it was changed."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

import livehost.cli  # noqa: F401 - the commands register themselves
from livehost.cli.base import app
from livehost.speak import consent, voices
from livehost.speak.consent import Consent, Refused, Use
from livehost.speak.stock import Stock
from tests.conftest import ROOT

TODAY = datetime.date(2026, 11, 25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A voice with a style of its own, a recording and a sealed record."""
    folder = tmp_path / "voices" / "mia"
    folder.mkdir(parents=True)
    np.save(folder / "style.npy", np.zeros((510, 256), dtype=np.float32))
    (folder / "consent.flac").write_bytes(b"a recording")
    (folder / "voice.toml").write_text(
        'engine = "kokoro"\nkind = "cloned"\nlanguages = ["en"]\nstyle = "style.npy"\nconsent = "consent.toml"\n',
        encoding="utf-8",
    )
    consent.write(record(folder), folder)
    return folder


def record(folder: Path) -> Consent:
    return Consent(
        person='Mia "the voice" 李',
        given_at="2026-11-01T10:00:00+01:00",
        asked="I am Mia. … amber river lantern",
        heard="I am Mia amber river lantern",
        speaker_match=0.81,
        recording="consent.flac",
        recording_sha256=consent.digest(folder / "consent.flac"),
        files_sha256={"style.npy": consent.digest(folder / "style.npy")},
        until="2027-11-01",
        creators=("mia-shop",),
    )


def permit(folder: Path, *, today: datetime.date = TODAY, use: str = "live", creator: str = "mia-shop") -> None:
    consent.permit(folder, ["style.npy"], Use(use, creator, today))


def change(folder: Path, **fields: object) -> None:
    """As somebody with the program would who had a right to: the seal fits again."""
    consent.write(msgspec.structs.replace(consent.read(folder), **fields), folder)


def test_it_is_written_and_read_as_it_was(folder: Path) -> None:
    assert consent.read(folder) == consent.sealed(record(folder))
    permit(folder)


def test_it_holds_from_its_first_day_to_its_last(folder: Path) -> None:
    permit(folder, today=datetime.date(2026, 11, 1))
    permit(folder, today=datetime.date(2027, 11, 1))
    with pytest.raises(Refused, match="the consent ended on 2027-11-01"):
        permit(folder, today=datetime.date(2027, 11, 2))
    with pytest.raises(Refused, match="only given from 2026-11-01"):
        permit(folder, today=datetime.date(2026, 10, 31))


def test_a_longer_term_written_in_by_hand_is_seen(folder: Path) -> None:
    path = folder / "consent.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("2027-11-01", "2037-11-01"), encoding="utf-8")
    with pytest.raises(Refused, match=r"consent\.toml was edited"):
        permit(folder)


@pytest.mark.parametrize("name", ["consent.flac", "style.npy"])
def test_a_changed_or_missing_file_is_seen(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-1] + b"!")
    with pytest.raises(Refused, match=f"{name} was changed"):
        permit(folder)
    (folder / name).unlink()
    with pytest.raises(Refused, match=f"{name} is missing"):
        permit(folder)


def test_another_style_put_beside_is_not_spoken_with(folder: Path) -> None:
    np.save(folder / "other.npy", np.ones((510, 256), dtype=np.float32))
    with pytest.raises(Refused, match=r"other\.npy is none of the files"):
        consent.permit(folder, ["other.npy"], Use("live", "", TODAY))


def test_it_is_for_whom_and_what_it_names(folder: Path) -> None:
    permit(folder, creator="")
    with pytest.raises(Refused, match="is for mia-shop, not for somebody-else"):
        permit(folder, creator="somebody-else")
    change(folder, uses=("files",))
    with pytest.raises(Refused, match="is for files, not for live"):
        permit(folder)


def test_withdrawing_deletes_the_voice_and_keeps_the_proof(folder: Path) -> None:
    gone = consent.withdraw(folder, datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC))
    assert gone == ["style.npy"]
    assert sorted(path.name for path in folder.iterdir()) == ["consent.flac", "consent.toml", "voice.toml"]
    with pytest.raises(Refused, match="withdrew the consent on 2026-11-20"):
        permit(folder)
    assert consent.withdraw(folder, datetime.datetime(2026, 11, 21, 9, tzinfo=datetime.UTC)) == []
    assert consent.read(folder).withdrawn_at.startswith("2026-11-20")


def test_a_withdrawn_voice_is_not_heard_from_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = folder.parent.parent
    monkeypatch.setenv("LIVEHOST_DATA", str(home))
    for name in ("speech/ab/abc.npy", "voices/1.npz", "embeddings.sqlite"):
        (home / "cache" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "cache" / name).write_bytes(b"x")
    done = CliRunner().invoke(app, ["voices", "withdraw", "mia"])
    assert done.exit_code == 0, done.output
    assert [path.name for path in (home / "cache").iterdir()] == ["embeddings.sqlite"]


@pytest.mark.parametrize("text", ["", "person = 3", "not toml at all ["])
def test_what_is_no_record_is_refused(folder: Path, text: str) -> None:
    (folder / "consent.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="can't be read"):
        permit(folder)
    (folder / "consent.toml").unlink()
    with pytest.raises(Refused, match="no record of consent"):
        permit(folder)


def test_a_record_outside_of_the_folder_is_none(folder: Path) -> None:
    (folder.parent / "consent.toml").write_bytes((folder / "consent.toml").read_bytes())
    with pytest.raises(Refused, match="no record of consent"):
        consent.permit(folder, ["style.npy"], Use("live", "", TODAY), "../consent.toml")


def test_the_voice_is_not_even_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that a session and `voices say` take."""
    monkeypatch.setenv("LIVEHOST_DATA", str(folder.parent.parent))
    change(folder, until="2026-11-02")
    with pytest.raises(Refused, match="the consent ended on 2026-11-02"):
        voices.open_voice("mia")


def test_calling_a_clone_stock_does_not_help(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEHOST_DATA", str(folder.parent.parent))
    settings = folder / "voice.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"cloned"', '"stock"'), encoding="utf-8")
    with pytest.raises(Refused, match="none of the voices that Kokoro was published with"):
        voices.open_voice("mia")


def test_the_packaged_voices_are_published_ones() -> None:
    stock = Stock()
    for folder in (ROOT / "voices").iterdir():
        assert stock.name_of(np.load(folder / "style.npy")).endswith(folder.name)
