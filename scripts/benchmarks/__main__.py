"""The benchmarks: each is measured on real models in one run, and given with percentiles."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable

from common import Row
from hearing import hearing
from resources import resources
from rooms import broken, irc, rooms
from speech import first_sample, mute, recognition, synthesis
from understanding import decision, understanding

ALL: dict[str, Callable[[], Row]] = {
    "synthesis": synthesis,
    "recognition": recognition,
    "hearing": hearing,
    "understanding": understanding,
    "decision": decision,
    "first_sample": first_sample,
    "mute": mute,
    "resources": resources,
    "rooms": rooms,
    "irc": irc,
    "broken": broken,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*ALL, "all"], default="all")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    machine = {
        "cores": os.cpu_count(),
        "load": [round(v, 2) for v in os.getloadavg()],
        "python": platform.python_version(),
    }
    found: Row = {"machine": machine}
    for name in ALL if chosen.name == "all" else [chosen.name]:
        sys.stderr.write(f"bench: {name}: {ALL[name].__doc__}\n")
        found[name] = ALL[name]()
        if not chosen.json:
            print(name, json.dumps(found[name], indent=1, ensure_ascii=False))
    if chosen.json:
        print(json.dumps(found, indent=1))


main()
