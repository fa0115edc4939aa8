"""The sentences that answers out of product fields are made of, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from livehost.decision import Decision
from livehost.knowledge import Money, Product


class Phrases(msgspec.Struct, frozen=True):
    price: str
    sale: str
    sale_until: str
    price_range: str
    in_stock: str
    out_of_stock: str
    preorder: str
    backorder: str
    in_stock_in: str
    comes_in: str
    yes_comes_in: str
    no_comes_in: str
    material: str
    product_weight: str
    link: str
    numbered_link: str
    cart_number: str
    screen_link: str
    which_one: str
    shipping: str
    free_shipping: str
    facts: str
    video_title: str
    video_moment: str
    video_place: str
    video_quote: str
    videos: str
    hours: str
    minutes: str  # ":": moments are said as they are written
    seconds: str
    day: str
    months: tuple[str, ...]
    countries: dict[str, str]
    platforms: dict[str, str]  # as their viewers call them, where that is not the plain name
    space: str
    and_word: str
    comma: str
    money: dict[str, str]  # ISO 4217 code → how an amount is written; others as "12 XYZ"

    def about(self, sentence: str, title: str, **values: str) -> str:
        """The sentence with the title in it; a title such as "Ridge Pants" takes the plural."""
        plural = title.endswith("s") and not title.endswith("ss")
        return sentence.format(title=title, **{"is": "are" if plural else "is", "s": "" if plural else "s"}, **values)

    def joined(self, values: tuple[str, ...]) -> str:
        """ "black, blue and moss"."""
        if len(values) < 2:
            return "".join(values)
        return self.comma.join(values[:-1]) + self.and_word + values[-1]


_ENGLISH = Phrases(
    price="The {title} {is} {price}.",
    sale="The {title} {is} on sale for {sale} instead of {price}.",
    sale_until="The {title} {is} on sale for {sale} instead of {price} until {until}.",
    price_range="The {title} {is} {low} to {high}, depending on the variant.",
    in_stock="Yes, the {title} {is} in stock.",
    in_stock_in="The {title} {is} in stock in {values}.",
    out_of_stock="The {title} {is} out of stock right now.",
    preorder="The {title} can be pre-ordered.",
    backorder="The {title} {is} on back-order.",
    comes_in="The {title} come{s} in {values}.",
    yes_comes_in="Yes, the {title} come{s} in {value}.",
    no_comes_in="No, the {title} come{s} in {values}.",
    material="The {title} {is} made of {value}.",
    product_weight="The {title} weigh{s} {value}.",
    link="Here is the link for the {title}.",
    numbered_link="The {title} {is} number {number} in the shop.",
    cart_number="The {title} {is} number {number} in the shop on {place}.",
    screen_link="The link for the {title} is on the screen.",
    which_one="Which one do you mean, the {first} or the {second}?",
    shipping="Shipping the {title} to {place} is {price}.",
    free_shipping="The {title} ship{s} to {place} for free.",
    facts="{title}: {facts}.",
    video_title='"{title}"',
    video_moment='"{title}", at {at}',
    video_place="It is in the video {place}.",
    video_quote="In the video {place}: {quote}.",
    videos="There are videos: {titles}.",
    hours=":",
    minutes=":",
    seconds="",
    day="{month} {day}",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    countries={
        "CA": "Canada",
        "AU": "Australia",
        "GB": "the UK",
        "US": "the US",
        "DE": "Germany",
        "FR": "France",
        "JP": "Japan",
        "KR": "Korea",
        "MX": "Mexico",
        "BR": "Brazil",
        "IN": "India",
        "SG": "Singapore",
        "MY": "Malaysia",
        "NZ": "New Zealand",
        "CN": "China",
        "HK": "Hong Kong",
        "TW": "Taiwan",
    },
    platforms={"youtube": "YouTube", "tiktok": "TikTok", "wechat": "WeChat", "xiaohongshu": "RedNote"},
    space=" ",
    and_word=" and ",
    comma=", ",
    money={"USD": "${amount}", "EUR": "€{amount}", "GBP": "£{amount}", "CNY": "¥{amount}", "JPY": "{amount} yen"},
)
_CHINESE = Phrases(
    price="{title}是{price}。",
    sale="{title}现在特价{sale}，原价{price}。",
    sale_until="{title}现在特价{sale}，原价{price}，到{until}为止。",
    price_range="{title}不同规格{low}到{high}。",
    in_stock="{title}有现货。",
    in_stock_in="{title}现在有{values}的现货。",
    out_of_stock="{title}暂时没货了。",
    preorder="{title}现在可以预订。",
    backorder="{title}缺货，可以先下单等补货。",
    comes_in="{title}有{values}。",
    yes_comes_in="有的，{title}有{value}。",
    no_comes_in="没有哦，{title}有{values}。",
    material="{title}的材质是{value}。",
    product_weight="{title}重{value}。",
    link="{title}的链接发在评论里了。",
    numbered_link="{title}在{number}号链接。",
    cart_number="{title}在{place}{number}号链接。",
    screen_link="{title}的链接在屏幕上。",
    which_one="您问的是{first}，还是{second}？",
    shipping="{title}寄到{place}运费{price}。",
    free_shipping="{title}寄到{place}包邮。",
    facts="{title}：{facts}。",
    video_title="《{title}》",
    video_moment="《{title}》{at}",
    video_place="视频{place}讲到了。",
    video_quote="视频{place}讲到：{quote}。",
    videos="有这些视频：{titles}。",
    hours="小时",
    minutes="分",
    seconds="秒",
    day="{month}{day}日",
    months=tuple(f"{month}月" for month in range(1, 13)),
    countries={
        "CA": "加拿大",
        "AU": "澳大利亚",
        "GB": "英国",
        "US": "美国",
        "DE": "德国",
        "FR": "法国",
        "JP": "日本",
        "KR": "韩国",
        "MX": "墨西哥",
        "BR": "巴西",
        "IN": "印度",
        "SG": "新加坡",
        "MY": "马来西亚",
        "NZ": "新西兰",
        "CN": "中国大陆",
        "HK": "香港",
        "TW": "台湾",
    },
    platforms={
        "bilibili": "B站",
        "douyin": "抖音",
        "kuaishou": "快手",
        "taobao": "淘宝",
        "wechat": "视频号",
        "xiaohongshu": "小红书",
        "tiktok": "TikTok",
    },
    space="",
    and_word="和",
    comma="、",
    money={
        "CNY": "{amount}元",
        "USD": "{amount}美元",
        "EUR": "{amount}欧元",
        "GBP": "{amount}英镑",
        "JPY": "{amount}日元",
    },
)


def phrases_for(language: str) -> Phrases:
    return _CHINESE if language == "zh" else _ENGLISH


def on_screen(decision: Decision) -> Decision:
    """An answer that says its link is in the chat, saying that it is on the screen."""
    title = next((piece.value for piece in decision.evidence if piece.field == "title"), "")
    say = phrases_for(decision.spoken_language)
    return msgspec.structs.replace(decision, spoken=say.about(say.screen_link, title))


def money_words(money: Money, say: Phrases) -> str:
    """ "$129", "$19.90", "199.90元"; the value is never rounded."""
    amount = money.amount
    written = f"{amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"{amount:,}"
    if amount == amount.to_integral_value():
        written = f"{amount.to_integral_value():,}"
    return say.money.get(money.currency, "{amount} " + money.currency).format(amount=written)


def day_words(day: date, say: Phrases) -> str:
    """ "November 30", 11月30日."""
    return say.day.format(month=say.months[day.month - 1], day=day.day)


def availability_words(product: Product, say: Phrases) -> str:
    sentence: str = getattr(say, product.availability)
    return say.about(sentence, product.title)
