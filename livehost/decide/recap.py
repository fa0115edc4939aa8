"""What was asked so far, told on a moderator's word: counts, in the creator's own wordings and never in a viewer's. Pure."""

from __future__ import annotations

from collections import Counter

import msgspec

from livehost.decide.program import spoken_line
from livehost.decide.wording import forbidden
from livehost.decision import Decision, Evidence
from livehost.knowledge import Knowledge
from livehost.meaning import Meaning

SOURCE = "session"
_NAMED_MOST = 3
_ASKED_LEAST = 2  # times, before a question is named
_FIELDS = {
    "price": ("The price of the {title}", "{title}的价格"),
    "availability": ("Whether the {title} is in stock", "{title}有没有货"),
    "color": ("The colors of the {title}", "{title}的颜色"),
    "size": ("The sizes of the {title}", "{title}的尺码"),
    "material": ("What the {title} is made of", "{title}的材质"),
    "product_weight": ("The weight of the {title}", "{title}的重量"),
    "link": ("The link of the {title}", "{title}的链接"),
    "shipping": ("Shipping of the {title}", "{title}的运费"),
}


class Recap:
    """Holds how often each entry and each product's field was asked for: no more than the knowledge has of them."""

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, str]] = Counter()  # ("faq", id) or (product, field)
        self._questions = 0
        self._for_host = 0

    def note(self, meaning: Meaning, decision: Decision) -> None:
        """A viewer's line that was decided upon."""
        if decision.route == "host":
            self._questions += 1
            self._for_host += 1
        elif decision.route in ("answer", "hold") and decision.kind == "routine":
            self._questions += 1
            if meaning.faq:
                self._asked["faq", meaning.faq] += 1
            elif meaning.product_id and meaning.field:
                self._asked[meaning.product_id, meaning.field] += 1

    def told(self, who: str, knowledge: Knowledge) -> Decision:
        """In the creator's first language; each number is in the evidence."""
        chinese = knowledge.creator.languages[0] == "zh"
        most: list[tuple[str, Evidence]] = []
        for key, times in sorted(self._asked.items(), key=lambda one: (-one[1], one[0])):
            words = _named(key, knowledge, chinese=chinese)
            if times < _ASKED_LEAST or len(most) == _NAMED_MOST:
                break
            if words and not forbidden(words, knowledge.creator.policy):
                piece = Evidence(SOURCE, ":".join(key), "asked", f"{times} × {words}")
                most.append((_times(words, times, chinese=chinese), piece))
        totals = (
            Evidence(SOURCE, "", "questions", str(self._questions)),
            Evidence(SOURCE, "", "for_host", str(self._for_host)),
        )
        words = self._sentences([named for named, _ in most], chinese=chinese)
        said = spoken_line(words, Evidence("moderator", who, "report", ""), *totals, *(piece for _, piece in most))
        return msgspec.structs.replace(said, spoken_language="zh" if chinese else "en")

    def _sentences(self, most: list[str], *, chinese: bool) -> str:
        count, host = self._questions, self._for_host
        if not count:
            return "到现在还没有人提问。" if chinese else "Nobody has asked anything so far."
        if chinese:
            told = [f"到现在收到{count}个问题。", f"问得最多的是：{'；'.join(most)}。" if most else ""]
            return "".join([*told, f"有{host}个要主播来回答。" if host else ""])
        told = [f"So far there {'was 1 question' if count == 1 else f'were {count} questions'}."]
        told += ["Asked most:", *most] if most else []
        told += [f"{host} {'is' if host == 1 else 'are'} for the host."] if host else []
        return " ".join(told)


def _named(key: tuple[str, str], knowledge: Knowledge, *, chinese: bool) -> str:
    """Empty for what is not in the knowledge, or no more."""
    first, second = key
    if first == "faq":
        entry = knowledge.faq_by_id.get(second)
        return entry.question.strip() if entry else ""
    product, phrases = knowledge.product_by_id.get(first), _FIELDS.get(second)
    return phrases[chinese].format(title=product.title) if product and phrases else ""


def _times(words: str, times: int, *, chinese: bool) -> str:
    if chinese:
        return f"{words.rstrip('？?。.')}，{times}次"
    return f"{words if words[-1] in '?？' else f'{words},'} {times} times."
