"""What alerts and dashboard ask for is served, and each part's trouble reaches them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from livehost.events import Envelope, PartChanged, SessionResumed
from livehost.show.metrics import metrics_of
from livehost.show.view import View
from tests.alerting import firing, rules_of
from tests.running import Running, session, until

README = Path(__file__).parents[2] / "README.md"
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


def listed() -> list[str]:
    """The names in README's table "When something breaks"."""
    table = README.read_text(encoding="utf-8").partition("## When something breaks")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert len(names) > 15
    return [name.replace("…", "Bo") for name in names]


@pytest.mark.parametrize("name", listed())
def test_each_fault_that_the_readme_names_has_one_alert_that_tells_its_cause(name: str) -> None:
    view = View()
    view.apply(Envelope(1, 0, PartChanged(name, "degraded", "it broke")), [])
    rules = rules_of(MONITORING / "alerts.yaml")
    if name == "session":  # its trouble is over as soon as it is told
        assert [rule.name for rule in rules if "livehost_resumed_total" in rule.expr] == ["LivehostCutOff"]
        return
    mine = [rule for rule in rules if rule.concerns(name)]
    assert len(mine) == 1 and mine[0].name != "LivehostPartLost"
    assert firing(rules, metrics_of(view)) == {name: mine[0].name}
    view.apply(Envelope(2, 0, PartChanged(name, "ok")), [])
    assert firing(rules, metrics_of(view)) == {}


def test_a_part_that_no_rule_knows_is_told_all_the_same() -> None:
    rules = rules_of(MONITORING / "alerts.yaml")
    assert [rule.name for rule in rules if rule.concerns("rehearsal")] == ["LivehostPartLost"]
    assert all(rule.summary.startswith("{{ $labels.instance }}: ") and rule.description for rule in rules)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from session(tmp_path_factory.mktemp("alerts"))


@pytest.mark.models
def test_a_real_session_in_trouble_fires_the_alert_of_that_name_until_it_is_over(running: Running) -> None:
    rules = rules_of(MONITORING / "alerts.yaml")

    def fires() -> dict[str, str]:
        return firing(rules, running.get("/metrics")[1])

    until(lambda: "livehost_part_ok" in running.get("/metrics")[1])
    faq = running.creator / "faq.csv"
    good = faq.read_text(encoding="utf-8")
    faq.write_text(good + "no id,\n", encoding="utf-8")
    until(lambda: fires() == {"knowledge": "LivehostKnowledge"})
    faq.write_text(good, encoding="utf-8")
    until(lambda: fires() == {})
    chat = f"ws://127.0.0.1:{running.chat_port}"
    assert [rule.name for rule in rules if rule.concerns(chat)] == ["LivehostChatLost"]
    assert all(
        name in running.get("/metrics")[1] for rule in rules for name in re.findall(r"livehost_\w+_total", rule.expr)
    )
