"""Lines that want to steer, sell or hurt. They are counted and never answered."""

from __future__ import annotations

from livehost.understand.normalise import PlainLine
from livehost.understand.patterns import ways

SPAM = "spam"
_STEERING = ways(
    english=r"""
    (?:ignore|disregard|forget|override).{0,40}(?:instruction|rule|prompt|previous|above|everything|polic|said)\w*
    (?:repeat|say).{0,12}(?:after me|exactly|the following|this)
    repeat after
    say (?:that )?(?:the|it|it's|everything|all|all of|this|that|they)
    you are now
    act as
    pretend (?:to be|you|that)
    from now on
    new (?:rule|instruction|price|policy)s?
    system prompt
    jailbreak
    developer mode
    your (?:prompt|instructions|rules)
    (?:tell|inform) (?:everyone|the chat|them|viewers|chat|people).{0,40}(?:free|price|is|are|costs?|code|\d+)
    (?:announce|confirm|admit).{0,40}(?:that|is|are|free|\$?\d+)
    (?:now|just|only|down to) [$€£]?\d[\d.,]*.{0,24}(?:confirm|say yes|announce|tell them)
    """,
    chinese=r"""
    \b(?:system|developer|admin|moderator|mod)(?:\ message|\ prompt|\ mode|\ override)?\s*[:\]】>]
    \[(?:system|admin|mod)\b
    <\|
    忽略
    无视.{0,8}(?:指令|规则|设定)
    忘(?:记|掉).{0,8}(?:指令|规则|设定|之前|前面)
    (?:跟着?我|随我|照着).{0,3}(?:念|读|说|复述)
    复述(?:一遍|一下)?[:：]
    重复(?:一遍|我)
    你现在(?:是|扮演)
    扮演
    假装
    假设你
    从现在(?:起|开始)
    (?:系统|管理员|房管|官方|平台|超管|运营)(?:消息|通知|提示|指令|公告)?\s*[:：\]】]
    (?:系统|官方|管理员)(?:消息|通知|提示|指令|公告)
    (?:告诉|通知)(?:大家|观众|所有人).{0,20}(?:元|块|免费|价)
    (?:你就|快|直接|请|要)说.{0,16}(?:\d|[一二三四五六七八九十])\s*(?:元|块)
    说.{0,10}(?:只要|只卖|降到|改成|免费)
    提示词
    \d+(?:\.\d+)?\s*(?:元|块).{0,12}(?:确认|宣布|公布|说(?:对|是的|好的))
    改(?:成|为|价).{0,6}(?:\d|[一二三四五六七八九十])
    """,
)
_ABUSE = ways(
    english=r"""
    idiot|stupid|moron|dumb(?:ass)?|ugly|trash|garbage|pathetic|loser
    shut up|stfu|fuck\w*|bitch|whore|slut|cunt|asshole|retard\w*
    scam(?:mer|mers|ming)?|fraud
    kys|kill yourself|hate you
    """,
    chinese=r"""
    傻[逼比bB叉子]|煞笔|沙雕|脑残|智障|弱智|废物|贱人|丑八怪
    \bsb\b
    滚(?:蛋|开|吧|下去)|滚$|去死
    垃圾(?:主播|直播)|(?:什么|都是|一堆)垃圾
    骗子|骗人的?吧?$
    你妈|尼玛|操你
    """,
)
_SPAM = ways(
    english=r"""
    (?:free|buy|cheap) (?:followers|viewers)
    promo(?:te|tion)? (?:your|my)
    check (?:out )?my (?:channel|stream|profile|bio)
    visit my|dm me|telegram|whatsapp|crypto|bitcoin|onlyfans|make money
    """,
    chinese=r"""
    earn\ \$
    加(?:我|v|微|薇|vx|wx|群)|\bvx\b|\bv信\b|微信号?[:：]?\s*[a-z0-9_]|扣扣群|进群|私聊我
    兼职|刷单|代刷|日结|日入|返利|低价代
    互粉|互关
    """,
)


def hostile_reason(line: PlainLine) -> str:
    """Why the line is hostile: "steering", "abuse", "spam"; empty when it is not."""
    if _STEERING.search(line.plain) or _STEERING.search(line.text):
        return "steering"
    if _ABUSE.search(line.plain):
        return "abuse"
    if line.has_link or _SPAM.search(line.plain):
        return SPAM
    return ""


def selling_words(plain: str) -> frozenset[str]:
    """The words that make a plain line an advertisement."""
    return frozenset(match.group() for match in _SPAM.finditer(plain))
