"""What sort of line it is, as far as its words alone tell: order, complaint, personal, small talk, question or not."""

from __future__ import annotations

import re

from livehost.decision import Kind

_ORDER = re.compile(
    r"\bmy (?:order|package|parcel|refund|account|delivery|shipment|purchase|return|tracking)\b|\border (?:number|no|#)|\btracking (?:number|code)\b"
    r"|\bwhere(?:'s| is| are)? my\b|\bi (?:ordered|bought|paid|returned)\b|\b(?:have(?:n't| not)|didn't|did not|never) (?:received|arrived|got)\b"
    r"|\bcancel my\b|\bchange my (?:address|order)\b|#\d{4,}"
    r"|我的?(?:订单|单子|快递|包裹|货|退款|单号|账号|地址|物流)|我(?:\S{0,4})(?:买|拍|下单)(?:了|的)|订单号|单号|查(?:一下)?(?:物流|快递|订单)|还没(?:发货|收到|到货|到)|没收到"
    r"|(?:改|换)(?:一下)?地址|取消订单|发错|漏发|少发|什么时候给我发"
)
_COMPLAINT = re.compile(
    r"\b(?:broke|broken|ripped|torn|defective|faulty|leaks|leaked|fell apart|damaged|terrible|awful|worst|disappointed|disappointing|rip ?off|overpriced"
    r"|wrong (?:item|size|colou?r)|never buying|bad quality|poor quality|want a refund|refund me|still waiting|no (?:one|body) (?:answers|replies))\b"
    r"|坏了|破了|裂了|碎了|漏水|掉漆|生锈了|质量(?:太|真|好|很)?差|差评|投诉|退钱|退款|假货|上当|后悔买|再也不买|用了.{0,6}就|没人(?:理|回|管)|客服.{0,6}(?:不|没)|气死|失望|太差|难用"
)
_PERSONAL = re.compile(
    r"\b(?:are|r) you (?:single|married|dating|ok|okay|tired|from|vegan|a robot|an? ai|real)\b|\bhow old\b|\bwhere (?:are you|do you live|are u)\b|\byour (?:boyfriend|girlfriend|husband"
    r"|wife|age|birthday|instagram|insta|name|dog|cat|hair|favorite|favourite|family|kids|accent|nails|makeup)\b|\bdo you (?:have|like|love|hike|live|remember|ever|go|know me|work"
    r"|sleep|cook|play|watch|drink|eat)\b.{0,40}|\bhow tall\b|\bmarry me\b|\bwhat did you (?:eat|do)\b|\bhow (?:are|was|is) (?:you|your)\b|\bhave you (?:ever|been|hiked|climbed)\b|\bwhat are you (?:wearing|drinking|eating)\b"
    r"|(?:主播|姐姐?|小姐姐|你|小禾).{0,4}(?:多大了?$|几岁|多高|结婚|单身|有对象|男朋友|女朋友|老公|哪里人|哪儿人|住哪|生日|叫什么|什么星座|吃饭|累不累|几点睡|身高|体重|孩子|养猫|养狗|老家|口红|头发|美甲|会做饭|喜欢)"
)
_SMALLTALK = re.compile(
    r"^(?:hi+|hey+|hello+|yo+|sup|good (?:morning|evening|night|afternoon)|gm|gn|bye+|first|second|lol+|lmao+|rofl|haha+h?|hehe+|xd+|gg|wow+|omg+|nice+|cool+|love (?:it|this|that|you)|pog\w*|kekw?"
    r"|w|ww+|l|ok+|okay|yes+|yeah|yep|no+|nope|same|thanks?|thank you|ty|tysm|np|true|facts|brb|back|hyped?|lets? ?go+|lfg|welcome|congrats?|gj|good job|amazing|awesome|beautiful|pretty|cute)"
    r"(?: (?:all|everyone|guys|chat|anna|there|from .+|you|so much|again|one|stream|job|too))*[ !.~,?]*$"
    r"|^(?:哈+|呵+|嘿+|6+|1+|2+|扣?[123]+|来了(?:来了)*|早|早上好|晚上好|下午好|你好|大家好|主播好|好美|主播好?美|好看|真好看|漂亮|太美了|美|爱了爱了?|支持|加油|冲|冲冲|赞|牛|牛啊|厉害|可以|不错|谢谢|辛苦了?|晚安|拜拜|再见|前排|打卡|路过|刚来|"
    r"新人报到|关注了|点赞了|已关注|已拍|拍了|下单了|买了|收到|好的?|嗯+|哦+|啊+|哇+|对|是的?|没错|笑死|救命|绝了|yyds|xswl|dd|mm|ok|来啦|签到)+[!！~。，, ]*$",
)
_QUESTION = re.compile(
    r"\?|？|^(?:what|whats|which|who|when|where|why|how|is|are|was|do|does|did|can|could|will|would|should|any|has|have|may|got)\b"
    r"|\b(?:how much|how long|how many|how do|how does|do you|does it|does the|can i|can you|can it|is it|is there|are there|are they|do they|will it|what|which|where|when|anyone know|wondering)\b"
    r"|[吗嘛么呢]|多少|多久|多大|多重|几|怎么|什么|哪|能不能|可不可以|是不是|有没有|会不会|要不要|好不好|行不行|能否|谁|没$|还是|可以.{1,12}不|能.{1,10}不$|不$|如何"
)


def kind_by_words(plain: str) -> Kind | None:
    """The kind that the words alone settle; None for what has to be looked up in the knowledge."""
    if not any(character.isalnum() for character in plain):
        return "smalltalk"
    if _SMALLTALK.search(plain) or len(plain) == 1:
        return "smalltalk"
    if _COMPLAINT.search(plain):
        return "complaint"
    if _ORDER.search(plain):
        return "order"
    return None


def is_personal(plain: str) -> bool:
    """Whether it asks about the host as a person."""
    return bool(_PERSONAL.search(plain))


def is_question(plain: str) -> bool:
    """Whether it has the form of a question."""
    return bool(_QUESTION.search(plain))
