"""Signing in, signing out and `livehost doctor` on rooms, as far as they need no platform."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from typer.testing import CliRunner

from livehost.accounts import examine_rooms, log_in, log_out
from livehost.cli.base import app
from livehost.errors import BadInput
from tests.platforms.watching import MemoryKeyring


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    found = MemoryKeyring()
    keyring.set_keyring(found)
    for name in ("TWITCH_TOKEN", "YOUTUBE_KEY", "YOUTUBE_TOKEN", "KICK_TOKEN"):
        monkeypatch.delenv(f"LIVEHOST_{name}", raising=False)
    return found


def _creator(tmp_path: Path, settings: str) -> Path:
    (tmp_path / "creator.toml").write_text(f'name = "Anna"\n{settings}', encoding="utf-8")
    return tmp_path


def test_what_can_not_be_signed_in_to_says_what_it_wants_instead() -> None:
    with pytest.raises(BadInput, match="LIVEHOST_STREAMELEMENTS_TOKEN"):
        log_in("streamelements", None, print)
    with pytest.raises(BadInput, match=r"Known are: bilibili, .*twitch"):
        log_in("twich", None, print)


def test_signing_out_forgets_every_token_of_the_platform(ring: MemoryKeyring) -> None:
    ring.kept = {"twitch_token": "a", "twitch_refresh": "b", "kick_token": "c"}
    log_out("twitch")
    assert ring.kept == {"kick_token": "c"}


def test_doctor_looks_at_rooms_named_and_at_tables_and_says_how_to_mend_them(tmp_path: Path) -> None:
    creator = _creator(tmp_path, '[platforms.douyin]\nlisten = "127.0.0.1:8601"\n')
    found = {one.name: one for one in examine_rooms(["twitch:anna", "file:x.jsonl"], creator)}
    assert found["twitch"].state == "warn" and found["twitch"].fix == "Run: livehost login twitch"
    assert found["douyin"].state == "missing" and "LIVEHOST_DOUYIN_PUSH_SECRET" in found["douyin"].fix
    assert found["file"].state == "ok"
    (wrong,) = examine_rooms([], _creator(tmp_path, "[platforms.twitch]\nchanel = 1\n"))
    assert wrong.state == "missing" and "[platforms.twitch]" in wrong.detail and "chanel" in wrong.detail
    (wrong,) = examine_rooms(["smoke:signals"], None)
    assert "'smoke:signals' is no chat" in wrong.detail


def test_the_commands_of_accounts(ring: MemoryKeyring) -> None:
    ring.kept = {"kick_token": "c"}
    done = CliRunner().invoke(app, ["logout", "kick"])
    assert done.exit_code == 0 and "signed out of kick" in done.output and not ring.kept
    done = CliRunner().invoke(app, ["login", "kick"])
    assert done.exit_code == 1 and "application of your own" in str(done.exception)
