"""Whether a line asks for medical, legal or financial advice to a person: that is a person's to give."""

from __future__ import annotations

import re
from typing import Literal

Advice = Literal["", "medical", "legal", "financial"]

_MEDICAL = re.compile(
    r"\b(?:pregnan\w*|breast ?feeding|nursing mothers?|diabet\w+|(?:high )?blood pressure|epilep\w+|chemo\w*|cancer|tumou?r"
    r"|asthma|eczema|psoriasis|rosacea|dermatitis|heart (?:condition|disease|problems?)|medications?|antibiotics?|accutane"
    r"|tretinoin|prescri\w+|dosage|overdose|(?:cure|heal|treat)s? (?:my|his|her|their|the)|medical advice|side effects?"
    r"|my (?:doctor|condition|symptoms?|illness|disease)|(?:i'?m|i am|my \w+ is|he'?s|she'?s) allergic|depress(?:ed|ion)"
    r"|anxiety)\b"
    r"|孕妇|怀孕|备孕|孕期|哺乳|喂奶期|月子|糖尿病|高血压|高血脂|三高|心脏病|哮喘|湿疹|皮炎|银屑病|癌|肿瘤|化疗|吃药|服药|药物|处方"
    r"|剂量|(?:能|可以|会).{0,3}(?:治|治疗|治好)|疗效|副作用|痛风|抑郁|我.{0,4}过敏|过敏(?:的人)?.{0,3}(?:能|可以)|医疗建议",
    re.I,
)
_LEGAL = re.compile(
    r"\b(?:legal advice|sue|lawsuit|lawyer|attorney|is (?:it|this|that) (?:il)?legal|illegal|against the law|my rights?"
    r"|liab(?:le|ility)|avoid (?:customs|taxes|duty))\b|律师|起诉|打官司|违法|合不合法|合法吗|维权|逃税|避税|法律",
    re.I,
)
_FINANCIAL = re.compile(
    r"\b(?:should i invest|invest(?:ment)? (?:advice|in)|good investment|(?:buy|sell) (?:stocks?|shares|bitcoin|crypto)|mortgage"
    r"|resale value|go up in value|financial advice|my pension|take (?:out )?a loan)\b"
    r"|投资(?:建议|吗|价值)|理财|炒股|股票|基金|贷款|升值|保值|稳赚|能赚多少",
    re.I,
)


def advice_asked(text: str) -> Advice:
    """The sort of advice that a line asks for."""
    if _MEDICAL.search(text):
        return "medical"
    if _LEGAL.search(text):
        return "legal"
    return "financial" if _FINANCIAL.search(text) else ""
