"""What keeps look-alike questions apart: sizes, numbers, colours, places and what is asked for, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from livehost.understand.fields import fields_asked
from livehost.understand.products import NUMBERED, chinese_number

Slots = Mapping[str, frozenset[str]]  # slot → the values a line gives it; slots without a value are left out

_SIZES = {
    "xs": r"xs|x-small|extra small|加小码",
    "s": r"s|small|smalls|小码",
    "m": r"m|medium|mediums|中码",
    "l": r"l|large|larges|大码",
    "xl": r"xl|x-large|extra large|加大码?",
    "xxl": r"xxl|2xl|xx-large|加加大",
    "xxxl": r"xxxl|3xl",
}
_COLORS = {
    "black": "black|黑色?",
    "white": "white|白色?",
    "red": "red|红色?",
    "blue": "blue|navy|蓝色?",
    "green": "green|绿色?",
    "yellow": "yellow|黄色",
    "pink": "pink|粉色?",
    "purple": "purple|紫色?",
    "brown": "brown|棕色?|咖色|咖啡色",
    "grey": "grey|gray|灰色?",
    "beige": "beige|米色|杏色?",
    "orange": "orange|橙色|橘色",
}
_PLACES = {
    "canada": "canada|canadians?|toronto|vancouver|montreal|加拿大",
    "australia": "australia|aus|aussie|sydney|melbourne|down under|澳洲|澳大利亚",
    "uk": "uk|britain|england|london|scotland|united kingdom|英国",
    "usa": "usa|us|america|states|california|texas|new york|ny|美国",
    "germany": "germany|german|berlin|德国",
    "france": "france|french|paris|法国",
    "europe": "europe|eu|欧洲",
    "japan": "japan|japanese|tokyo|日本",
    "korea": "korea|seoul|韩国",
    "mexico": "mexico|墨西哥",
    "brazil": "brazil|巴西",
    "india": "india|印度",
    "singapore": "singapore|sg|新加坡",
    "malaysia": "malaysia|马来西亚",
    "new zealand": "new zealand|nz|新西兰",
    "ireland": "ireland|irish|dublin|爱尔兰",
    "spain": "spain|spanish|madrid|barcelona|西班牙",
    "italy": "italy|italian|rome|milan|意大利",
    "netherlands": "netherlands|dutch|holland|amsterdam|荷兰",
    "sweden": "sweden|swedish|stockholm|瑞典",
    "norway": "norway|norwegian|oslo|挪威",
    "denmark": "denmark|danish|丹麦",
    "finland": "finland|finnish|芬兰",
    "poland": "poland|polish|warsaw|波兰",
    "switzerland": "switzerland|swiss|瑞士",
    "austria": "austria|vienna|奥地利",
    "portugal": "portugal|lisbon|葡萄牙",
    "greece": "greece|athens|希腊",
    "belgium": "belgium|brussels|比利时",
    "turkey": "istanbul|土耳其",
    "russia": "russia|russian|moscow|俄罗斯",
    "philippines": "philippines|manila|ph|菲律宾",
    "indonesia": "indonesia|jakarta|印尼",
    "thailand": "thailand|bangkok|泰国",
    "vietnam": "vietnam|hanoi|越南",
    "dubai": "dubai|uae|emirates|迪拜",
    "saudi": "saudi arabia|saudi|沙特",
    "israel": "israel|以色列",
    "egypt": "egypt|cairo|埃及",
    "south africa": "south africa|cape town|南非",
    "nigeria": "nigeria|lagos|尼日利亚",
    "argentina": "argentina|阿根廷",
    "chile": "chile|智利",
    "colombia": "colombia|哥伦比亚",
    "puerto rico": "puerto rico",
    "hawaii": "hawaii|夏威夷",
    "alaska": "alaska",
    "macau": "macau|macao|澳门",
    "china": "china|shanghai|beijing|中国|大陆",
    "hong kong": "hong ?kong|hk|香港",
    "taiwan": "taiwan|taipei|台湾|台灣|臺灣",
    "xinjiang": "新疆|乌鲁木齐|喀什",
    "tibet": "西藏|拉萨|林芝",
    "inner mongolia": "内蒙古?",
    "hainan": "海南",
    "guangdong": "广东|广州|深圳",
    "northeast": "东北|黑龙江|吉林|辽宁",
}
_ASKED_FOR = {
    "time": r"how (?:long|soon|fast|many days)|when|what time|delivery time|多久|几天|什么时候|啥时候|几点|多长时间",
    "place": r"where|哪里|哪儿|在哪|哪个城市",
    "fee": r"(?:shipping|delivery|postage|shipment) (?:cost|fee|charge|price)s?"
    r"|cost of (?:shipping|delivery)|邮费|运费|快递费|配送费",
    "who": r"who pays?|谁(?:出|付|承担)",
}
_DIGITS = re.compile(r"(?<![a-z0-9.])\d+(?:\.\d+)?(?![a-z])|(?<![a-z0-9.])\d+(?=cm|kg|ml|g|l|w|gb|v)")
_TO = re.compile(r"\b(ship|send|deliver|post|go)(s|ing)? 2 ")  # "ship 2 germany"
_WRITTEN_OUT = re.compile(
    r"([一二两三四五六七八九]?)百(?:([一二三四五六七八九])十?)?([一二三四五六七八九])?(?=斤|码|块|元|的|身高|米|克)"
)


def _finder(values: Mapping[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all values of a slot, with a numbered group each: Latin words stand alone, Chinese ones anywhere."""
    groups = {f"v{n}": value for n, value in enumerate(values)}
    parts = []
    for group, (_, written) in zip(groups, values.items(), strict=True):
        forms = sorted(written.split("|") if "(" not in written else [written], key=len, reverse=True)
        parts.append(f"(?P<{group}>" + "|".join(_bounded(form) for form in forms) + ")")
    return re.compile("|".join(parts)), groups


