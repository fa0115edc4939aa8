"""The words of an utterance that goes on, as far as they will not change any more. Pure.

Two passes over the growing sound agree on a beginning (LocalAgreement-2, Macháček, Dabre and Bojar 2023); what they agree
on is kept for good. The last word of a pass is never kept: the sound may have been cut in its middle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SOLID = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # scripts without spaces between words: each letter counts as one
_UNIT = re.compile(rf"\s*(?:[{_SOLID}][^\w\s]*|[^\s{_SOLID}]+)")

_AGAIN = 4  # letters or characters


class RunningText:
    """`stable` only ever grows."""

    def __init__(self) -> None:
        self.stable = ""
        self._rest: Sequence[str] = ()

    def push(self, text: str) -> bool:
        """What one more pass heard from the utterance's beginning; whether more of it is stable now."""
        if not text.startswith(self.stable):
            self._rest = ()
            return False
        rest = _UNIT.findall(text[len(self.stable) :])
        agreed = 0
        for new, old in zip(rest[:-1], self._rest, strict=False):
            if _key(new) != _key(old):
                break
            agreed += 1
        self.stable += "".join(rest[:agreed])
        self._rest = rest[agreed:]
        return agreed > 0


def says_again(stable: str, rest: str) -> bool:
    """Whether `rest` begins with the last words of `stable`, as a decoder does that takes words it was given for words that
    are still to come. One word twice ("very very") is no sign of it."""
    said, more = _keys(stable), _keys(rest)
    longest = min(len(said), len(more))
    return any(
        said[-count:] == more[:count] and len("".join(more[:count])) >= _AGAIN for count in range(2, longest + 1)
    )


def _keys(text: str) -> list[str]:
    return [key for unit in _UNIT.findall(text) if (key := _key(unit))]


def _key(unit: str) -> str:
    return "".join(letter for letter in unit.casefold() if letter.isalnum())
