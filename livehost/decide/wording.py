"""Words that must not be said: what the advertising law forbids (广告法极限词), claims that need a licence, and the creator's
own banned words; in disguise, too: other spellings, letters between, and in Chinese whatever sounds the same when spoken.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from livehost.settings import Policy

# Superlatives of the advertising law, without the plain measures that begin alike (最大容量, 第一次).
_SUPERLATIVE = re.compile(
    r"最(?:佳|好(?!是|先|不要|别|在|用|提前|能)|优|强|棒|美|爱|赚|具|便宜|划算|优惠|实惠|先进|时尚|流行|受欢迎|舒适|安全|环保|健康|奢侈"
    r"|高级|高端|顶级|新(?:科技|技术|科学)|低价|高档(?!位|火)|正宗|地道|纯正|畅销|热销|专业|权威|有效|牛|火)"
    r"|(?:全网|全国|全球|全世界|世界|史上|国内|行业|同行|历史|有史以来)(?:最\w|第一|首发|独家|销量|排名|领先|唯一|独有)"
    r"|第一(?:品牌|名牌|名|选择|大|家)|(?:销量|排名|品质|质量|口碑|全网|天下|中国|行业|位居)第一|no\.?1|top1"
    r"|国家级|世界级|宇宙级|国际级|全球级|顶级|极品|极佳|极致|绝佳|绝对|终极|王牌|冠军|之王|领袖品牌|领导品牌|领导者|遥遥领先"
    r"|独一无二|绝无仅有|史无前例|前无古人|空前绝后|无与伦比|独家|唯一(?!的?区别|不同|要注意|缺点)|首选|首个|首家|万能|永久|永不|百分之?百(?!.{0,3}(?:棉|毛|丝|麻|绒|聚酯|涤|果汁|纯|原|天然|真皮))"
    r"|100%(?!.{0,3}(?:棉|毛|丝|麻|绒|聚酯|涤|果汁|纯|原|天然|真皮))|国家免检|特供|专供|驰名商标|中国名牌|零风险|无风险|稳赚|无副作用|没有副作用|零副作用|根治|治愈|包治|特效|药到病除|立竿见影"
)
_ENGLISH_CLAIM = re.compile(
    r"\b(?:best in the world|world'?s (?:best|finest|greatest|first)|the very best|number one|cures?|curing|risk ?free"
    r"|heals? (?:all|any|your)|guaranteed (?:to|results?|cure|profit)|miracle|100 ?% (?:safe|effective|guaranteed)"
    r"|no side effects|side effect free|fda approved|clinically proven|get rich|double your money)\b|#1\b|\bno\.? ?1\b"
)
# What is likely to be written for another sound of these words; each is said as the first of its row.
_SOUND_WORDS = """最佳 最好 最便宜 最强 最优 最低价 全网第一 全国第一 销量第一 世界第一 国家级 世界级 顶级 极品 极致
绝对 冠军 王牌 独家 唯一 首选 万能 永久 百分百 根治 治愈 特效"""
_SOUNDS_LIKE = tuple(_SOUND_WORDS.split())
_ALIKE = str.maketrans("蕞朂最絕對級頂極獨傢國際世衹萬癒證①壹弌①貳❶", "最最最绝对级顶极独家国际世只万愈证一一一一二一")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_CYRILLIC = str.maketrans("аеорсухіѕјԁһκνο", "aeopcyxisjdhkvo")
_HARMLESS = frozenset({"手选", "地衣", "度假"})
_HAN = re.compile(r"[㐀-鿿]")
_SPELLED_OUT = re.compile(r"\b(?:\w ){2,}\w\b")
_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿])[^㐀-鿿\w%]+(?=[㐀-鿿])")
_UNIT = re.compile(r"[㐀-鿿]|[a-z]+")


def forbidden(spoken: str, policy: Policy) -> tuple[str, ...]:
    """What must not be said of a text, each with why: "advertising law: 最好", "banned: cheapest"."""
    return _forbidden(spoken, policy.allowed_words, policy.banned_words)


@lru_cache(2048)  # a room is given the same answers again and again
def _forbidden(spoken: str, allowed_words: tuple[str, ...], banned_words: tuple[str, ...]) -> tuple[str, ...]:
    plain = _plain(spoken)
    allowed = tuple(_plain(word) for word in allowed_words)
    for word in allowed:
        plain = plain.replace(word, " ")
    heard = _as_heard(plain, _SOUNDS_LIKE) if _HAN.search(plain) else plain
    found = [f"advertising law: {m.group()}" for m in _SUPERLATIVE.finditer(heard)] if _HAN.search(plain) else []
    found += [f"claim: {m.group()}" for m in _ENGLISH_CLAIM.finditer(plain)]
    found += [f"banned: {word}" for word in banned_words if _holds(plain, word)]
    return tuple(dict.fromkeys(found))


def _holds(plain: str, word: str) -> bool:
    banned = _plain(word)
    if not banned:
        return False
    if _HAN.search(banned):
        return banned in _as_heard(plain, (banned,))
    closed = _SPELLED_OUT.sub(lambda m: m.group().replace(" ", ""), re.sub(r"(?<=\w)[^\w\s%]+(?=\w)", "", plain))
    return any(banned in form for form in (plain, plain.translate(_LEET), closed))


def _plain(text: str) -> str:
    """Lower case, one form for letters that look alike, nothing between Chinese characters."""
    composed = unicodedata.normalize("NFKD", text).lower().translate(_CYRILLIC).translate(_ALIKE)
    seen = "".join(c for c in composed if unicodedata.category(c) not in ("Cf", "Cc", "Mn", "Me", "Co", "So"))
    return _BETWEEN_HAN.sub("", seen)


def _as_heard(plain: str, words: tuple[str, ...]) -> str:
    """The text with each stretch that sounds like one of the words replaced by it: 蕞嘉, "zui佳", 觉对."""
    units = list(_UNIT.finditer(plain))
    sounds = _sounds(plain)
    heard = plain
    for word in words:
        wanted = _sounds(word)
        for at in range(len(units) - len(wanted) + 1):
            piece = sounds[at : at + len(wanted)]
            written = plain[units[at].start() : units[at + len(wanted) - 1].end()]
            if written != word and written not in _HARMLESS and all(map(_alike, piece, wanted)):
                heard = heard.replace(written, word)
    return heard


def _alike(one: str, other: str) -> bool:
    """Chinese characters by syllable and tone, a light one being any; a syllable in letters has no tone."""
    toneless = other.rstrip("1234")
    light = not other[-1].isdigit() or not one[-1].isdigit()
    return one == other or (light and one.rstrip("1234") == toneless)


@lru_cache(4096)
def _sounds(plain: str) -> tuple[str, ...]:
    """A syllable per character, "zui4"; letters stay as they are."""
    return tuple(_syllable(unit.group()) for unit in _UNIT.finditer(plain))


@lru_cache(8192)
def _syllable(unit: str) -> str:
    """By the dictionary's first reading; it is read directly, since other libraries load words of their own into pypinyin,
    and a replay must not depend on that."""
    if unit.isascii():
        return unit
    from pypinyin.contrib.tone_convert import to_tone3
    from pypinyin.pinyin_dict import pinyin_dict

    reading: str = pinyin_dict.get(ord(unit), unit).partition(",")[0]
    return str(to_tone3(reading))
