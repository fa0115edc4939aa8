"""Reads a model's stream as the structure it was told to write, object by object, however it is cut. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_OBJECT_MOST = 2000  # characters of one sentence with all around it
_NOISE_MOST = 400  # characters that belong to no object, such as a code fence or an array around them


class Malformed(Exception):
    """The stream is not what was asked for."""


class Sentence(msgspec.Struct, frozen=True):
    """`of`: the numbers of the pieces that it is out of, from 1."""

    say: str
    of: tuple[int, ...] = ()


class SentenceReader:
    """Text in pieces of any size in, whole sentences out. Objects may stand in lines, in an array, or in an outer object:
    an innermost `{…}` counts, and what stands around them is passed over as long as it is short."""

    def __init__(self) -> None:
        self._object = ""
        self._open = self._quoted = self._escaped = False
        self._noise = 0

    def feed(self, text: str) -> Iterator[Sentence]:
        """Raises Malformed."""
        for character in text:
            if self._quoted:
                self._object += character
                self._quoted = self._escaped or character != '"'
                self._escaped = not self._escaped and character == "\\"
            elif character == "{":
                self._object, self._open = character, True
            elif self._open:
                self._object += character
                self._quoted = character == '"'
                if character == "}":
                    self._open = False
                    yield _sentence(self._object)
            else:
                self._noise += not character.isspace()
            if len(self._object) > _OBJECT_MOST or self._noise > _NOISE_MOST:
                raise Malformed("no sentences in the form that was asked for")

    @property
    def torn(self) -> bool:
        """Whether a sentence was begun and not ended."""
        return self._open


def _sentence(raw: str) -> Sentence:
    try:
        return msgspec.json.decode(raw.encode("utf-8", "replace"), type=Sentence)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise Malformed(f"a sentence that is none: {raw[:80]!r}") from None
