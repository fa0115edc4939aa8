"""Lines that want to steer, sell or hurt. They are counted and never answered."""

from __future__ import annotations

import re

from livehost.understand.normalise import PlainLine

_STEERING = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|rule|prompt|previous|above|everything|policy|policies|said)"
    r"|\b(?:repeat|say)\b.{0,12}\b(?:after me|exactly|the following|this)\b|\brepeat after\b"
    r"|\byou are now\b|\bact as\b|\bpretend (?:to be|you|that)\b|\bfrom now on\b|\bnew (?:rule|instruction|price|policy)s?\b"
    r"|\b(?:system|developer|admin|moderator|mod)(?: message| prompt| mode| override)?\s*[:\]】>]|\[(?:system|admin|mod)\b|<\|"
    r"|\b(?:system prompt|jailbreak|developer mode|your (?:prompt|instructions|rules))\b"
    r"|\b(?:tell|inform) (?:everyone|the chat|them|viewers|chat|people)\b.{0,40}\b(?:free|price|is|are|costs?|code|\d)"
    r"|\b(?:announce|confirm|admit)\b.{0,40}\b(?:that|is|are|free|\$?\d)"
    r"|\bsay (?:that )?(?:the|it|it's|everything|all|all of|this|that|they)\b"
    r"|忽略|无视.{0,8}(?:指令|规则|设定)|忘(?:记|掉).{0,8}(?:指令|规则|设定|之前|前面)"
    r"|(?:跟着?我|随我|照着).{0,3}(?:念|读|说|复述)|复述(?:一遍|一下)?[:：]|重复(?:一遍|我)"
    r"|你现在(?:是|扮演)|扮演|假装|假设你|从现在(?:起|开始)"
    r"|(?:系统|管理员|房管|官方|平台|超管|运营)(?:消息|通知|提示|指令|公告)?\s*[:：\]】]|(?:系统|官方|管理员)(?:消息|通知|提示|指令|公告)"
    r"|(?:告诉|通知)(?:大家|观众|所有人).{0,20}(?:元|块|免费|价)|(?:你就|快|直接|请|要)说.{0,16}(?:\d|[一二三四五六七八九十])\s*(?:元|块)"
    r"|说.{0,10}(?:只要|只卖|降到|改成|免费)|提示词|改(?:成|为|价).{0,6}(?:\d|[一二三四五六七八九十])"
)
_ABUSE = re.compile(
    r"\b(?:idiot|stupid|moron|dumb(?:ass)?|ugly|trash|garbage|shut up|stfu|fuck\w*|bitch|scam(?:mer|mers|ming)?|fraud|loser|kys|kill yourself|hate you"
    r"|whore|slut|retard\w*|pathetic|cunt|asshole)\b"
    r"|傻[逼比bB叉子]|\bsb\b|煞笔|沙雕|脑残|智障|滚(?:蛋|开|吧)?$|去死|垃圾(?:主播|直播)|丑八怪|骗子|骗人的?吧?$|废物|你妈|尼玛|操你|贱人|弱智"
)
_SPAM = re.compile(
    r"\b(?:free followers|buy followers|cheap (?:viewers|followers)|promo(?:te|tion)? (?:your|my)|check (?:out )?my (?:channel|stream|profile|bio)"
    r"|visit my|dm me|telegram|whatsapp|crypto|bitcoin|onlyfans|earn \$|make money)\b"
    r"|加(?:我|v|微|薇|vx|wx|群)|\bvx\b|\bv信\b|微信号?[:：]?\s*\w|私聊我|兼职|刷单|日结|日入|代刷|互粉|互关|低价代|进群|扣扣群|返利"
)


def hostile_reason(line: PlainLine) -> str:
    """Why the line is hostile: "steering", "abuse", "spam"; empty when it is not."""
    if _STEERING.search(line.plain) or _STEERING.search(line.text.lower()):
        return "steering"
    if _ABUSE.search(line.plain):
        return "abuse"
    if line.has_link or _SPAM.search(line.plain):
        return "spam"
    return ""
