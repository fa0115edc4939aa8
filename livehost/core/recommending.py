"""Where nothing answers a line that looks for something: products that fit, or a moment of a video. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import msgspec

from livehost.decide.advice import advice_asked
from livehost.decide.answer import NEVER
from livehost.decide.footage import Footage
from livehost.decide.recommend import Catalogue, Offer, Sought
from livehost.decision import Decision
from livehost.knowledge import Knowledge
from livehost.language import language_of
from livehost.understand.products import Named, ProductNames
from livehost.understand.video_wants import video_wanted
from livehost.understand.wants import wants_in


class Recommending:
    """What it needs of the knowledge is made when it is first wanted."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    @cached_property
    def _names(self) -> ProductNames:
        return ProductNames(self._knowledge)

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self._knowledge)

    @cached_property
    def _footage(self) -> Footage:
        return Footage(self._knowledge)

    def _named(self, plain: str) -> Named:
        return self._names.find(plain)

    def instead(self, decision: Decision, now: datetime | None) -> Decision:
        """The decision itself where it has an answer, or where nothing fits what the line looks for."""
        open_still = decision.kind in ("other_question", "statement", "personal") and not decision.spoken
        open_still = open_still and decision.route in ("host", "ignore") and NEVER not in decision.reasons
        if not open_still:
            return decision
        languages = self._knowledge.creator.languages
        language = decision.language if decision.language in languages else languages[0]
        reason, offer = "a video", self._video(decision.text, language)
        if not offer.spoken:
            reason, offer = "recommended", self._products(decision.text, language, now)
        policy = self._knowledge.creator.policy
        if not offer.spoken or policy.routine != "answer":
            return decision
        advice = advice_asked(decision.text)
        return msgspec.structs.replace(
            decision,
            kind="routine",
            route=policy.advice if advice else "answer",
            spoken=offer.spoken,
            spoken_language=language_of(offer.spoken),
            answer=f"{offer.spoken} {offer.link}".strip(),
            link=offer.link,
            product_id=offer.products[0] if len(offer.products) == 1 else "",
            evidence=offer.evidence,
            reasons=(*decision.reasons, reason, *((f"{advice} advice to a person",) if advice else ())),
        )

    def _products(self, text: str, language: str, now: datetime | None) -> Offer:
        wants = wants_in(text, self._named) if self._knowledge.products else None
        if wants is None:
            return Offer()
        return self._catalogue.recommend(Sought(wants.words, wants.among, wants.low, wants.high, language), now)

    def _video(self, text: str, language: str) -> Offer:
        wanted = video_wanted(text) if self._footage else None
        if wanted is None:
            return Offer()
        return self._footage.about(wanted.words, language) if wanted.words else self._footage.listed(language)
