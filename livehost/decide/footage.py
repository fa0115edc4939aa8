"""Where in the creator's videos something is said or shown, with the words, or which videos there are. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter

from livehost.decide.claims import unfounded
from livehost.decide.phrases import Phrases, phrases_for
from livehost.decide.recommend import Offer, bits
from livehost.decide.wording import forbidden
from livehost.decision import Evidence
from livehost.knowledge import Knowledge, Passage
from livehost.language import language_of

_COVERED = 0.6  # of the wanted words' weight
_TITLES_MOST = 3
_QUOTE_MOST = {"en": 160, "zh": 60}
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
_ENDING = re.compile(r"(?:ing|ed|es|s|er)$")


class Footage:
    """The videos' passages by their words."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._policy = knowledge.creator.policy
        self._passages = [passage for passage in knowledge.passages if passage.title]
        self._own = [_stems(f"{p.title} {p.moment} {p.text}") for p in self._passages]
        self._holding = Counter(bit for own in self._own for bit in own)

    def __bool__(self) -> bool:
        return bool(self._passages)

    def about(self, words: tuple[str, ...], language: str) -> Offer:
        """The moment whose words hold most of these, the earliest of equals; empty where none holds enough."""
        wanted = {bit: self._weight(bit) for word in words for bit in _stems(word)}
        total = sum(wanted[bit] for bit in sorted(wanted))
        shares = [round(sum(wanted[bit] for bit in sorted(own & wanted.keys())), 6) for own in self._own]
        best = max(range(len(shares)), key=lambda n: (shares[n], -n), default=-1)
        if best < 0 or not total or shares[best] < _COVERED * total:
            return Offer()
        return self._offer(self._passages[best], wanted, language)

    def listed(self, language: str) -> Offer:
        """The first few titles, in the order of the list."""
        say = phrases_for(language)
        videos = list({passage.source: passage for passage in self._passages}.values())[:_TITLES_MOST]
        evidence = tuple(Evidence(video.source, "", "title", video.title) for video in videos)
        spoken = say.videos.format(
            titles=say.joined(tuple(say.video_title.format(title=video.title) for video in videos))
        )
        return self._allowed(spoken, evidence, videos[0].link if len(videos) == 1 else "")

    def _offer(self, passage: Passage, wanted: dict[str, float], language: str) -> Offer:
        say = phrases_for(language)
        place = say.video_moment.format(title=passage.title, at=_spoken_at(passage.id, say))
        known = (Evidence(passage.source, passage.id, "title", passage.title), _moment(passage))
        quote = self._quote(passage, wanted, language)
        if quote:
            spoken = say.video_quote.format(place=place, quote=quote)
            offer = self._allowed(spoken, (*known, Evidence(passage.source, passage.id, "text", quote)), passage.link)
            if offer.spoken:
                return offer
        return self._allowed(say.video_place.format(place=place), known, passage.link)

    def _quote(self, passage: Passage, wanted: dict[str, float], language: str) -> str:
        """The sentence that holds most of what is wanted, where it can be said in this language."""
        most = _QUOTE_MOST["zh" if language == "zh" else "en"]
        ranked = [
            (round(sum(wanted[bit] for bit in sorted(_stems(sentence) & wanted.keys())), 6), -number, sentence.strip())
            for number, sentence in enumerate(_SENTENCE.split(passage.text))
            if 0 < len(sentence) <= most and language_of(sentence) == language
        ]
        share, _, sentence = max(ranked, default=(0.0, 0, ""))
        return sentence.rstrip(".。 ") if share else ""

    def _allowed(self, spoken: str, evidence: tuple[Evidence, ...], link: str) -> Offer:
        if forbidden(spoken, self._policy) or unfounded(spoken, evidence):
            return Offer()
        return Offer(spoken, (), link, evidence)

    def _weight(self, bit: str) -> float:
        return math.log(1 + len(self._passages) / max(1, self._holding[bit]))


def _moment(passage: Passage) -> Evidence:
    return Evidence(passage.source, passage.id, "moment", f"{passage.id} {passage.moment}".strip())


def _spoken_at(moment: str, say: Phrases) -> str:
    """ "1:35"; 1分35秒."""
    *hours, minutes, seconds = (str(int(part)) for part in moment.split(":"))
    if say.minutes == ":":
        return moment
    return "".join((*(f"{hour}{say.hours}" for hour in hours), f"{minutes}{say.minutes}{seconds}{say.seconds}"))


def _stems(text: str) -> set[str]:
    return {_ENDING.sub("", bit) if len(bit) > 5 else bit for bit in bits(text)}
