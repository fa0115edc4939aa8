"""What is written when a question is handed over: to the viewer, and to the person who is to answer it."""

from __future__ import annotations

import msgspec

from livehost.commands import HandOver


class HandoverWords(msgspec.Struct, frozen=True):
    passed_on: str
    on_air_again: str
    days: tuple[str, ...]  # from Monday on
    space: str
    asked: str
    before: str
    draft: str
    no_draft: str
    closed: str
    nothing_to_send: str
    reply_to_which: str
    cohost: str


_ENGLISH = HandoverWords(
    passed_on="That is one for {name}: I have passed it on, and the answer comes here.",
    on_air_again="{name} is on air again on {day} at {time}.",
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    space=" ",
    asked="{name} ({place}) asks: {text}",
    before="— Before: {turns}",
    draft="— My draft: {text} — Reply to this with “ok” to send it, with your own words, or with “drop”.",
    no_draft="— Reply to this with your answer, or with “drop”.",
    closed="That one is closed: it was answered or dropped.",
    nothing_to_send="There is no draft to send: reply with the answer itself.",
    reply_to_which="Reply to the message with the question, so that I know which one you mean.",
    cohost="AI",
)
_CHINESE = HandoverWords(
    passed_on="这个得{name}本人回答，我已经转告了，回复会发在这里。",
    on_air_again="{name}{day} {time} 开播。",
    days=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    space="",
    asked="{name}（{place}）问：{text}",
    before="— 之前：{turns}",
    draft="— 我的草稿：{text} — 回复这条消息：“发送”就发出，或写你的回答，或“不回”。",
    no_draft="— 回复这条消息写上回答，或“不回”。",
    closed="这条已经处理过了。",
    nothing_to_send="没有草稿可发，请直接回复答案。",
    reply_to_which="请回复带着问题的那条消息，我才知道是哪一个。",
    cohost="AI",
)


def for_the_person(wish: HandOver) -> str:
    """In one line: chats take no other."""
    words, (*turns, question) = handover_words(wish.language), wish.turns
    before = " / ".join(f"{turn.who or words.cohost}: {turn.text}" for turn in turns)
    parts = [
        words.asked.format(name=wish.name, place=wish.platform, text=question.text),
        words.before.format(turns=before) if before else "",
        words.draft.format(text=wish.draft) if wish.draft else words.no_draft,
    ]
    return " ".join(part for part in parts if part)


def handover_words(language: str) -> HandoverWords:
    return _CHINESE if language == "zh" else _ENGLISH
