"""Mandarin, as a host in a live room says it: 199.9元 is 一百九十九块九, 8.5折 is 八五折, GTX 4090 is G T X 四零九零."""

from __future__ import annotations

import re

from livehost.speak.reading.numbers import (
    NUMBER,
    chinese,
    chinese_amount,
    chinese_digits,
    chinese_model,
    whole_and_fraction,
)
from livehost.speak.reading.rules import Rule, apply, is_spelled, rule, sayable_name, spelled

_MONEY = {
    "$": "美元", "US$": "美元", "USD": "美元", "A$": "澳元", "C$": "加元", "HK$": "港币", "€": "欧元", "EUR": "欧元", "£": "英镑",
    "GBP": "英镑", "¥": "元", "CNY": "元", "RMB": "元", "JPY": "日元",
}  # fmt: skip
_UNITS = {
    "kg": "公斤", "KG": "公斤", "Kg": "公斤", "g": "克", "mg": "毫克", "km": "公里", "m": "米", "cm": "厘米", "CM": "厘米",
    "mm": "毫米", "MM": "毫米", "ml": "毫升", "mL": "毫升", "ML": "毫升", "L": "升", "l": "升", "W": "瓦", "kW": "千瓦",
    "V": "伏", "A": "安", "mAh": "毫安时", "MAH": "毫安时", "Wh": "瓦时", "kWh": "度", "Hz": "赫兹", "HZ": "赫兹",
    "kHz": "千赫兹", "MHz": "兆赫兹", "GHz": "吉赫兹", "GB": "G", "G": "G", "TB": "T", "T": "T", "MB": "兆", "MP": "像素",
    "dB": "分贝", "h": "小时", "H": "小时", "min": "分钟", "s": "秒", "ms": "毫秒", "oz": "盎司", "lb": "磅", "lbs": "磅",
    "km/h": "公里每小时", "m/s": "米每秒", "m2": "平方米", "cm2": "平方厘米", "m3": "立方米", "kcal": "千卡", "kJ": "千焦",
    "°C": "度", "°F": "华氏度", "°": "度", '"': "英寸",
}  # fmt: skip
_LETTERED = {"G", "T"}  # units that are letters: 256G
_TO = r"\s?(?:-{1,2}|[–—~～至到])\s?"
_UNIT = "(?P<unit>" + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True)) + r")(?![A-Za-z])"
_SIGN = r"(?P<sign>US\$|A\$|C\$|HK\$|[$€£¥])"
_CODE = r"(?:USD|EUR|GBP|CNY|RMB|JPY)(?![A-Za-z])"
_YUAN = "元|块|美元|欧元|英镑|日元|港币"
_NUMBERED = (
    "电话|热线|客服电话|客服|拨打|致电|号码|手机号?|QQ群?|微信号?|群号|订单号?|订单编号|单号|编号|货号|款号|验证码|邮编|尾号|工号|"
    "房间号?|密码|暗号|口令|取件码|兑换码"
)
# What is counted with 两 and not with 二.
_MEASURES = (
    "个件只把口套天款种条层位双瓶盒包袋箱台部本张次人家年周块元倍米斤克升点罐桶支根颗粒片份杯碗对副组批轮场遍样道间顶枚匹门辆"
    "英公厘毫平立小分秒千万亿百"
)


def read(text: str) -> str:
    return re.sub(r"[，、]*，[，、]*", "，", apply(_RULES, text))


def _money(sign: str, number: str) -> str:
    """199.90元 → 一百九十九块九, 0.99元 → 九毛九; other currencies keep their name."""
    whole, fraction = whole_and_fraction(number)
    fraction = fraction.rstrip("0")
    if not fraction:
        return chinese_amount(whole) + sign
    if sign not in ("元", "块") or len(fraction) > 2:
        return chinese(f"{whole}.{fraction}") + sign
    tenth, cent = fraction[0], fraction[1:]
    if whole == "0":
        tenths = f"{chinese_amount(tenth)}毛" if tenth != "0" else ""
        return tenths + (chinese(cent) if tenths and cent else f"{chinese_amount(cent)}分" if cent else "")
    tail = f"零{chinese(cent)}分" if tenth == "0" else chinese(tenth) + (f"毛{chinese(cent)}" if cent else "")
    return f"{chinese_amount(whole)}块{tail}"


