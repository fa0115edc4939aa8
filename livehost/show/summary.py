"""What a session did, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence

from livehost.show.view import View

_CHINESE = {
    "chat lines": "弹幕",
    "routine questions": "常规提问",
    "answered aloud": "语音回答",
    "answered in text": "文字回答",
    "merged": "合并的提问",
    "held for a person": "留给人处理",
    "shown to the host": "给主播看",
    "ignored": "忽略",
    "not said": "没有说出来",
    "lines not taken": "未收的弹幕",
    "host's utterances": "主播说的话",
    "line → decision": "弹幕 → 决定",
    "line → first sample": "弹幕 → 出声",
}


def summary(view: View, language: str) -> list[tuple[str, str]]:
    """(label, value), in the order they are shown."""
    names = _CHINESE if language == "zh" else {}
    return [(names.get(label, label), value) for label, value in _figures(view)]


def _figures(view: View) -> list[tuple[str, str]]:
    counts = view.counts
    asked = counts["route: answer"]
    return [
        ("chat lines", f"{counts['message']} / {counts['lines']}"),
        ("routine questions", f"{asked}"),
        ("answered aloud", f"{counts['item: answered']} ({view.heard_ms / 1000:.0f} s, {counts['cut']} ×✂)"),
        (
            "answered in text",
            f"{counts['posts']}" + (f" ({counts['posts failed']} ×✗)" if counts["posts failed"] else ""),
        ),
        ("merged", f"{max(0, asked + counts['route: hold'] - counts['items'])}"),
        ("held for a person", f"{counts['item: held']}"),
        ("shown to the host", f"{counts['route: host']}"),
        ("ignored", f"{counts['route: ignore']} (⚠ {counts['kind: hostile']})"),
        ("not said", _unsaid(view)),
        ("lines not taken", f"{counts['dropped']}"),
        ("host's utterances", f"{counts['host utterances']}"),
        ("line → decision", percentiles(view.decided_ms)),
        ("line → first sample", percentiles(view.spoken_ms)),
    ]


def _unsaid(view: View) -> str:
    """How many, and the commonest reasons."""
    reasons = [(name[8:], count) for name, count in view.counts.most_common() if name.startswith("unsaid: ")]
    told = ", ".join(f"{count} {reason}" for reason, count in reasons[:4])
    return f"{view.counts['unsaid']}" + (f" ({told})" if told else "")


def percentiles(values_ms: Sequence[int]) -> str:
    if not values_ms:
        return "–"
    ordered = sorted(values_ms)
    shown = (ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 90, 99))
    return "p50 {} ms, p90 {} ms, p99 {} ms".format(*shown)
