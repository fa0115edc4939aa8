"""From a written answer to the sentences that are said: no links, no emoji, no markup. Pure.

How a sentence is read aloud, figures and all, is the engine room's business (speak/reading): it can get better without any
decision changing.
"""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(
    r"(?:(?:https?://|www\.)[^\s，。！？；、）】]+"
    r"|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|shop|store|io|tv|co)(?:/\S*)?\b)",
    re.I,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+", re.A)
_LABEL = re.compile(r"\[AI\]|【AI】")
_STICKER = re.compile(r"\[[㐀-鿿A-Za-z]{1,6}\]")  # [比心], [笑哭]: a platform's own emoji
_MARKUP = re.compile(r"[*`|<>{}\[\]【】]+(?![\d])|(?<![^\W_])_+|_+(?!\w)|#+(?=\s)")
_VARIATION = re.compile("[\ufe00-\ufe0f]")  # picks how an emoji is drawn
_KEPT = "°℃℉€£¥™"
_PAUSES = "，。！？；：、（）"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|St|No|vs|approx|incl|e\.g|i\.e|a\.m|p\.m|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_LINK_WORDS = {
    "en": ("the link in chat", "Link in chat", "the email address in chat"),
    "zh": ("评论区的链接", "链接在评论区", "评论区的邮箱"),
}

# Seconds that it takes to say: a letter or Chinese character, a figure, a sign that is a word, a pause.
_SECONDS = {"en": (0.066, 0.36, 0.42, 0.22), "zh": (0.193, 0.30, 0.30, 0.22)}
_LATIN_SECONDS = 0.08  # a letter in a Chinese text


def written(text: str, language: str) -> str:
    """The text in one line, without what nobody would read out; a link is told of, not spelled."""
    link, alone, mail = _LINK_WORDS[_known(language)]
    plain = _LABEL.sub(" ", _narrow(text))
    if not _is_word(_LINK.sub(" ", plain)):
        return ""
    plain = _MAIL.sub(mail, plain)
    plain = re.sub(rf"(?:(?i:link)|链接)\s*[:：]?\s*{_LINK.pattern}", alone, plain, flags=re.I)
    plain = re.sub(rf"((?:^|[.!?。！？])\s*){_LINK.pattern}(?=\s*$)", rf"\1{alone}", plain, flags=re.I)
    plain = _LINK.sub(f" {link} " if language != "zh" else link, plain)
    plain = _MARKUP.sub(" ", _STICKER.sub(" ", plain))
    plain = "".join(c for c in _VARIATION.sub("", plain) if c in _KEPT or unicodedata.category(c) not in _UNSAID)
    plain = re.sub(r"\s+", " ", plain).strip()
    return re.sub(r"\s+(?=[,.;:!?，。！？；：、])", "", plain) if _is_word(plain) else ""


def clauses(text: str, language: str) -> list[str]:
    """Sentences; none is empty."""
    found: list[str] = []
    for sentence in _SENTENCE_END.split(written(text, language)):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {sentence.strip()}"
        elif _is_word(sentence):
            found.append(sentence.strip())
    return found


def clauses_within(text: str, language: str, seconds: float) -> list[str]:
    """As many whole sentences as can be said in that time, the first one in any case."""
    kept: list[str] = []
    left = seconds
    for clause in clauses(text, language):
        left -= spoken_seconds(clause, language)
        if left < 0 and kept:
            break
        kept.append(clause)
    return kept


def answer_clauses(takes: frozenset[str], text: str, language: str, seconds: float, opening: str = "") -> list[str]:
    """As many clauses as may be said in that time, behind the opening where there is time for both; what the creator
    recorded in person (`takes`) is one piece."""
    if text in takes:
        return [text]
    whole = clauses_within(text, language, seconds)
    if not opening:
        return whole
    left = seconds - spoken_seconds(opening, language)
    shorter = clauses_within(text, language, left)
    fits = sum(spoken_seconds(clause, language) for clause in shorter) <= left
    return [*clauses_within(opening, language, seconds), *shorter] if fits else whole


def spoken_seconds(text: str, language: str) -> float:
    """About how long it takes to say."""
    letter, figure, sign, pause = _SECONDS[_known(language)]
    seconds = 0.0
    for character in text:
        if character.isdigit():
            seconds += figure
        elif character.isalpha():
            seconds += _LATIN_SECONDS if language == "zh" and character.isascii() else letter
        elif character in "$€£¥%&+°":
            seconds += sign
    pauses = len(re.findall(r"[,;:.!?，。；：！？、](?!\d)", text))
    return round(seconds + pauses * pause, 2)


_UNSAID = ("So", "Sk", "Cn", "Co", "Cs", "Cf", "Cc")


def _narrow(text: str) -> str:
    """Full-width letters, digits and signs as plain ones; Chinese punctuation, which carries the pauses, stays."""
    return "".join(c if c in _PAUSES else unicodedata.normalize("NFKC", c) for c in text).replace("￥", "¥")


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _known(language: str) -> str:
    return "zh" if language == "zh" else "en"
