"""What sort of line it is, as far as its words alone tell: order, complaint, personal, small talk, question or not."""

from __future__ import annotations

import re

from livehost.decision import Kind
from livehost.understand.patterns import ways

_ORDER = ways(
    english=r"""
    my (?:order|package|parcel|refund|account|delivery|shipment|purchase|return|tracking)
    order (?:number|no)
    tracking (?:number|code)
    where(?:'s| is| are)? my
    i (?:ordered|bought|paid|returned)
    (?:have(?:n't| not)|didn't|did not|never) (?:received|arrived|got)
    cancel my
    change my (?:address|order)
    """,
    chinese=r"""
    \#\d{4,}
    我的?(?:订单|单子|快递|包裹|货|退款|单号|账号|地址|物流)
    我\S{0,4}(?:买|拍|下单)(?:了|的)
    订单号|单号
    查(?:一下)?(?:物流|快递|订单)
    还没(?:发货|收到|到货|到)|没收到
    (?:改|换)(?:一下)?地址|取消订单
    发错|漏发|少发|什么时候给我发
    """,
)
_COMPLAINT = ways(
    english=r"""
    broke|broken|ripped|torn|defective|faulty|leaks|leaked|fell apart|damaged
    terrible|awful|worst|disappointed|disappointing|rip ?off|overpriced
    wrong (?:item|size|colou?r)|bad quality|poor quality|never buying
    want a refund|refund me|still waiting|no (?:one|body) (?:answers|replies)
    """,
    chinese=r"""
    坏了|破了|裂了|碎了|漏水|掉漆|生锈了|用了.{0,6}就
    质量(?:太|真|好|很)?差|差评|投诉|假货|上当|太差|难用|失望|气死
    退钱|退款|后悔买|再也不买
    没人(?:理|回|管)|客服.{0,4}(?:不理|不回|没人|没回|半天)
    (?:吵|烫|难闻|难吃|慢|贵|卡)得?要命|是坏的|是裂的|还说|玩我|什么态度|气人|忽悠
    """,
)
_PERSONAL = ways(
    english=r"""
    (?:are|r) you (?:single|married|dating|ok|okay|tired|from|vegan|a robot|an? ai|real)
    how old|how tall|marry me
    where (?:are you|do you live|are u)
    your (?:boyfriend|girlfriend|husband|wife|age|birthday|instagram|insta|name|family|kids)
    your (?:dog|cat|hair|accent|nails|makeup|favou?rite)
    do you (?:have|like|love|hike|live|remember|ever|go|know me|work|sleep|cook|play|watch|drink|eat)
    what did you (?:eat|do)
    how (?:are|was|is) (?:you|your)
    have you (?:ever|been|hiked|climbed)
    what are you (?:wearing|drinking|eating)
    """,
    chinese=r"""
    (?:主播|姐姐?|你|小禾).{0,4}(?:多大了?$|几岁|多高|身高|体重|生日|叫什么|什么星座)
    (?:主播|姐姐?|你|小禾).{0,4}(?:结婚|单身|有对象|男朋友|女朋友|老公|孩子|养猫|养狗)
    (?:主播|姐姐?|你|小禾).{0,4}(?:哪里人|哪儿人|住哪|老家|吃饭|累不累|几点睡|口红|头发|美甲|会做饭|喜欢)
    """,
)
_GREETING = r"""
    hi+|hey+|hello+|yo+|sup|gm|gn|good (?:morning|evening|night|afternoon)|bye+|welcome|back|brb
    first|second|same|true|facts|w|ww+|l|gg|gj|good job|congrats?
    lol+|lmao+|rofl|haha+h?|hehe+|xd+|kekw?|pog\w*|omg+|wow+|hyped?|lets? ?go+|lfg
    nice+|cool+|amazing|awesome|beautiful|pretty|cute|love (?:it|this|that|you)
    ok+|okay|yes+|yeah|yep|no+|nope|np|thanks?|thank you|ty|tysm
"""
_CHINESE_GREETING = r"""
    哈+|呵+|嘿+|嗯+|哦+|啊+|哇+|6+|1+|2+|扣?[123]+|dd|mm|ok|yyds|xswl
    来了(?:来了)*|来啦|早|早上好|晚上好|下午好|你好|大家好|主播好|晚安|拜拜|再见|签到|打卡|路过|刚来|前排|新人报到
    好美|主播好?美|好看|真好看|漂亮|太美了|美|爱了爱了?|绝了|赞|牛|牛啊|厉害|不错|支持|加油|冲+
    关注了|已关注|点赞了|已拍|拍了|下单了|买了|收到|可以|好的?|对|是的?|没错|谢谢|辛苦了?|笑死|救命
"""
_AFTER_GREETING = r"(?: (?:all|everyone|guys|chat|anna|there|from .+|you|so much|again|one|stream|job|too))*[ !.~,?]*$"
_SMALLTALK = re.compile(
    "^(?:"
    + "|".join(_GREETING.split("\n")[1:-1]).replace("    ", "")
    + ")"
    + _AFTER_GREETING
    + "|^(?:"
    + "|".join(_CHINESE_GREETING.split("\n")[1:-1]).replace("    ", "")
    + ")+[!！~。，, ]*$"
)
_OF_ONESELF = re.compile(
    r"(?:i|i've|ive|we|we've|mine|ours|my (?!size\b))\b(?! (?:need|want|wanna|wish|wonder|can't|cant))"
    r"|我(?!要|想|们这)"
)
_QUESTION = re.compile(
    r"\?|？|^(?:what|whats|wats|which|wich|who|whos|when|whens|where|wheres|why|how|hows|is|are|was|do|does|did|can|could|will|would|should|any|has|have|may|got)\b"
    r"|\b(?:how much|how long|how many|how do|how does|do you|does it|does the|can i|can you|can it|is it|is there|are there)\b"
    r"|\b(?:are they|do they|will it|what|whats|which|where|wheres|when|whens|anyone know|wondering)\b"
    r"|[吗嘛么呢]|多少|多久|多大|多重|几|怎么|什么|哪|谁|如何|还是|没$|不$"
    r"|能不能|可不可以|是不是|有没有|会不会|要不要|好不好|行不行|能否|可以.{1,12}不|能.{1,10}不$"
)


