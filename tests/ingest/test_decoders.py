"""Raw frames of the platforms to chat lines: real ones where the fixtures lie beside the repository, and broken ones."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost.chat import ChatLine, Gift
from livehost.decoding import decode_file, decoder, frames
from livehost.errors import BadInput
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.youtube_frames import amount

WRONG = ("", "null", "1e999", "[]", "{}", '"x"', "-1", "9" * 400, "[" * 3000)
IRC = (
    "@badges=moderator/1;display-name=Mia\\sM;emotes=25:6-10;id=abc;mod=1;tmi-sent-ts=1567824273752;user-id=7 "
    ":mia!mia@mia.tmi.twitch.tv PRIVMSG #anna :hello Kappa world"
)
EVENTSUB = (
    '{"subscription":{"type":"channel.chat.message"},"event":{"chatter_user_id":"12","chatter_user_name":"nerix",'
    '"message_id":"m1","message":{"text":"Hello, World! DinoDance","fragments":[{"type":"text","text":"Hello, World! "},'
    '{"type":"emote","text":"DinoDance"}]},"badges":[{"set_id":"vip"}],"cheer":null,"reply":null}}'
)
OPEN_LIVE = (
    '{"cmd":"LIVE_OPEN_PLATFORM_DM","data":{"msg":"123","timestamp":1702549079,"uid":759939,"uname":"Cliven_",'
    '"msg_id":"dadbb4d3","guard_level":0}}'
)
MASKED = '{"cmd":"DANMU_MSG:4:0","info":[[0,1,25,0,1561207623],"多少钱",[0,"折***",0]]}'
YOUTUBE = (
    '{"addChatItemAction":{"item":{"liveChatPaidMessageRenderer":{"id":"y1","timestampUsec":"1600000000000000",'
    '"authorName":{"simpleText":"A"},"authorExternalChannelId":"UC1","purchaseAmountText":{"simpleText":"¥1,000"},'
    '"message":{"runs":[{"text":"hi "},{"emoji":{"emojiId":"😂"}}]}}}}}'
)


def _one(platform: str, raw: str) -> ChatLine:
    (line,) = decoder(platform)(raw)
    return line


def test_a_twitch_line_says_who_wrote_what_without_emotes() -> None:
    line = _one("twitch", IRC)
    assert (line.id, line.user.id, line.user.name, line.at_ms) == ("abc", "7", "Mia M", 1567824273752)
    assert line.user.roles == ("moderator",) and line.text == "hello world"
    assert _one("twitch", EVENTSUB).text == "Hello, World!" and _one("twitch", EVENTSUB).user.roles == ("vip",)


def test_gifts_carry_amount_and_currency() -> None:
    paid = _one("youtube", YOUTUBE)
    assert paid.gift == Gift("super chat", 1, 1000.0, "JPY") and paid.text == "hi 😂"
    assert amount("US$5.00") == (5.0, "USD") and amount("2,50\u00a0€") == (2.5, "EUR")
    assert (
        amount("PHP 1,050.00") == (1050.0, "PHP") and amount("NT$75") == (75.0, "TWD") and amount("free") == (0.0, "")
    )


def test_a_masked_viewer_of_bilibili_has_no_id() -> None:
    assert _one("bilibili", OPEN_LIVE).user.id == "759939"
    masked = _one("bilibili", MASKED)
    assert masked.user.id == "" and masked.text == "多少钱" and masked.at_ms == 1561207623000


KICK = (
    r'{"event":"App\\Events\\ChatMessageEvent","data":"{\"id\":\"b2af\",\"content\":\"more [emote:37226:KEKW] in premiere\",'
    r"\"created_at\":\"2023-12-24T22:05:00+00:00\",\"sender\":{\"id\":1247649,\"username\":\"tay\",\"identity\":"
    r'{\"badges\":[{\"type\":\"moderator\"}]}}}","channel":"chatrooms.2507974.v2"}'
)
SSN = (
    '{"chatname":"A &amp; B","chatmessage":"<b>nice</b> <img alt=\\"hi\\" src=\\"x\\"> one",'
    '"type":"tiktok","id":7,"hasDonation":"3 roses"}'
)


DOUYIN = '{"type":"live_comment","payload":[{"msg_id":"1","sec_openid":"u","nickname":"小米","content":"多少钱","timestamp":1}]}'
STREAMERBOT = (
    '{"timeStamp":"2022-01-30T21:32:04.4588947-05:00","event":{"source":"Twitch","type":"ChatMessage"},"data":{"message":'
    '{"msgId":"m1","userId":"5","displayName":"Mia","role":3,"message":"hi Kappa","emotes":[{"name":"Kappa","startIndex":3,'
    '"endIndex":7}]}}}'
)
STREAMELEMENTS = (
    '{"id":"01J6","ts":"2024-09-03T11:30:39Z","type":"message","topic":"channel.tips","data":{"_id":"t","donation":'
    '{"user":{"username":"kim"},"amount":5,"currency":"EUR","message":"nice"}}}'
)


def test_kick_and_social_stream_ninja_lose_their_markup() -> None:
    kick = _one("kick", KICK)
    assert (kick.text, kick.user.id, kick.user.roles) == ("more in premiere", "1247649", ("moderator",))
    assert kick.at_ms == 1703455500000
    ninja = _one("ssn", SSN)
    assert (ninja.platform, ninja.text, ninja.user.name) == ("tiktok", "nice one", "A & B")
    assert ninja.gift == Gift("roses", 3)
    paid = _one("ssn", SSN.replace("3 roses", "$50.00 USD"))
    assert paid.gift == Gift("donation", 1, 50.0, "USD")
    with pytest.raises(UnknownFrame, match="private"):
        _one("ssn", '{"chatname":"x","chatmessage":"secret","private":true}')


def test_an_unknown_platform_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"bilibili, .*kick, .*twitch, youtube"):
        decoder("myspace")


def test_frames_of_a_file_come_one_a_line_or_out_of_json() -> None:
    assert list(frames("a\n\nb\n")) == ["a", "b"]
    assert list(frames('["a", {"cmd": "X"}]')) == ["a", '{"cmd": "X"}']
    assert list(frames('{"input": ["@id=1 PING"], "output": []}')) == ["@id=1 PING"]


@pytest.mark.parametrize(
    ("platform", "raw"),
    [
        ("twitch", IRC),
        ("twitch", EVENTSUB),
        ("youtube", YOUTUBE),
        ("bilibili", OPEN_LIVE),
        ("bilibili", MASKED),
        ("kick", KICK),
        ("ssn", SSN),
        ("douyin", DOUYIN),
        ("streamerbot", STREAMERBOT),
        ("streamelements", STREAMELEMENTS),
    ],
)
@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_broken_frames_are_refused_and_nothing_else(platform: str, raw: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw)))
    put_in = data.draw(st.sampled_from(WRONG) | st.text(max_size=3))
    broken = raw[:at] + put_in + raw[at + data.draw(st.integers(0, 12)) :]
    try:
        assert all(isinstance(line, ChatLine) for line in decoder(platform)(broken))
    except ValueError:
        return


@pytest.mark.parametrize("value", [True, None, [], 7, "x", {}])
def test_values_of_another_kind_are_passed_over(value: object) -> None:
    frames_of_all = [
        ("youtube", {"replayChatItemAction": {"actions": [value]}}),
        ("youtube", {"continuationContents": {"liveChatContinuation": {"actions": [value, [value]]}}}),
        ("bilibili", {"cmd": "DANMU_MSG", "info": [value, value, value]}),
        ("kick", {"event": "X\\ChatMessageEvent", "data": value}),
        ("twitch", {"payload": {"event": value}}),
        ("douyin", {"type": "live_comment", "payload": value}),
        ("streamerbot", {"event": {"type": "ChatMessage"}, "data": value}),
        ("streamelements", {"topic": "channel.tips", "data": value}),
    ]
    for platform, frame in frames_of_all:
        try:
            assert all(isinstance(line, ChatLine) for line in decoder(platform)(json.dumps(frame)))
        except ValueError:
            continue


def _decoded(path: Path, platform: str) -> tuple[list[ChatLine], Counter[str]]:
    unknown: Counter[str] = Counter()
    return list(decode_file(path, decoder(platform), unknown)), unknown


@pytest.mark.fixtures
def test_every_real_frame_of_twitch_is_decoded_or_named(shared_data: Path) -> None:
    counted: Counter[str] = Counter()
    for path in sorted((shared_data / "chat" / "twitch" / "chatterino").rglob("*.json")):
        lines, unknown = _decoded(path, "twitch")
        assert not any(kind.startswith("broken") for kind in unknown), path
        counted.update(line.type for line in lines)
    assert counted["message"] > 50 and counted["gift"] >= 3 and counted["raid"] == 2
    assert counted["deleted"] >= 4 and counted["banned"] >= 8 and counted["subscribe"] >= 5


@pytest.mark.fixtures
def test_real_pages_of_youtube(shared_data: Path) -> None:
    folder = shared_data / "chat" / "youtube"
    lines, _ = _decoded(folder / "chat-downloader" / "youtube_actions.json", "youtube")
    assert [line.type for line in lines] == ["message", "subscribe", "gift", "deleted", "banned"]
    lines, _ = _decoded(folder / "pytchat" / "superchat.json", "youtube")
    assert [line.gift for line in lines] == [Gift("super chat", 1, 800.0, "JPY")]
    lines, _ = _decoded(folder / "pytchat" / "API_SuperChat.json", "youtube")
    assert [line.gift for line in lines] == [Gift("super chat", 1, 200.0, "JPY")]


@pytest.mark.fixtures
def test_real_commands_of_bilibili(shared_data: Path) -> None:
    lines, unknown = _decoded(shared_data / "chat" / "bilibili" / "bilive_client_live_cmds.jsonl", "bilibili")
    assert not any(kind.startswith("broken") for kind in unknown)
    found = Counter(line.type for line in lines)
    assert found == {"message": 1, "gift": 2, "subscribe": 1, "banned": 1, "join": 1}
    assert next(line.gift for line in lines if line.type == "subscribe") == Gift("舰长", 1, 198.0, "CNY")
