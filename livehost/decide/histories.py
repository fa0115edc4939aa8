"""What a viewer who does not watch the show and the co-host wrote: for the person that the viewer is handed over to."""

from __future__ import annotations

from collections import OrderedDict, deque

from livehost.commands import Turn
from livehost.decide.waiting import Asker

_VIEWERS_MOST, _TURNS_MOST, _CHARACTERS_MOST = 500, 8, 300


class Histories:
    """The latest turns of the viewers that wrote last."""

    def __init__(self) -> None:
        self._by_viewer: OrderedDict[str, deque[Turn]] = OrderedDict()

    def asked(self, asker: Asker, text: str) -> None:
        self._add(asker, Turn(asker.name or asker.user_id, text[:_CHARACTERS_MOST]))

    def told(self, asker: Asker, text: str) -> None:
        self._add(asker, Turn("", text[:_CHARACTERS_MOST]))

    def of(self, asker: Asker) -> tuple[Turn, ...]:
        return tuple(self._by_viewer.get(asker.viewer, ()))

    def forget(self, viewer: str) -> None:
        self._by_viewer.pop(viewer, None)

    def _add(self, asker: Asker, turn: Turn) -> None:
        turns = self._by_viewer.setdefault(asker.viewer, deque(maxlen=_TURNS_MOST))
        turns.append(turn)
        self._by_viewer.move_to_end(asker.viewer)
        if len(self._by_viewer) > _VIEWERS_MOST:
            self._by_viewer.popitem(last=False)
