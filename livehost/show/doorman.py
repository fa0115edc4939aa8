"""How often strangers may ask: so many times a minute each, and all of them together. Pure: time is an argument."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

_ADDRESSES = 2000
_ALL = "all"
_ONE = 1 - 1e-9  # what fills up in tenths never adds up to one exactly


@dataclass
class _Bucket:
    tokens: float
    since_ms: int


class Doorman:
    """Token buckets: each address may save up a minute's worth, all of them together `all_per_minute`."""

    def __init__(self, per_minute: float, all_per_minute: float = 300.0) -> None:
        self._rates = {_ALL: all_per_minute}
        self._each = per_minute
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_seconds(self, address: str, now_ms: int) -> int:
        """0: come in, and one is counted; else how long to wait."""
        own, common = self._filled(f"at {address}", now_ms), self._filled(_ALL, now_ms)
        if own.tokens < _ONE:
            return _seconds(1 - own.tokens, self._each)
        if common.tokens < _ONE:
            return _seconds(1 - common.tokens, self._rates[_ALL])
        own.tokens -= 1
        common.tokens -= 1
        return 0

    def _filled(self, key: str, now_ms: int) -> _Bucket:
        rate = self._rates.get(key, self._each)
        most = max(1.0, rate)
        bucket = self._buckets.pop(key, None) or _Bucket(most, now_ms)
        bucket.tokens = min(most, bucket.tokens + (now_ms - bucket.since_ms) / 60_000 * rate)
        bucket.since_ms = now_ms
        self._buckets[key] = bucket
        while len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket


def _seconds(missing: float, per_minute: float) -> int:
    return max(1, math.ceil(round(missing / per_minute * 60, 6)))