def _money_before(match: re.Match[str]) -> str:
    unit = _MONEY[match["sign"]]
    if match["scale"]:
        return f"{chinese_amount(match['n'])}{_scale(match['scale'])}{unit}"
    if match["m"]:
        return _money_range(match["n"], match["m"], unit)
    return _money(unit, match["n"])


def _money_after(match: re.Match[str]) -> str:
    unit = _MONEY.get(match["unit"], match["unit"])
    if match["m"]:
        return _money_range(match["n"], match["m"], unit)
    return _money(unit, match["n"])


def _money_range(low: str, high: str, unit: str) -> str:
    if "." in low:
        return f"{_money(unit, low)}到{_money(unit, high)}"
    return f"{chinese_amount(low)}到{_money(unit, high)}"


def _scale(letter: str) -> str:
    return {"w": "万", "W": "万", "k": "千", "K": "千", "万": "万", "亿": "亿"}[letter]


def _numeric_date(match: re.Match[str]) -> str:
    return f"{chinese_digits(match['y'])}年{chinese(str(int(match['m'])))}月{chinese(str(int(match['d'])))}日"


def _month_day(match: re.Match[str]) -> str:
    return f"{chinese(str(int(match['m'])))}月{chinese(str(int(match['d'])))}" + (match["end"] or "日")


def _slash(match: re.Match[str]) -> str:
    """1/2 is a part, 11/25 a day."""
    first, second = int(match["m"]), int(match["d"])
    if first < second <= 10:
        return f"{chinese(str(second))}分之{chinese(str(first))}"
    return f"{chinese(str(first))}月{chinese(str(second))}日"


def _clock(match: re.Match[str]) -> str:
    hour, minute = str(int(match["h"])), match["min"]
    words = f"{chinese_amount(hour)}点"
    if minute == "00":
        return words
    return f"{words}零{chinese(minute[1])}分" if minute[0] == "0" else f"{words}{chinese(minute)}分"


def _phone(match: re.Match[str]) -> str:
    return _phone_digits(match[0])


def _phone_digits(number: str) -> str:
    """A breath where the groups end."""
    return "，".join(chinese_digits(group, phone=True) for group in re.findall(r"\d+", number))


def _mobile(match: re.Match[str]) -> str:
    return chinese_digits(re.sub(r"\D", "", match[0]), phone=True)


def _numbered(match: re.Match[str]) -> str:
    return match["what"].replace("QQ", "Q Q") + match["between"] + _phone_digits(match["d"])


def _discount(match: re.Match[str]) -> str:
    return chinese_digits(match["a"] + (match["b"] or "")) + "折"


def _percent(match: re.Match[str]) -> str:
    words = f"百分之{chinese(match['n'])}" + (f"到百分之{chinese(match['m'])}" if match["m"] else "")
    return ("负" if match["minus"] else "") + words


def _quantity(match: re.Match[str]) -> str:
    unit = _UNITS[match["unit"]]
    say = chinese if unit in _LETTERED else chinese_amount
    words = say(match["n"]) + (f"到{say(match['m'])}" if match["m"] else "")
    minus = ("零下" if unit == "度" else "负") if match["minus"] else ""
    return minus + words + unit


def _by(match: re.Match[str]) -> str:
    """20x30cm → 二十乘三十厘米."""
    words = "乘".join(chinese(number) for number in re.findall(NUMBER, match["all"]))
    return words + (_UNITS[match["unit"]] if match["unit"] else "")


def _counted(match: re.Match[str]) -> str:
    """2个 → 两个, 2-3天 → 两到三天."""
    if match["m"]:
        return f"{chinese_amount(match['n'])}到{chinese_amount(match['m'])}"
    return chinese_amount(match["n"])


def _range(match: re.Match[str]) -> str:
    return f"{chinese(match['n'])}到{chinese(match['m'])}"


def _model(match: re.Match[str]) -> str:
    """A3-200 → A三二百, WH-1000XM5 → W H一千X M五."""
    return " ".join(_run(run) for run in re.findall(r"[A-Za-z]+|\d+", match[0]))


def _run(run: str) -> str:
    if run.isdigit():
        return chinese_model(run)
    return spelled(run) if is_spelled(run) or (run.isupper() and len(run) < 4) else run


