"""What a remark of the host means for whose turn it is: a mere "mm", a wish to think, a word to the co-host. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

RemarkKind = Literal["plain", "thinks", "go_ahead", "stop", "wrong", "asks", "music"]

_SPARE = re.compile(r"[\(\[\*（【][^\)\]\*）】]*[\)\]\*）】]")  # (laughs), [cough], *sighs*
_BACK_EN = re.compile(
    r"(?:ha|he|hm|mm)+h?|a|aha?h?|bye|aww?|cool|exactly|fine|good|got|great|gotcha|hah|hu?h|hey|hi|hmm+|hum|i|it|kay|lol|m+hm+|m+|m+-hm+|nice"
    r"|oh+|ok|okay|perfect|really|right|see|sure|thanks?|that|that's|thats|true|uh+|uh-?huh|umm?|wow|yea|yeah|yep|yes|yup|you"
)
_BACK_EN_MOST = 4  # words; a longer row of them is a sentence
_BACK_EN_NEVER = re.compile(r"\b(?:that|you) (?:see|got|it|really|really see)\b|^(?:i|it|that)$")
_SLIGHT_WORDS, _SLIGHT_HAN = 3, 4
_MEANS_IT = re.compile(
    r"\b(?:wait|stop|no|nope|not|don't|hold|hang|but|actually|sorry|excuse|pardon|quiet|hush|enough|wrong|listen|look|let|guys)\b"
    r"|等|停|不|别|错|慢|先|但|可是|安静|闭嘴|打住|听我|让我"
)
_BACK_ZH = re.compile(
    r"(?:对|嘅|嗯|恩|唔|哦|噢|喔|啊|呀|哎|诶|欸|是|是的|是啊|好|好的|好嘞|行|成|没错|哈|呵|嘿|嘻|哇|哇塞|真的|可以|棒|不错"
    r"|厉害|明白|懂了|知道了|谢谢|ok|okay)+(?:的|了|吧|呢|啦|哈|呀|啊)?"
)
_THINKS = re.compile(
    r"\b(?:let me (?:think|see|check|look)|hang on|hold on|(?:one|just a|give me a) (?:sec|second|moment))"
    r"\W*(?:\w+\W*){0,3}$"
    r"|(?:我想想|让我想|我想一下|我看看|我看一下|让我看|等一下|等等|稍等|等我一下|我找找)[^，。]{0,4}[，。…！]*$",
    re.IGNORECASE,
)
_MUSIC = re.compile(r"[♪♫♬]|[\[(*（【]\s*(?:\w+ )?(?:music|singing|sings|音乐|歌声|唱歌)", re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:stop|be quiet|quiet|shush|shut up|hush|enough|not now|silence)\b|停|闭嘴|安静|别说了|别讲了|先别说|住口",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"^(?:no\W+)?(?:that(?:'?s| is| was)|you(?:'?re| are| were)) (?:not right|not true|not correct|wrong|incorrect|a mistake)\b"
    r"|^(?:你)?(?:刚才)?(?:那?[条个句])?(?:说|讲|答|回答)?(?:得)?(?:不对|错了|不是这样)",
    re.IGNORECASE,
)
_GO_AHEAD = re.compile(
    r"\b(?:go ahead|take it|your turn|over to you|tell (?:them|us)|go on|take over)\b|你来说|你说|你讲|你来吧|你来|接着说|说吧",
    re.IGNORECASE,
)
_FILLER = re.compile(r"^(?:hey|hi|ok|okay|so|and|well|now|嘿|那|那个|好|来)[\s,，、]+", re.IGNORECASE)


class Remark(msgspec.Struct, frozen=True):
    """`rest` is what was said to the co-host, without its name."""

    kind: RemarkKind
    rest: str = ""


def is_backchannel(text: str) -> bool:
    """Whether it is nothing but a listener's sounds. What a recogniser makes of a laugh or a cough is one, too."""
    words = _plain(_SPARE.sub(" ", text))
    if not words:
        return bool(text.strip())
    if _BACK_ZH.fullmatch(words.replace(" ", "")):
        return True
    parts = words.split()
    if len(parts) > _BACK_EN_MOST and len(set(parts)) > 2:
        return False
    return not _BACK_EN_NEVER.search(words) and all(_BACK_EN.fullmatch(part) for part in parts)


def is_slight(text: str) -> bool:
    """A few words in which nobody is told to wait, to stop, or that something is wrong."""
    words = _plain(text)
    han = sum("㐀" <= letter <= "鿿" for letter in words)
    few = han <= _SLIGHT_HAN and len(words.split()) <= _SLIGHT_WORDS
    return few and not _MEANS_IT.search(words)


def remark(text: str, names: Sequence[str]) -> Remark:
    """`names` are those of the co-host; one that begins or ends what was said means that it is spoken to."""
    rest = _to_us(text, names)
    if _MUSIC.search(text):
        return Remark("music")
    if rest is None:
        return Remark("thinks") if _THINKS.search(text.strip()) else Remark("plain")
    if _WRONG.search(rest) and len(rest) < 40:
        return Remark("wrong", rest)
    if not rest or (_GO_AHEAD.search(rest) and len(rest) < 40):
        return Remark("go_ahead", rest)
    if _STOP.search(rest) and len(rest) < 40:
        return Remark("stop", rest)
    return Remark("asks", rest)


def _to_us(text: str, names: Sequence[str]) -> str | None:
    """What is left when our name is taken off the beginning or the end of it; None: it is not said to us."""
    said = text.strip().strip("。.!！?？，, ")
    opened = _FILLER.sub("", said)
    for name in names:
        called = re.escape(name)
        last = re.search(rf"[,，\s]{called}$|(?<=[㐀-鿿]){called}$", said, re.IGNORECASE)
        first = re.match(rf"{called}(?![a-z0-9])", opened, re.IGNORECASE)
        before, behind = (said[: last.start()], "") if last else ("", opened[first.end() :] if first else "")
        # "Pip says" and "Pip is" speak about us, not to us.
        if first and re.match(r"\s+(?:is|was|says|said|will|has|can't|and)\b|(?:是|说|会|在|和|刚)", behind):
            continue
        if last or first:
            return (before or behind).strip(" ,，、。.!！?？:：")
    return None


def _plain(text: str) -> str:
    kept = "".join(c if c.isalnum() or c in "'- " else " " for c in unicodedata.normalize("NFKC", text).casefold())
    return " ".join(word.strip("-'") for word in kept.split() if word.strip("-'"))
