"""`livehost demo`: a bundled session through the whole loop, and what came of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.table import Table

from livehost.creators import demo_creators
from livehost.demo.examples import write_tools
from livehost.errors import BadInput, MissingPart
from livehost.plan import Plan
from livehost.review.report import report_after
from livehost.room import Held
from livehost.session import hold
from livehost.show.address import Address
from livehost.show.summary import summary

_OPEN_AFTER_SECONDS = 6.0  # the models are loaded by then
_TOWN_TRIES, _TRY_SECONDS = 200, 0.1


def demonstrate(creator: str, out: Path | None, *, headless: bool, fast: bool, tools: bool = False) -> None:
    """Sets up what is missing, runs, prints the summary to stdout; with `tools` the example look-ups are asked, too."""
    demo = Path(str(resources.files("livehost"))) / "demo"
    known = [folder.name for folder in demo_creators()]
    if creator not in known:
        raise BadInput(f"there is no demo called {creator!r}", fix=f"There are: {', '.join(known)}")
    _set_up()
    session = demo / "sessions" / creator
    chats = ("chat", "tools") if tools else ("chat",)
    own = demo / "creators" / creator
    with _with_tools(own) if tools else nullcontext(own) as folder:
        plan = Plan(
            creator=folder,
            chats=tuple(f"file:{session / chat}.jsonl" for chat in chats),
            mic=str(session / "host.opus"),
            speaker="none" if headless or fast else _speaker(),
            session=out,
            headless=headless or fast,
            fast=fast,
            pages=None if headless or fast else _pages(),
            fresh=True,
        )
        tell(hold(plan))


def tell(held: Held) -> None:
    chinese = held.language == "zh"
    table = Table(title="副播这一场" if chinese else "What the co-host did", show_header=False)
    for label, value in summary(held.view, held.language):
        table.add_row(label, value)
    console = Console()
    console.print(table)
    where, again, told = (
        ("录制：", "回放：", "报告：") if chinese else ("The session: ", "Replay it:   ", "Its report:  ")
    )
    console.print(f"{where}{held.folder}", soft_wrap=True, highlight=False)
    console.print(f"{again}livehost replay {held.folder}", soft_wrap=True, highlight=False)
    if report := report_after(held.folder):
        console.print(f"{told}{report}", soft_wrap=True, highlight=False)


@contextmanager
def _with_tools(creator: Path) -> Iterator[Path]:
    """A copy of the creator with the example tools, and the town that they ask, until the end of it; raises MissingPart."""
    port = _free_port()
    town = subprocess.Popen([sys.executable, "-m", "livehost.demo.examples.town", str(port)], stdin=subprocess.DEVNULL)
    try:
        with tempfile.TemporaryDirectory() as beside:
            folder = Path(shutil.copytree(creator, Path(beside) / creator.name))
            write_tools(folder, port)
            _wait_for(port, town)
            yield folder
    finally:
        town.terminate()
        town.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(port: int, town: subprocess.Popen[bytes]) -> None:
    for _ in range(_TOWN_TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            town.wait(_TRY_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        break
    raise MissingPart(
        "the example tools' town does not start", fix=f"Try: python -m livehost.demo.examples.town {port}"
    )


def _set_up() -> None:
    from livehost.setup import run
    from livehost.weights import kokoro_file, whisper_dir

    try:
        whisper_dir()
        kokoro_file()
    except MissingPart:
        run()


def _pages() -> Address:
    """A free port, and the browser on it as soon as it answers, where there is a screen."""
    address = Address("127.0.0.1", _free_port())
    if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        opening = threading.Timer(_OPEN_AFTER_SECONDS, webbrowser.open, [f"{address.url}/console"])
        opening.daemon = True
        opening.start()
    return address


def _speaker() -> str:
    """The default device, or none where there is none."""
    from livehost.devices import choose

    try:
        choose("default", "output")
    except MissingPart as trouble:
        sys.stderr.write(f"livehost: no sound will be heard: {trouble}\n")
        return "none"
    return "default"
