"""Values that lines name in many ways and both languages: sizes, colours and places, each with its one name."""

from __future__ import annotations

import re
from collections.abc import Mapping

SIZES = {
    "xs": r"xs|x-small|extra small|加小码",
    "s": r"s|small|smalls|小码",
    "m": r"m|medium|mediums|中码",
    "l": r"l|large|larges|大码",
    "xl": r"xl|x-large|extra large|加大码?",
    "xxl": r"xxl|2xl|xx-large|加加大",
    "xxxl": r"xxxl|3xl",
}
COLORS = {
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
PLACES = {
    "canada": "canada|canadians?|toronto|vancouver|montreal|加拿大",
    "australia": "australia|aus|aussie|sydney|melbourne|down under|澳洲|澳大利亚",
    "uk": "uk|britain|england|london|scotland|united kingdom|英国",
    "usa": "usa|the us|in us|within us|inside us|across us|to us|america|states|california|texas|new york|ny|美国",
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
_COUNTRY_CODES = {
    "canada": "CA",
    "australia": "AU",
    "uk": "GB",
    "usa": "US",
    "germany": "DE",
    "france": "FR",
    "japan": "JP",
    "korea": "KR",
    "mexico": "MX",
    "brazil": "BR",
    "india": "IN",
    "singapore": "SG",
    "malaysia": "MY",
    "new zealand": "NZ",
    "china": "CN",
    "hong kong": "HK",
    "taiwan": "TW",
}


def finder(values: Mapping[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all values of a slot, with a numbered group each: Latin words stand alone, Chinese ones anywhere."""
    groups = {f"v{n}": value for n, value in enumerate(values)}
    parts = []
    for group, (_, written) in zip(groups, values.items(), strict=True):
        forms = sorted(written.split("|") if "(" not in written else [written], key=len, reverse=True)
        parts.append(f"(?P<{group}>" + "|".join(_bounded(form) for form in forms) + ")")
    return re.compile("|".join(parts)), groups


def _bounded(form: str) -> str:
    return rf"(?<![a-z0-9'’-])(?:{form})(?![a-z0-9-])" if form[0].isascii() else f"(?:{form})"


SIZE, COLOR, PLACE = finder(SIZES), finder(COLORS), finder(PLACES)


def values_in(plain: str, of: tuple[re.Pattern[str], dict[str, str]]) -> frozenset[str]:
    """The one names of the values of a kind that a plain line holds."""
    pattern, groups = of
    return frozenset(groups[match.lastgroup] for match in pattern.finditer(plain) if match.lastgroup)


def countries_in(plain: str) -> frozenset[str]:
    """ISO 3166 codes of the countries that a plain line names."""
    return frozenset(_COUNTRY_CODES[place] for place in values_in(plain, PLACE) if place in _COUNTRY_CODES)
