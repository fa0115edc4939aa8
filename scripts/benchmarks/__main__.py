"""The benchmarks: each is measured on real models in one run, and given with percentiles."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable

from common import Row
from encode import encode
from endings import endings
from fleet import fleet
from fleet_models import fleet_curve, fleet_models
from flood import flood
from hearing import hearing
from hour import hour
from interruptions import interruptions
from itself import itself
from kills import kills
from listeners import listeners
from memory import memory
from nonspeech import nonspeech
from overlap import overlap, recognised
from pages import console, muting
from readings import readings
from resources import resources
from review import review
from rooms import broken, irc, rooms
from soak import soak
from sooner import sooner
from speech import first_sample, mute, recognition, synthesis
from turns import turns
from understanding import decision, understanding
from voice import voice

ALL: dict[str, Callable[[], Row]] = {
    "synthesis": synthesis,
    "recognition": recognition,
    "hearing": hearing,
    "endings": endings,
    "itself": itself,
    "nonspeech": nonspeech,
    "understanding": understanding,
    "decision": decision,
    "first_sample": first_sample,
    "mute": mute,
    "muting": muting,
    "console": console,
    "resources": resources,
    "rooms": rooms,
    "irc": irc,
    "broken": broken,
    "turns": turns,
    "sooner": sooner,
    "review": review,
    "memory": memory,
    "voice": voice,
    "readings": readings,
    "listeners": listeners,
}
PARTS: dict[str, Callable[[], Row]] = {  # of turns
    "overlap": overlap,
    "recognised": recognised,
    "interruptions": interruptions,
    "flood": flood,
}
# by name alone
LONG: dict[str, Callable[[], Row]] = {"hour": hour, "encode": encode, "kills": kills, "soak": soak, "fleet": fleet}
FLEET: dict[str, Callable[[], Row]] = {"fleet_models": fleet_models, "fleet_curve": fleet_curve}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*ALL, *PARTS, *LONG, *FLEET, "all"], default="all")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=float, help="of soak")
    chosen = parser.parse_args()
    if chosen.minutes:
        os.environ["BENCH_MINUTES"] = str(chosen.minutes)
    machine = {
        "cores": os.cpu_count(),
        "load": [round(v, 2) for v in os.getloadavg()],
        "python": platform.python_version(),
    }
    found: Row = {"machine": machine}
    benches = {**ALL, **PARTS, **LONG, **FLEET}
    for name in ALL if chosen.name == "all" else [chosen.name]:
        sys.stderr.write(f"bench: {name}: {benches[name].__doc__}\n")
        found[name] = benches[name]()
        if not chosen.json:
            print(name, json.dumps(found[name], indent=1, ensure_ascii=False))
    if chosen.json:
        print(json.dumps(found, indent=1))


main()
