"""The session's figures in Prometheus' own text format. Pure."""

from __future__ import annotations

from collections.abc import Collection

from livehost.show.view import View


def metrics_of(view: View) -> str:
    told = {
        "livehost_chat_lines_total": view.counts["lines"],
        "livehost_chat_lines_dropped_total": view.counts["dropped"],
        "livehost_answers_spoken_total": view.counts["spoken"],
        "livehost_answers_posted_total": view.counts["posts"],
        "livehost_posts_failed_total": view.counts["posts failed"],
        "livehost_answers_unsaid_total": view.counts["unsaid"],
        "livehost_answers_cut_total": view.counts["cut"],
        "livehost_resumed_total": view.counts["resumed"],
        "livehost_faults_total": view.counts["faults"],
    }
    lines = [f"# TYPE {name} counter\n{name} {value}" for name, value in told.items()]
    now = {
        "livehost_muted": int(view.muted),
        "livehost_private": int(bool(view.private)),
        "livehost_items_held": len(view.waiting("held")),
        "livehost_items_waiting": len(view.waiting("waiting", "preparing")),
    }
    lines += [f"# TYPE {name} gauge\n{name} {value}" for name, value in now.items()]
    lines += _summary("livehost_decision_seconds", view.decided_ms) + _summary(
        "livehost_first_sound_seconds", view.spoken_ms
    )
    lines += ["# TYPE livehost_part_ok gauge"]
    lines += [f'livehost_part_ok{{part="{_label(n)}"}} {int(p.state in ("ok", "off"))}' for n, p in view.parts.items()]
    return "\n".join(lines) + "\n"


def _summary(name: str, recent_ms: Collection[int]) -> list[str]:
    """Of the latest ones; nothing where there is none."""
    if not recent_ms:
        return []
    ranked = sorted(recent_ms)
    places = {share: ranked[min(len(ranked) - 1, int(share * len(ranked)))] / 1000 for share in (0.5, 0.95, 0.99)}
    return [f"# TYPE {name} gauge", *(f'{name}{{quantile="{share}"}} {value}' for share, value in places.items())]


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
