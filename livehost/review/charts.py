"""Charts as plain SVG for the report's page, which gives them their colours and letters. No script, nothing from outside."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

from livehost.review.figures import Slot, Times
from livehost.review.words import LANGUAGES, in_language

# pygal's import hook is for its maps alone, and of an old kind that makes every later import warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

_SIZES = (("wide", 960, 300, 12), ("narrow", 400, 300, 5))  # class, width, height, labels along the bottom
_TICKS = {("wide", False): 8, ("narrow", False): 8, ("wide", True): 10, ("narrow", True): 4}
_BOUNDS_MS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 45_000)
Say = Callable[[str], str]
Draw = Callable[[pygal.graph.graph.Graph, Say, int], None]


def over_time(slots: Sequence[Slot], clock: Callable[[int], str]) -> Markup:
    """Stacked bars: what was asked, and what became of it."""

    def draw(chart: pygal.graph.graph.Graph, say: Say, labels: int) -> None:
        _along(chart, [clock(slot.at_ms) for slot in slots], labels)
        chart.add(say("answered"), [slot.answered for slot in slots])
        chart.add(say("for a person"), [slot.to_person for slot in slots])
        chart.add(say("not answered"), [slot.unanswered for slot in slots])
        chart.add(say("the rest of the chat"), [slot.rest for slot in slots])

    return _in_all("time", pygal.StackedBar, draw)


def reasons(counts: dict[str, int]) -> Markup:
    """A bar for each fate of what was asked."""

    def draw(chart: pygal.graph.graph.Graph, say: Say, labels: int) -> None:
        chart.x_labels = [say(name) for name in reversed(counts)]
        chart.add(say("lines"), list(reversed(counts.values())))
        chart.show_legend = False
        chart.height = 80 + 30 * len(counts)

    return _in_all("reasons", pygal.HorizontalBar, draw)


def answer_times(series: Sequence[tuple[str, Times | None]]) -> Markup:
    """How many answers took how long, in steps that grow."""

    def draw(chart: pygal.graph.graph.Graph, say: Say, labels: int) -> None:
        names = [f"≤ {_short(bound)}" for bound in _BOUNDS_MS] + [f"> {_short(_BOUNDS_MS[-1])}"]
        _along(chart, names, labels)
        for name, times in series:
            if times:
                chart.add(say(name), _steps(times.values))

    return _in_all("times", pygal.Bar, draw)


def shares(names: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]) -> Markup:
    """Percentages from session to session."""

    def draw(chart: pygal.graph.graph.Graph, say: Say, labels: int) -> None:
        _along(chart, list(names), labels)
        chart.range = (0, 100)
        for name, values in series:
            chart.add(say(name), [None if value is None else round(100 * value, 1) for value in values])

    return _in_all("shares", pygal.Line, draw)


def _along(chart: pygal.graph.graph.Graph, names: list[str], labels: int) -> None:
    chart.x_labels = names
    chart.x_labels_major_every = max(1, -(-len(names) // labels))
    chart.show_minor_x_labels = False


def _steps(values: Sequence[int]) -> list[int]:
    counts = [0] * (len(_BOUNDS_MS) + 1)
    for value in values:
        counts[next((n for n, bound in enumerate(_BOUNDS_MS) if value <= bound), len(_BOUNDS_MS))] += 1
    return counts


def _short(ms: int) -> str:
    return f"{ms} ms" if ms < 1000 else f"{ms // 1000} s"


def _in_all(name: str, kind: type[pygal.graph.graph.Graph], draw: Draw) -> Markup:
    """The chart in each language and for broad and narrow screens; the page shows one of them."""
    drawn = []
    for language in LANGUAGES:
        for size, width, height, labels in _SIZES:
            chart = kind(
                width=width,
                height=height,
                css=[],
                js=[],
                legend_at_bottom=True,
                legend_at_bottom_columns=4 if size == "wide" else 2,
                legend_box_size=12,
                margin=6,
                # pygal reckons letters half as wide as Chinese signs are.
                margin_left=45 if kind is pygal.HorizontalBar and language == "zh" else 6,
                max_scale=_TICKS[size, kind is pygal.HorizontalBar],  # of values; more of them run into each other
                truncate_label=-1,
                truncate_legend=-1,
            )
            draw(chart, lambda words, language=language: in_language(words, language), labels)  # type: ignore[misc]
            chart.uuid = f"{name}-{size}-{language}"
            drawn.append(f'<div class="chart {size}" lang="{language}">{_plain(chart)}</div>')
    return Markup("".join(drawn))  # noqa: S704 - our own files and charts


def _plain(chart: pygal.graph.graph.Graph) -> str:
    """Without pygal's script and styles; what a bar stands for becomes its title, which browsers show."""
    tree = chart.render_tree()
    for parent in list(tree.iter()):
        for child in list(parent):
            tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else "comment"
            if tag == "desc" and child.get("class") == "value":
                child.tag = "title"
            elif tag in ("script", "style", "comment", "desc", "title"):
                parent.remove(child)
        parent.attrib.pop("style", None)  # the page forbids styles from anywhere but its own sheet
    tree.attrib.pop("id", None)
    return ElementTree.tostring(tree, encoding="unicode")