# "What if it comes broken" asks for the terms, "mine came broken" complains.
_WHAT_THEN = re.compile(
    r"\b(?:if|in case|what happens|suppose)\b|万一|如果|要是|假如|假设|怕|会不会|怎么(?:办|赔|处理|算|弄|整)|多久内"
    r"|(?:赔|保|管|修|补|退|换|给)\S{0,3}(?:吗|么|嘛|不|没)[?？]?$|[管包保给能](?:不[管包保给能])?(?:修|赔|补|退|换)"
)
_MINE = re.compile(
    r"\b(?:my|mine|i got|i received|i bought|i ordered)\b|我的|我买|我那|收到的|收到就|给我|上次|昨天|上周"
)


def telling_words(plain: str) -> frozenset[str]:
    """The words that tell an order or a complaint."""
    return frozenset(match.group() for pattern in (_ORDER, _COMPLAINT) for match in pattern.finditer(plain))


def is_complaint(plain: str) -> bool:
    """Whether its words are those of a complaint, whatever it asks beside."""
    return bool(_COMPLAINT.search(plain))


def kind_by_words(plain: str) -> Kind | None:
    """The kind that the words alone settle; None for what has to be looked up in the knowledge."""
    if not any(character.isalnum() for character in plain):
        return "smalltalk"
    asks_behind = " from " in plain and is_question(plain)  # "hi from texas whats the usual wait"
    if (_SMALLTALK.search(plain) and not asks_behind) or len(plain) == 1:
        return "smalltalk"
    if is_complaint(plain) and (_MINE.search(plain) or not _WHAT_THEN.search(plain)):
        return "complaint"
    if _ORDER.search(plain):
        return "order"
    return None


def is_personal(plain: str) -> bool:
    """Whether it asks about the host as a person."""
    return bool(_PERSONAL.search(plain))


def tells_of_oneself(plain: str) -> bool:
    """Whether it tells of its writer and asks nothing ("i have that one", 我穿M刚好), however near a question it is."""
    return bool(_OF_ONESELF.match(plain)) and not is_question(plain)


def is_question(plain: str) -> bool:
    """Whether it has the form of a question."""
    return bool(_QUESTION.search(plain))
