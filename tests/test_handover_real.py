"""A real session: a comment for a person reaches them on Telegram, outlives a kill, and their reply goes back."""

from __future__ import annotations

import json
import os
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any, cast

import pytest
from websockets.sync.client import ClientConnection, connect

from livehost.replay import replay
from tests.platforms.serving import beside
from tests.platforms.telegram import TOKEN, Telegram
from tests.running import Running, session, until
from tests.test_going_on_real import children, kill

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the session's process is found in /proc"),
]
ANNA = 7


def _reply(telegram: Telegram, words: str, to: int) -> Coroutine[Any, Any, None]:
    number = 100 + len(telegram.updates) + to
    return telegram.say(number, words, user=ANNA, chat=ANNA, reply_to_message={"message_id": to})


def _asked(telegram: Telegram, words: str) -> int:
    """The number of the message to Anna with these words; 0: there is none yet."""
    sent = telegram.sent
    return next((9001 + at for at, one in enumerate(sent) if one["chat_id"] == "7" and words in one["text"]), 0)


def _comments(link: ClientConnection, *texts: str) -> None:
    for number, text in enumerate(texts):
        line = {
            "id": f"c{number}",
            "platform": "blog",
            "user": {"id": "5", "name": "Mia"},
            "text": text,
            "scene": "comment",
        }
        link.send(json.dumps(line))


def test_a_comment_reaches_a_person_through_a_kill_and_their_words_go_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEHOST_TELEGRAM_TOKEN", TOKEN)
    telegram = Telegram()
    with beside(telegram.open()) as person:
        settings = (
            f'[handover]\nto = "telegram:{ANNA}"\n[platforms.telegram]\nserver = "http://{person.found[0][7:]}"\n'
        )
        held = cast(Generator[Running], session(tmp_path, "--chat", "telegram:direct", settings=settings))
        running = next(held)
        try:
            running.post("/api/mode", {"mode": "polite"})
            with connect(f"ws://127.0.0.1:{running.chat_port}") as link:
                _comments(link, "do you ship to Canada?", "could you sew the logo of our club onto it?")
                until(lambda: _asked(telegram, "logo of our club"))
                told = [json.loads(link.recv(30)) for _ in range(2)]
                assert [one["reply_to"] for one in told] == ["c0", "c1"]
                assert "Canada" in told[0]["text"] and "I have passed it on" in told[1]["text"]
            kill(next(child for child in children(os.getpid()) if children(child)))
            state = until(lambda: _state(running))
            (item,) = [one for one in state["items"] if one["state"] == "held"]
            assert [who for who, _ in item["before"]] == ["Mia", ""]

            with connect_again(running) as link:
                person.do(
                    _reply(
                        telegram, "We do, from ten pieces on. Send me the logo.", _asked(telegram, "logo of our club")
                    )
                )
                answer = json.loads(link.recv(60))
            assert (answer["reply_to"], answer["text"]) == (
                "c1",
                "[AI] We do, from ten pieces on. Send me the logo.",
            )
            until(lambda: not [one for one in _state(running)["items"] if one["state"] == "held"])
        finally:
            held.close()
    assert replay(tmp_path / "s").identical
    assert (tmp_path / "s" / "report.html").is_file()


def _state(running: Running) -> Any:
    try:
        return running.state()
    except OSError:
        return None


def connect_again(running: Running) -> ClientConnection:
    """The chat follows when the models are loaded."""

    def tried() -> ClientConnection | None:
        try:
            return connect(f"ws://127.0.0.1:{running.chat_port}")
        except OSError:
            return None

    found: ClientConnection = until(tried, 120)
    return found
