"""The sentence of consent: it names the person, the product and random words, so that no older recording can be it."""

from __future__ import annotations

import datetime
import difflib
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from livehost.errors import BadInput

_GOOD_FOR = datetime.timedelta(hours=24)
_ENGLISH = """
amber anchor apple autumn bamboo basket blanket bottle bridge button cabin candle carpet castle cherry circle coffee copper
corner cotton desert dolphin dragon eagle engine feather forest garden ginger glacier guitar hammer harbour honey island
jacket kettle kitchen ladder lantern lemon marble market melon mirror monkey mountain needle ocean orange palace paper pepper
pillow planet pocket potato rabbit river rocket saddle salmon shadow silver spider station summer sunset table tiger tomato
tractor tunnel turtle velvet village violin walnut water window winter wizard yellow
"""
_CHINESE = """
苹果 香蕉 西瓜 葡萄 柠檬 茶杯 雨伞 书包 铅笔 手表 窗户 桌子 毛巾 枕头 钥匙 火车 飞机 轮船 公园 超市 银行 医院 学校 邮局
森林 沙漠 海洋 高山 河流 月亮 太阳 星星 白云 大雪 春天 夏天 秋天 冬天 老虎 狮子 大象 熊猫 兔子 乌龟 蝴蝶 蜜蜂 鲸鱼 骆驼
牛奶 面包 米饭 豆腐 土豆 番茄 黄瓜 萝卜 红色 蓝色 绿色 黄色 钢琴 吉他 足球 篮球
"""
_WORDS = {"en": _ENGLISH.split(), "zh": _CHINESE.split()}
_SENTENCE = {
    "en": "I am {person}. I agree that Livehost learns my voice and speaks with it. My words are {words}.",
    "zh": "我是{person}。我同意 Livehost 学习我的声音，并用它来说话。我的口令是{words}。",
}
_LIKE = {"name": 0.6, "product": 0.7, "words": 0.75}


class Challenge(msgspec.Struct, frozen=True):
    """Kept until the voice is enrolled. `made_at` is ISO 8601."""

    person: str
    language: str
    sentence: str
    words: tuple[str, ...]
    made_at: str


def make(person: str, language: str, now: datetime.datetime) -> Challenge:
    if not person.strip() or len(person) > 80:
        raise BadInput("the sentence must name the person", fix='Give --person "Anna Berg"')
    if language not in _WORDS:
        raise BadInput(f"there is no sentence in {language!r}", fix=f"Known are: {', '.join(_WORDS)}")
    dice = secrets.SystemRandom()
    words = tuple(dice.sample(_WORDS[language], 4))
    sentence = _SENTENCE[language].format(person=person.strip(), words=("、" if language == "zh" else ", ").join(words))
    return Challenge(person.strip(), language, sentence, words, now.isoformat(timespec="seconds"))


def keep(challenge: Challenge, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(challenge)))


def kept(file: Path) -> Challenge | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Challenge)
    except (OSError, msgspec.DecodeError):
        return None


def faults(challenge: Challenge, heard: str, now: datetime.datetime) -> list[str]:
    """What of the sentence was not said, or not in time; `heard` is what a recogniser understood."""
    found = []
    if now - datetime.datetime.fromisoformat(challenge.made_at) > _GOOD_FOR:
        found.append("the sentence was given more than a day ago: ask for a new one with --challenge")
    if _presence(challenge.person, heard) < _LIKE["name"]:
        found.append(f"the recording does not name {challenge.person}")
    if _presence("Livehost", heard) < _LIKE["product"]:
        found.append("the recording does not name Livehost")
    missing = [word for word in challenge.words if _presence(word, heard) < _LIKE["words"]]
    if len(missing) > 1:  # a recogniser mishears one now and then
        found.append(f"the random words are not all said: {', '.join(missing)} missing")
    return found


def _presence(wanted: str, heard: str) -> float:
    """0-1: how nearly `wanted` sounds somewhere in `heard`, by letters (pinyin for Chinese)."""
    needle, hay = _letters(wanted), _letters(heard)
    if not needle or not hay:
        return 0.0
    best = 0.0
    for length in {max(1, len(needle) - 1), len(needle), len(needle) + 1}:
        for start in range(max(1, len(hay) - length + 1)):
            best = max(best, difflib.SequenceMatcher(None, needle, hay[start : start + length], autojunk=False).ratio())
    return best


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", "".join(_sounds(text)).lower())


def _sounds(text: str) -> Sequence[str]:
    if not re.search(r"[㐀-鿿]", text):
        return text
    from pypinyin import lazy_pinyin

    syllables: list[str] = lazy_pinyin(text)
    return syllables
