"""What a line is about, by its words: for putting unanswered questions together and for finding the host's answer to one.

Exact rules in place of an embedding, since all of this runs in the core.
"""

from __future__ import annotations

import re
from functools import lru_cache

from livehost.understand.normalise import plain_line
from livehost.understand.products import NUMBERED
from livehost.understand.slots import apart, slots_of

_PIECE = re.compile(r"[a-z0-9']+|[㐀-鿿]+")
_STOP_WORDS = """
a an the this that these those it its it's is are am was were be been do does did can could will would should may i we
you your u they them he she me my our us in on of for to and so but or if with at by from as not no yes what whats
which who when where why how there here any some all one ones just also too please pls hi hey hello ok guys anyone
know tell ask asking asked someone question get got have has had want need about really very then than still now
today much many thing things
"""
_STOP = frozenset(_STOP_WORDS.split())
_CHINESE_STOP = re.compile(
    r"请问|链接|多少钱|主播|老板|宝宝|宝子|姐妹|家人们|有人问|问一下|问到|刚才|这个|那个|这款|那款|什么|怎么|多少|是不是|有没有|能不能|可不可以|可以"
    r"|一下|一个|现在|今天|我们|你们|他们|大家|就是|都是|还是|[的了吗呢啊呀吧嘛么哦哈嗯是有在我你他它会能不没这那也都就和跟给到说]"
)
_SAME = 0.6  # share of the words of both that two wordings of one question have in common
_TOLD = 0.5  # share of a question's words that come up in its answer
_ASKED_FIRST = re.compile(r"^(?:[^,，]*[吗呢嘛][,，] *)+")  # 有人问能用吗，可以用
_SENTENCE = re.compile(r"[^.!?。！？;；\n]+[.!?。！？;；]*")


@lru_cache(4096)
def content(plain: str) -> frozenset[str]:
    """The words that carry a plain line, English ones without their endings, Chinese ones as pairs of characters."""
    found: set[str] = set()
    for piece in _PIECE.findall(NUMBERED.sub(" ", plain)):
        if piece[0] < "㐀":
            if piece not in _STOP:
                found.add(_stem(piece))
            continue
        for run in _CHINESE_STOP.sub(" ", piece).split():
            found.update(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return frozenset(found)


def same_question(one: str, other: str) -> bool:
    """Whether two plain lines ask the same in much the same words, and nothing such as a size tells them apart."""
    left, right = content(one), content(other)
    if not left or not right:
        return one == other
    return len(left & right) >= _SAME * len(left | right) and not apart(slots_of(one), slots_of(other))


def answers(question: str, told: str) -> bool:
    """Whether plain running text speaks of what a plain question asks."""
    wanted = content(question)
    common = wanted & content(told)
    return len(common) >= max(2, _TOLD * len(wanted))


def without_questions(text: str) -> str:
    """Running text without its questions: who reads one aloud repeats it before the answer."""
    told = (_ASKED_FIRST.sub("", s).strip() for s in _SENTENCE.findall(text) if s.strip() and not _asks(s))
    return " ".join(sentence for sentence in told if sentence)


def _asks(sentence: str) -> bool:
    return bool(re.search(r"[?？]|[吗呢嘛][。.!！]?$", sentence.strip()))


def plain(text: str) -> str:
    return plain_line(text).plain


def _stem(word: str) -> str:
    for ending in ("able", "ing", "ies", "ed", "es", "s", "'s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
