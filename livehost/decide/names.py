"""Viewers' names as they can be said aloud; those that can't, or that nobody should hear, are empty. Pure."""

from __future__ import annotations

import re
import unicodedata

from livehost.language import language_of

_LONGEST = {"latin": 20, "han": 8}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_FRAME = re.compile(r"^(?:xx|ttv|tv|yt|the)\s+|\s+(?:xx|ttv|tv|yt|gg|live|official)$", re.IGNORECASE)
_FRAMED = re.compile(r"^xx[_\W]*(?=.{2})|[_\W]*xx$", re.IGNORECASE)
_HAN = re.compile(r"[㐀-鿿]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ' ]*")
_NO_NAME = re.compile(r"^(?:user|guest|viewer|anonymous|unknown|null|none|deleted|用户|匿名|游客|未知)", re.IGNORECASE)
_UNREADABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}|(.)\1{3}", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouyà-ɏ]", re.IGNORECASE)
_LEET = str.maketrans("013457@$!|", "oieastasil")

# Roots that no voice of a shop says, whatever stands around them; those of four letters and more anywhere in a name.
_LONG = re.compile(
    r"anal|anus|arsch|ashole|asshole|bastard|beaner|bitch|blowjob|boner|boob|bukkake|chink"
    r"|clit|cock|coon|cunt|dick|dildo|douche|dyke|ejacul|fascis|fellat|fuck|gangbang|genocid"
    r"|gook|hentai|hitler|holocaust|incest|isis|jerkoff|jizz|kike|lolita|masturb|milf|molest"
    r"|nazi|negro|nigg|nudes|orgasm|orgy|paki|pedo|penis|phuck|porn|pussy|queef|rape|rapist"
    r"|retard|rimjob|schlong|scrotum|semen|shemale|shit|slut|spic|suicid|terroris|testic|tits"
    r"|tranny|turd|twat|vagin|viagra|wank|whore"
)
_SHORT = frozenset({"cum", "fag", "kkk", "kys", "sex", "xxx"})
_INNOCENT = re.compile(
    r"analy|canal|anusha|cockat|cockt|[a-z]{3}cock|dickens|dickson|scunthorpe|grape|drape|scrape|therap|rac?coon|cocoon|tycoon"
    r"|[a-z]spic|spic[eyi]|shit?tak|nazir|nazim|saturd|pakistan|montenegro|crisis|heraclit|[aeiou]nigg?le"
)
_HAN_NEVER = re.compile(
    r"操你|草你|艹|你妈|尼玛|他妈|妈的|傻[逼比叉子]|煞笔|[肏屄屌]|鸡巴|几把|阴[茎道蒂]|强奸|轮奸|做爱|色情|约炮|妓女|婊|卖淫|淫|骚货|贱"
    r"|滚蛋|去死|死全家|自杀|杀人|恐怖|纳粹|希特勒|法西斯|法轮|习近平|毛泽东|共产党|台独|藏独|疆独|六四|黑鬼|支那|智障|脑残|废物"
    r"|主播|客服|官方|管理员|房管|加微|微信|威信|vx"
)
_OFFICE = re.compile(r"\b(?:admin|moderator|official|support|system|staff|livehost)\b", re.IGNORECASE)


def spoken_name(name: str) -> str:
    """ "xX_MiaRose_2004" → "Mia Rose", "小鱼干🐟88" → "小鱼干"; empty when it is not to be said."""
    shown = unicodedata.normalize("NFKC", name[:80])
    if _is_offensive(shown):
        return ""
    words = re.sub(r"[\W\d_]+", " ", _FRAMED.sub("", shown)).strip()
    han = "".join(_HAN.findall(words))
    if han:
        return han if len(han) <= _LONGEST["han"] and not _NO_NAME.match(han) else ""
    words = _FRAME.sub("", _FRAME.sub("", " ".join(_CAMEL.sub(" ", words).split())))
    readable = _LATIN.fullmatch(words) and _VOWEL.search(words) and not _UNREADABLE.search(words)
    if not readable or not 2 <= len(words) <= _LONGEST["latin"] or _NO_NAME.match(words):
        return ""
    return words


def name_for(name: str, language: str) -> str:
    """The name as the voice of this language can say it; empty when it can't."""
    said = spoken_name(name)
    return said if said and language_of(said) == ("zh" if language == "zh" else "en") else ""


def _is_offensive(name: str) -> bool:
    """Letters apart, digits for letters and doubled letters hide nothing."""
    if _HAN_NEVER.search(re.sub(r"[\W_]+", "", name).casefold()):
        return True
    plain = unicodedata.normalize("NFKD", name).casefold()
    spaced = re.sub(r"[^a-z]+", " ", _CAMEL.sub(" ", name).casefold().translate(_LEET))
    if _OFFICE.search(spaced) or _SHORT & set(spaced.split()):
        return True
    for letters in (plain, plain.translate(_LEET)):
        run = re.sub(r"[^a-z]+", "", letters)
        single = re.sub(r"(.)\1+", r"\1", run)
        if _LONG.search(_INNOCENT.sub(" ", run)) or _LONG.search(_INNOCENT.sub(" ", single)):
            return True
    return False
