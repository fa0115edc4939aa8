"""A real fleet on a Ray cluster of one machine, for tests and benchmarks that break it from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from livehost import commands, events
from livehost.clock import pause, stopwatch
from livehost.fleet.cluster import ready_ray, supervisor_of
from livehost.fleet.seen import SeenRoom
from livehost.fleet.settings import FleetFile, read_fleet
from livehost.record.reader import steps
from tests.conftest import DEMO, ROOT

T = TypeVar("T")
RECORDED = ROOT / "tests" / "recordings" / "anna"
_CHAT = [json.loads(line) for line in (DEMO / "sessions" / "anna" / "chat.jsonl").read_text("utf-8").splitlines()]


def until(look: Callable[[], T], seconds: float = 60) -> T:
    """What `look` gives, as soon as it is true."""
    took = stopwatch()
    while not (found := look()):
        assert took() < seconds, f"not within {seconds} s"
        pause(0.1)
    return found


def write_rooms(folder: Path, count: int, *, repeats: int = 1, models: str = f"recorded:{RECORDED}") -> Path:
    """A fleet.toml of simulated rooms. Each has its own creator, in whose every answer the room's name stands, and its own
    chat, in whose every viewer it stands."""
    lines = [
        "[fleet]",
        f'name = "f{folder.stat().st_ino}"',
        f'models = "{models}"',
        "workers = 2",
        "consoles = false",
        "port = 0",
    ]
    for number in range(count):
        name = f"r{number:03}"
        creator = folder / "creators" / name
        shutil.copytree(DEMO / "creators" / "anna", creator)
        faq = (creator / "faq.csv").read_text("utf-8").replace(". ", f" at {name}. ")
        (creator / "faq.csv").write_text(faq, "utf-8")
        with (creator / "creator.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n[recording]\nsound = false\n")  # there is none: the voice is silence
        (folder / f"{name}.jsonl").write_text(_chat_of(name, repeats), "utf-8")
        lines += ["[[room]]", f'name = "{name}"', f'creator = "creators/{name}"', f'chat = ["file:{name}.jsonl"]']
    (folder / "fleet.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "fleet.toml"


def _chat_of(room: str, repeats: int) -> str:
    last_ms = _CHAT[-1]["at_ms"] + 1000
    written = []
    for turn in range(repeats):
        for number, line in enumerate(_CHAT):
            at_ms = line["at_ms"] + turn * last_ms
            user = {"id": f"{room}-{turn}-{number}", "name": room}
            written.append(json.dumps(line | {"at_ms": at_ms, "id": f"{room}-{turn}-{number}", "user": user}))
    return "\n".join(written) + "\n"


@dataclass
class Rig:
    """`nodes` are those beside the head."""

    ray: Any
    cluster: Any
    supervisor: Any
    file: FleetFile
    nodes: list[Any] = field(default_factory=list)

    def rooms(self) -> dict[str, SeenRoom]:
        seen = self.ray.get(self.supervisor.state.remote(), timeout=30)
        return {room.room: room for room in seen.rooms}

    def all_live(self) -> bool:
        return all(room.state == "live" for room in self.rooms().values())

    def pid_of(self, worker: str) -> int:
        handle = self.ray.get(self.supervisor.workers.remote())[worker]
        pid: int = self.ray.get(handle.about.remote())["pid"]
        return pid

    def workers(self) -> list[str]:
        return list(self.ray.get(self.supervisor.workers.remote(), timeout=30))

    def move(self, room: str, worker: str) -> bool:
        moved: bool = self.ray.get(self.supervisor.move.remote(room, worker), timeout=30)
        return moved

    def kill_replica(self, deployment: str) -> None:
        """One of a shared model's processes."""
        from ray.util import list_named_actors

        names = [actor["name"] for actor in list_named_actors(all_namespaces=True)]
        name = next(name for name in names if f"#{deployment}#" in name)
        self.ray.kill(self.ray.get_actor(name, namespace="serve"), no_restart=True)

    def kill_worker(self, worker: str) -> None:
        os.kill(self.pid_of(worker), signal.SIGKILL)

    def kill_supervisor(self) -> None:
        """Ray begins it again."""
        self.ray.kill(self.supervisor, no_restart=False)

    def kill_node(self) -> None:
        """With all that runs on it."""
        self.cluster.remove_node(self.nodes.pop(), allow_graceful=False)

    def end(self) -> None:
        self.ray.get(self.supervisor.end.remote(), timeout=240)

    def folders(self) -> list[Path]:
        return sorted(Path(self.file.fleet.sessions).iterdir())


@contextmanager
def cluster(*, nodes: int = 0, cpus: int = 2) -> Iterator[Any]:
    """A head and `nodes` more, on this machine; we are connected to it. What is left of one that can't start is ended, too."""
    ray = ready_ray()
    from ray.cluster_utils import Cluster

    size = {"num_cpus": cpus, "object_store_memory": 80 * 1024 * 1024}
    made = Cluster()
    try:
        made.add_node(**size, include_dashboard=False)
        for _ in range(nodes):
            made.add_node(**size)
        ray.init(address=made.address, log_to_driver=False, logging_level="error")
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


@contextmanager
def rig(made: Any, file: Path) -> Iterator[Rig]:
    """The file's fleet on that cluster."""
    ray = ready_ray()
    found = read_fleet(file)
    nodes = sorted(made.worker_nodes, key=lambda node: str(node.node_id))
    running = Rig(ray, made, supervisor_of(found), found, nodes)
    try:
        yield running
    finally:
        for worker in ray.get(running.supervisor.workers.remote(), timeout=30).values():
            ray.kill(worker)
        ray.kill(running.supervisor)


def away_seconds(folder: Path) -> list[float]:
    """How long the room did nothing at each of its cuts: from its last step before to the first line or wake behind it."""
    away, before_ms, cut = [], 0, False
    for step in steps(folder):
        match step.envelope.event:
            case events.SessionResumed():
                cut = True
            case events.ChatReceived() | events.Woke() if cut:
                away.append((step.envelope.at_ms - before_ms) / 1000)
                cut = False
        if not cut:
            before_ms = step.envelope.at_ms
    return away


def said_twice(folder: Path) -> list[str]:
    """Items that the voice began on twice, and posts that were sent twice."""
    began, sent, item = Counter[str](), Counter[str](), 0
    for step in steps(folder):
        if isinstance(step.envelope.event, events.PlaybackStarted):
            began[f"item {item}"] += 1
        for raw in step.wishes:
            if b'"ShowItem"' in raw and b'"speaking"' in raw:
                item = json.loads(raw)["item"]
            elif b'"Post"' in raw:
                post: dict[str, Any] = json.loads(raw)
                sent[f"post {post['post']}"] += 1
    began.pop("item 0", None)  # the greeting and what else is no answer
    return [what for what, times in (began + sent).items() if times > 1]


def strange_to(folder: Path, room: str) -> list[str]:
    """What stands in a room's recording and belongs to another."""
    found = []
    for step in steps(folder):
        event = step.envelope.event
        if isinstance(event, events.ChatReceived) and event.line.user.name != room:
            found.append(f"line {event.line.id}")
        for raw in step.wishes:
            text = raw.decode()
            if any(f'"type":"{kind.__name__}"' in text for kind in (commands.Post, commands.Synthesise)):
                named = {word.strip('.,!?"') for word in text.split() if word.startswith("r") and word[1:4].isdigit()}
                found += [text] if named - {room} else []
    return found
