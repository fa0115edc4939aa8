"""The session's figures in Prometheus' own text format. Pure."""

from __future__ import annotations

from livehost.show.view import View


def metrics_of(view: View) -> str:
    told = {
        "livehost_chat_lines_total": view.counts["lines"],
        "livehost_chat_lines_dropped_total": view.counts["dropped"],
        "livehost_answers_spoken_total": view.counts["spoken"],
        "livehost_answers_posted_total": view.counts["posts"],
        "livehost_posts_failed_total": view.counts["posts failed"],
        "livehost_answers_unsaid_total": view.counts["unsaid"],
    }
    lines = [f"# TYPE {name} counter\n{name} {value}" for name, value in told.items()]
    lines += [f"# TYPE livehost_muted gauge\nlivehost_muted {int(view.muted)}", "# TYPE livehost_part_ok gauge"]
    lines += [f'livehost_part_ok{{part="{_label(n)}"}} {int(p.state == "ok")}' for n, p in view.parts.items()]
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
