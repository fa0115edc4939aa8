"""Another place, person, way to pay … in a line, in its entry, or in both: an entry answers only for what it names.

What a model of this size gets wrong most is the near miss ("do you ship to Denmark?" beside an entry about Norway). Where a line
and its entry share a term of one of these sorts, the term is put otherwise in one of them (no answer any more) or in both.
"""

from __future__ import annotations

import random
import re
from functools import cache

SORTS = (
    # countries and regions
    "canada,australia,germany,france,spain,italy,japan,korea,brazil,mexico,india,ireland,norway,sweden,denmark,finland,poland,"
    "singapore,new zealand,hawaii,alaska,puerto rico,scotland,wales,portugal,greece,israel,dubai,chile,argentina,"
    "switzerland,austria,belgium,netherlands,malaysia,thailand,vietnam,philippines,indonesia,taiwan,hong kong,china",
    "香港,澳门,台湾,新疆,西藏,内蒙古,青海,海南,日本,韩国,美国,加拿大,澳洲,英国,德国,法国,新加坡,马来西亚,泰国,越南,俄罗斯,新西兰",
    "北京,上海,广州,深圳,成都,重庆,武汉,西安,杭州,南京,长沙,沈阳,哈尔滨,昆明,青岛,厦门,苏州,郑州",
    # ways to pay
    "paypal,apple pay,google pay,klarna,afterpay,amex,bitcoin,crypto,cash,venmo,bank transfer,wechat pay,alipay,cheque,gift card",
    "微信支付,支付宝,花呗,白条,信用卡,货到付款,现金,云闪付,银行转账,数字人民币,购物卡",
    # carriers, shops, networks
    "ups,fedex,dhl,usps,royal mail,amazon,ebay,etsy,walmart,costco",
    "顺丰,中通,圆通,韵达,申通,邮政,极兔,京东,德邦",
    "discord,youtube,twitter,instagram,tiktok,twitch,facebook,telegram,patreon,spotify,reddit,bluesky",
    "b站,微博,抖音,小红书,快手,淘宝,天猫,拼多多,闲鱼,网易云,qq音乐,喜马拉雅",
    "ps5,xbox,steam deck,mac,linux,android,iphone,ipad,windows,chromebook",
    "安卓,苹果手机,电脑,平板,手机,电视,鸿蒙",
    # whom it is for
    "dogs,cats,rabbits,hamsters,birds,horses,puppies,kittens,ferrets,goats,parrots,turtles",
    "狗,猫,兔子,仓鼠,鹦鹉,乌龟,羊驼",
    "kids,babies,toddlers,men,women,seniors,teens,students,nurses,veterans,beginners,couples,teachers,police,firefighters",
    "孩子,老人,男生,女生,孕妇,学生,军人,护士,新手,残疾人,教师,医生",
    # parts of the body
    "face,hands,feet,hair,eyes,lips,neck,knees,scalp,nails,shoulders",
    "脸,脚,头发,眼睛,嘴唇,脖子,膝盖,头皮,指甲,后背,肩膀",
    # times
    "monday,tuesday,wednesday,thursday,friday,saturday,sunday",
    "周一,周二,周三,周四,周五,周六,周日",
    "christmas,black friday,easter,halloween,new year,valentines,mothers day,thanksgiving,fathers day,prime day",
    "双十一,双十二,618,春节,国庆,中秋,元旦,五一,七夕,圣诞,端午",
    "january,february,march,april,june,july,august,september,october,november,december",
    "spring,summer,autumn,winter",
    # things
    "shirt,jacket,pants,dress,shoes,socks,hat,bag,mug,poster,sticker,scarf,gloves,belt,hoodie,sweater,skirt,coat",
    "上衣,裤子,裙子,鞋子,帽子,袜子,外套,围巾,毛衣,手套,腰带,卫衣,衬衫,大衣",
    "kettle,toaster,blender,pan,knife,fridge,oven,fan,heater,lamp,vacuum,printer,speaker,keyboard,mouse,monitor,headset",
    "刀,水壶,风扇,台灯,冰箱,烤箱,空调,洗衣机,音箱,键盘,鼠标,显示器,耳机",
    "pillow,blanket,mattress,duvet,sheets,towel,curtain,rug,chair,table,sofa,shelf,desk,bed",
    "枕头,被子,床垫,床单,毛巾,窗帘,地毯,椅子,桌子,沙发,柜子",
    "battery,charger,cable,strap,lens,filter,screen,lid,wheel,tripod",
    "电池,充电器,数据线,表带,保护壳,镜头,滤芯,屏幕,把手,盖子,轮子,遥控器",
    "tea,coffee,chocolate,cookies,honey,jam,cheese,wine,beer,juice,nuts,noodles,rice",
    "茶,咖啡,巧克力,饼干,蜂蜜,果酱,奶酪,红酒,啤酒,果汁,坚果,面条,大米",
    # languages
    "english,spanish,french,german,japanese,korean,mandarin,italian,portuguese,russian",
    "英语,日语,法语,德语,韩语,粤语,西班牙语,俄语,普通话",
)
_OF_EVERYTHING = re.compile(
    r"world ?wide|international|anywhere|everywhere|overseas|europe|\beu\b|全国|全球|海外|国外|境外|所有|都可以|任何"
)


class Swaps:
    """Of one room's words."""

    def __init__(self, draw: random.Random) -> None:
        self.random = draw

    def in_line(self, line: str, asked: list[str], answer: str, room: str) -> str:
        """The line with another term than the entry's; empty where they share none. `room`: words of all its entries."""
        found = self._shared(line, asked, answer, room)
        return _put(line, *found) if found else ""

    def in_entry(self, line: str, asked: list[str], answer: str, room: str) -> tuple[list[str], str] | None:
        """The entry with another term than the line's."""
        found = self._shared(line, asked, answer, room)
        return ([_put(wording, *found) for wording in asked], _put(answer, *found)) if found else None

    def in_both(self, line: str, asked: list[str], answer: str, room: str) -> tuple[str, list[str], str] | None:
        found = self._shared(line, asked, answer, room)
        if not found:
            return None
        return _put(line, *found), [_put(wording, *found) for wording in asked], _put(answer, *found)

    def _shared(self, line: str, asked: list[str], answer: str, room: str) -> tuple[str, str] | None:
        """A term that the line and the question share, and one of its sort that the room doesn't know; None: there is none,
        or the entry tells of several."""
        question = " / ".join(asked)
        entry = f"{question} {answer}"
        if _OF_EVERYTHING.search(entry):
            return None
        for sort in SORTS:
            told = [term for term in _terms(sort) if _holds(entry, term)]
            if len(told) != 1 or not (_holds(line, told[0]) and _holds(question, told[0])):
                continue
            others = [term for term in _terms(sort) if not _holds(room, term) and not _holds(line, term)]
            if others:
                return told[0], self.random.choice(others)
        return None


@cache
def _terms(sort: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sort.split(",")))


@cache
def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(rf"\b{term}\b" if term.isascii() else term)


def _holds(text: str, term: str) -> bool:
    return term in text and bool(_pattern(term).search(text))


def _put(text: str, term: str, other: str) -> str:
    return _pattern(term).sub(other, text)