def _graphics(match: re.Match[str]) -> str:
    return f"{spelled(match['letters'])} {chinese_digits(match['d'])}" + (" T I" if match["ti"] else "")


def _size(match: re.Match[str]) -> str:
    return (chinese(match["n"]) if match["n"] else "") + spelled(match["size"]) + (match["end"] or "")


def _capitals(match: re.Match[str]) -> str:
    return spelled(match[0]) if is_spelled(match[0]) else match[0]


def _year(match: re.Match[str]) -> str:
    return chinese_digits(match["y"])


_RULES: list[Rule] = [
    rule(r"(?<!\w)@?[^\W\d]\w*_\w*|(?<![\w.])@\w+", lambda m: sayable_name(m[0])),
    rule(r"(?<!\d)24/7(?!\d)", "全天候"),
    rule(r"(?<!\d)7[*xX×]24(?!\d)", "七乘二十四"),
    rule(r"(?<![\d.])(?:11\.11|双11)(?![\d.])", "双十一"),
    rule(r"(?<![\d.])(?:12\.12|双12)(?![\d.])", "双十二"),
    rule(r"(?<![\d.])618(?=大促|活动|期间|狂欢|预售|返场|当天)", "六一八"),
    rule(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _numeric_date),
    rule(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?=\s?(?:年|款|届|版))", _year),
    rule(r"(?<!\d)(?P<y>\d0)(?=后(?![面边来]))", _year),
    rule(r"(?<!\d)(?P<m>1[0-2]|0?[1-9])月(?P<d>3[01]|[12]\d|0?[1-9])(?P<end>[日号])?", _month_day),
    rule(r"(?<![\d-])(?P<m>1[0-2]|0?[1-9])-(?P<d>3[01]|[12]\d|0?[1-9])(?P<end>)(?=\s?\d\d?[:：]\d\d)", _month_day),
    rule(r"(?<![\d:：])(?P<h>2[0-4]|[01]?\d)[:：](?P<min>[0-5]\d)(?:[:：]00)?(?![\d:：])", _clock),
    rule(r"(?<=[\d点分])\s?[-–—~～]\s?(?=(?:2[0-4]|[01]?\d)[:：点])", "到"),
    rule(r"(?<!\d)(?P<a>\d+)[:：](?P<b>\d+)(?!\d)", lambda m: f"{chinese(m['a'])}比{chinese(m['b'])}"),
    rule(r"(?<!\d)(?:\+86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", lambda m: _mobile(m).removeprefix("八六")),
    rule(r"(?<![\d-])(?:400|800)-\d{3,4}-\d{3,4}(?!\d)|(?<![\d-])0\d{2,3}-\d{7,8}(?!\d)", _phone),
    rule(rf"(?P<what>{_NUMBERED})(?P<between>[是为:：\s#]*)(?P<d>\d{{3,}}(?:-\d{{3,}})*)"
         r"(?![\d.,-]\d|\d*\s?[元块折%个小人件])", _numbered),
    rule(
        rf"{_SIGN}\s?(?P<n>{NUMBER})(?P<scale>[万亿kKwW](?![A-Za-z]))?(?:{_TO}[$€£¥]?(?P<m>{NUMBER})(?:元|块)?)?(?:元|块钱)?",
        _money_before,
    ),
    rule(rf"(?<![\d.])(?P<n>{NUMBER})\s?(?:元|块)?{_TO}(?P<m>{NUMBER})\s?(?P<unit>{_YUAN})(?!\d)", _money_after),
    rule(rf"(?<![\d.])(?P<n>{NUMBER})(?P<m>)\s?(?P<unit>{_YUAN.replace('块', '块(?![0-9])')}|{_CODE})", _money_after),
    rule(r"(?<![\d.])(?P<n>\d+\.\d)(?=包邮|秒杀|限时|起拍|一件|抢)", lambda m: _money("块", m["n"])),
    rule(r"(?<![\d.])(?P<a>\d)\.?(?P<b>\d)?\s?折", _discount),
    rule(rf"(?P<minus>(?<![\w.])[-−])?(?<![\d.])(?P<n>{NUMBER})%?(?:{_TO}(?P<m>{NUMBER}))?\s?%", _percent),
    rule(rf"(?<![\d.])(?P<n>{NUMBER})\s?‰", lambda m: f"千分之{chinese(m['n'])}"),
    rule(r"(?<![A-Za-z\d.])(?P<n>[2-6])(?P<size>X[SL])(?P<end>[码号])?(?![A-Za-z])", _size),
    rule(r"(?<![A-Za-z\d])(?P<n>)(?P<size>X{1,4}[SL])(?P<end>[码号])?(?![A-Za-z])", _size),
    rule(r"(?<![A-Za-z])(?:GTX|RTX|RX)\s?\d{3,4}(?:\s?Ti)?(?![A-Za-z\d])",
         lambda m: _graphics(re.fullmatch(r"(?P<letters>[A-Z]+)\s?(?P<d>\d+)(?P<ti>\s?Ti)?", m[0]))),  # type: ignore[arg-type]
    rule(rf"(?<![A-Za-z\d.])(?P<n>{NUMBER})(?:G|g)(?=手机|网|信号|频段|路由)", lambda m: f"{chinese(m['n'])}G"),
    rule(rf"(?<![A-Za-z\d.])(?P<all>{NUMBER}(?:\s?[xX×*]\s?{NUMBER})+)(?:\s?{_UNIT})?(?![A-Za-z\d])", _by),
    rule(
        rf"(?P<minus>(?<![\w.])[-−])?(?<![A-Za-z\d.])(?P<n>{NUMBER})(?:{_TO}(?P<m>{NUMBER}))?\s?{_UNIT}", _quantity
    ),
    rule(rf"(?<![A-Za-z\d.])(?P<n>{NUMBER})(?P<scale>[wWk])(?![A-Za-z])", lambda m: chinese_amount(m["n"]) + _scale(m["scale"])),
    rule(r"(?<!\d)(?P<m>1[0-2]|[1-9])/(?P<d>3[01]|[12]\d|[1-9])(?!\d)", _slash),
    rule(
        rf"(?<![A-Za-z\d.第])(?P<n>{NUMBER})(?:{_TO}(?P<m>{NUMBER}))?(?=多?\s?[{_MEASURES}])(?!分之)", _counted
    ),
    rule(r"(?<=[\d米])\s?[*xX×]\s?(?=\d)|(?<=[A-Za-z一-鿿])\s?[*×]\s?(?=\d)", "乘"),
    rule(r"(?<![\d.,])(?P<d>\d{5,})(?=号)", lambda m: chinese_digits(m["d"], phone=True)),
    rule(r"(?<![\d.,])\d{7,}(?![\d.,]\d)", lambda m: chinese_digits(m[0])),
    rule(r"(?<![\d.])(?:6{3,}|520|1314|23{2,})(?![\d.码款号页])", lambda m: chinese_digits(m[0])),
    rule(r"(?<![A-Za-z\d])(?=[A-Za-z\d-]*[A-Za-z])(?=[A-Za-z-]*\d)[A-Za-z\d]+(?:-[A-Za-z\d]+)*(?![A-Za-z\d])", _model),
    rule(r"(?<![A-Za-z'])[A-Z]{2,5}(?![A-Za-z])", _capitals),
    rule(rf"(?<![A-Za-z\d.])(?P<n>{NUMBER}){_TO}(?P<m>{NUMBER})(?![A-Za-z\d-])", _range),
    rule(rf"(?<![\w.])[-−](?P<n>{NUMBER})", lambda m: f"负{chinese(m['n'])}"),
    rule(NUMBER, lambda m: chinese(m[0])),
    rule(r"(?i)(?<![A-Za-z])vs\.?(?![A-Za-z])", "对"),
    rule(r"\s?&\s?", "和"),
    rule(r"\s?\+\s?", "加"),
    rule(r"\s?=\s?", "等于"),
    rule(r"\s?≥\s?", "大于等于"),
    rule(r"\s?≤\s?", "小于等于"),
    rule(r"(?<=[一-鿿])/(?=[一-鿿])", "或"),
    rule(r"(?<=[A-Za-z])/(?=[A-Za-z])", "，"),
    rule(r"\s?[(（「《]\s*|\s*[)）」》](?=[^。！？，；：、]|$)", "，"),
    rule(r"[)）」》\"“”~～^]|[:;]-?[)(DPp](?!\w)", ""),
]  # fmt: skip
