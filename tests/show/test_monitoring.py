"""What alerts and dashboard ask for is served, and each part's trouble reaches them."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from livehost.events import Envelope, PartChanged, SessionResumed
from livehost.show.metrics import metrics_of
from livehost.show.view import View

MONITORING = Path(str(resources.files("livehost"))) / "demo" / "monitoring"


def served(view: View) -> dict[str, float]:
    lines = [line for line in metrics_of(view).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.parametrize("file", ["alerts.yaml", "grafana.json"])
def test_every_figure_that_is_asked_for_is_served(file: str) -> None:
    view = View()
    view.decided_ms.append(12)
    view.spoken_ms.append(900)
    view.apply(Envelope(1, 0, PartChanged("recorder", "ok")), [])
    known = {name.partition("{")[0] for name in served(view)}
    asked = set(re.findall(r"\blivehost_\w+", (MONITORING / file).read_text(encoding="utf-8")))
    assert len(asked) > 5 and asked <= known


def test_a_trouble_is_nought_and_a_part_that_has_ended_is_none() -> None:
    view = View()
    changes = (("twitch:anna", "lost"), ("hearing", "degraded"), ("voice", "ok"), ("rehearsal", "off"))
    for number, (part, state) in enumerate(changes, 1):
        view.apply(Envelope(number, 0, PartChanged(part, state)), [])  # type: ignore[arg-type]
    found = served(view)
    assert [found[f'livehost_part_ok{{part="{part}"}}'] for part, _ in changes] == [0, 0, 1, 1]


def test_latencies_are_those_of_the_latest() -> None:
    view = View()
    view.decided_ms.extend(range(1, 101))
    view.apply(Envelope(1, 0, SessionResumed(10)), [])
    found = served(view)
    assert found['livehost_decision_seconds{quantile="0.5"}'] == 0.051
    assert found['livehost_decision_seconds{quantile="0.99"}'] == 0.1
    assert found["livehost_resumed_total"] == 1
    assert not [name for name in found if "first_sound" in name]
