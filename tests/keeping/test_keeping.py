"""Kept sessions: listed, searched, archived and back, deleted, by age, and copied without names."""

from __future__ import annotations

import datetime
import shutil
import zipfile
from pathlib import Path

import pytest

from livehost.errors import BadInput
from livehost.keeping.archive import archive, restore
from livehost.keeping.exporting import export
from livehost.keeping.removal import delete, delete_sound, tidy
from livehost.keeping.search import search, wanted
from livehost.keeping.shelf import ARCHIVE, kept_in, named
from livehost.record.folder import EVENTS
from livehost.replay import replay
from livehost.review.report import make_report
from livehost.settings import Recording
from tests.review.test_timeline import RECORDED, evening
from tests.story import Story
from tests.test_replay import record

NOW = datetime.datetime.fromisoformat("2026-12-24T20:00:00+00:00")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    for name in ("anna", "xiaohe"):
        shutil.copytree(RECORDED / name, tmp_path / name)
    return tmp_path


def texts(shelf: Path, words: str = "", product: str = "", viewer: str = "") -> list[tuple[str, str]]:
    return [(hit.session, hit.text) for hit in search(shelf, wanted(words, product, viewer))]


def test_the_list_tells_what_is_there(shelf: Path) -> None:
    make_report(shelf / "anna", hash)
    (shelf / "xiaohe" / EVENTS).write_bytes((RECORDED / "xiaohe" / EVENTS).read_bytes()[:-2000])
    (shelf / "xiaohe" / "host.opus").write_bytes(b"x")
    (shelf / "broken").mkdir()
    (shelf / "broken" / "session.toml").write_text("format = 99", encoding="utf-8")
    by_name = {row.session: row for row in kept_in(shelf)}
    anna, xiaohe = by_name["anna"], by_name["xiaohe"]
    assert (anna.ended, xiaohe.ended, xiaohe.sound) == (True, False, ("host",))
    assert anna.lines and anna.coverage and anna.duration_ms and xiaohe.lines is None
    assert "format 99" in by_name["broken"].problem
    with pytest.raises(BadInput, match=r"no such folder.*--in"):
        kept_in(shelf / "nowhere")


def test_search_finds_words_products_and_viewers_in_both_languages(shelf: Path) -> None:
    assert {session for session, _ in texts(shelf, "包邮")} == {"xiaohe"}
    found = texts(shelf, "JACKET waterproof")
    assert found and all("jacket" in text.lower() and "waterproof" in text.lower() for _, text in found)
    by_viewer = texts(shelf, viewer="HikerDude77")
    assert len(by_viewer) == 12 and texts(shelf, viewer="tw-1001") == by_viewer
    about = texts(shelf, product="ridge jacket")
    assert about == texts(shelf, product="ridge-jacket") and len(about) > 5
    asker = next(hit.who for hit in search(shelf, wanted("", product="ridge-jacket")))
    both = texts(shelf, product="ridge-jacket", viewer=asker)
    assert both and set(both) < set(about) and set(both) <= set(texts(shelf, viewer=asker))
    assert texts(shelf, "nobody wrote this") == []


def test_search_passes_over_what_it_cannot_read(tmp_path: Path) -> None:
    story = Story()
    story.asks('do you have "quotes" and \\ signs?')
    folder = record(tmp_path / "s", story)
    with (folder / EVENTS).open("ab") as file:
        file.write(b'\xff\xfe "quotes"\n{"seq":1,"event":{"type":"Dreamt","text":"quotes"}}\n')
    assert [text for _, text in texts(tmp_path, '"quotes"')] == ['do you have "quotes" and \\ signs?']


def test_an_archive_is_found_searched_and_comes_back_the_same(shelf: Path) -> None:
    whole = {path.name: path.read_bytes() for path in (shelf / "anna").rglob("*") if path.is_file()}
    place = archive(shelf / "anna")
    assert not (shelf / "anna").exists() and place == shelf / ARCHIVE / "anna.zip"
    (row,) = [row for row in kept_in(shelf) if row.archived]
    assert row.session == "anna" and row.duration_ms and row.size_bytes < sum(map(len, whole.values())) / 4
    assert ("anna (archived)", "is it waterproof") in {(s, t[:16]) for s, t in texts(shelf, "waterproof")} or texts(
        shelf, "jacket"
    )
    folder = restore(named(shelf, ["anna"], archived=True)[0])
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == whole
    assert not place.exists() and replay(folder).identical


def test_an_archive_of_somebody_else_writes_nothing_outside(tmp_path: Path) -> None:
    place = tmp_path / "evil.zip"
    with zipfile.ZipFile(place, "w") as packed:
        packed.writestr("session.toml", "format = 1")
        packed.writestr("../../gone.txt", "x")
    with pytest.raises(BadInput, match="outside of itself"):
        restore(place)
    assert [path.name for path in tmp_path.iterdir()] == ["evil.zip"]
    place.write_bytes(place.read_bytes()[:60])
    with pytest.raises(BadInput, match="can't be read"):
        restore(place)


def test_what_is_not_livehosts_is_not_deleted(shelf: Path) -> None:
    (shelf / "anna" / "my notes.txt").write_text("mine", encoding="utf-8")
    assert delete(shelf / "anna") == ["my notes.txt"] and (shelf / "anna" / "my notes.txt").exists()
    assert delete(shelf / "xiaohe") == [] and not (shelf / "xiaohe").exists()
    with pytest.raises(BadInput, match="no session's folder"):
        delete(shelf / "anna")
    with pytest.raises(BadInput, match="Did you mean"):
        record(shelf / "monday", evening())
        named(shelf, ["mondai"])


def test_sessions_and_sound_go_by_age(tmp_path: Path) -> None:
    for name, began, creator in (("a", "2026-11-01", "anna"), ("b", "2026-12-20", "anna"), ("c", "2026-11-01", "bert")):
        folder = record(tmp_path / name, evening(), started_at=f"{began}T20:00:00+00:00", creator=creator)
        (folder / "host.opus").write_bytes(b"sound")
    assert tidy(tmp_path, "anna", Recording(), NOW) == []
    (told,) = tidy(tmp_path, "anna", Recording(sound_days=30), NOW)
    assert told.startswith("a: its sound") and not (tmp_path / "a" / "host.opus").exists()
    assert replay(tmp_path / "a").identical and (tmp_path / "b" / "host.opus").exists()
    archive(tmp_path / "a")
    assert len(tidy(tmp_path, "anna", Recording(session_days=30), NOW)) == 1
    assert sorted(row.session for row in kept_in(tmp_path)) == ["b", "c"]
    assert delete_sound(tmp_path / "c") == 5


def test_a_copy_without_names_replays_and_holds_none(shelf: Path, demo_name: str) -> None:
    seen = (shelf / demo_name / EVENTS).read_text(encoding="utf-8")
    copy, done = export(shelf / demo_name, shelf / "copy", sound=False)
    assert done.verifies and replay(copy).identical
    text = (copy / EVENTS).read_text(encoding="utf-8")
    for name in ("hikerdude77", "pine_mod_jo", "tw-1001", "安安妈妈", "雪碧不加冰", "路过的阿狸"):
        assert name not in text, name
    assert text.count("\n") == seen.count("\n") and '"why": "exported"' not in seen
    assert sorted(path.name for path in copy.iterdir()) == ["events.jsonl", "knowledge", "session.toml"]