def _bounded(form: str) -> str:
    return rf"(?<![a-z0-9-])(?:{form})(?![a-z0-9-])" if form[0].isascii() else f"(?:{form})"


_FINDERS = {
    "size": _finder(_SIZES),
    "color": _finder(_COLORS),
    "place": _finder(_PLACES),
    "asked": _finder(_ASKED_FOR),
}


def slots_of(plain: str) -> Slots:
    """The values that a plain line gives to each slot."""
    found: dict[str, frozenset[str]] = {}
    for slot, (pattern, groups) in _FINDERS.items():
        values = frozenset(groups[match.lastgroup] for match in pattern.finditer(plain) if match.lastgroup)
        if values:
            found[slot] = values
    fields = fields_asked(plain) - {"size"} if "size" in found else fields_asked(plain)
    asked = found.get("asked", frozenset()) | fields
    if asked:
        found["asked"] = asked
    numbers = {str(float(digits)) for digits in _DIGITS.findall(_TO.sub(r"\1\2 to ", plain))}
    numbers |= {str(float(_hundreds(match))) for match in _WRITTEN_OUT.finditer(plain)}
    numbers |= {str(float(chinese_number(m.group(3)))) for m in NUMBERED.finditer(plain) if m.group(3)}
    if numbers:
        found["number"] = frozenset(numbers)
    return found


def _hundreds(match: re.Match[str]) -> int:
    """一百二十 → 120, 两百五 → 250."""
    hundreds, tens, ones = match.groups()
    values = {c: n for n, c in enumerate("一二三四五六七八九", 1)} | {"两": 2, "": 1}
    return values[hundreds] * 100 + (values[tens] * 10 if tens else 0) + (values[ones] if ones else 0)


def apart(one: Slots, other: Slots) -> bool:
    """Whether two lines ask for different things, however alike their words are."""
    if any(one.get(slot) != other.get(slot) for slot in ("size", "color", "place", "number")):
        return True
    asked, also = one.get("asked"), other.get("asked")
    return bool(asked and also and not asked & also)
