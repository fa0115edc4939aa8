"""Tools over real sockets and real MCP servers: the ready examples, and answers that are slow, huge, lies, or lead elsewhere."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from livehost.clock import SessionClock, stopwatch
from livehost.commands import CallTool
from livehost.demo.examples import write_tools
from livehost.errors import BadInput, LivehostError
from livehost.events import Event, PartChanged, ToolAnswered, ToolFailed
from livehost.knowledge import Tool, ToolField, ToolStep, ToolWording
from livehost.toolbox import McpServer, Toolbox, read_toolbox, toolbox_of
from livehost.tools.caller import Caller
from livehost.tools.runner import Runner
from tests.running import free_port, until
from tests.tools.serving import Town

MISBEHAVING = Path(__file__).with_name("misbehaving_server.py")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    running = Town()
    yield running
    running.close()


def examples(town: Town, folder: Path) -> Path:
    """The ready examples, at this server."""
    return write_tools(folder, town.port)


def bad(town: Town, what: str, *hosts: str, seconds: float = 1.0) -> Runner:
    fields = {"minutes": ToolField("minutes", "number", most=300), "text": ToolField("text")}
    step = ToolStep(get=f"{town.url}/bad/{what}", fields=fields)
    tool = Tool("t", ("x",), step=(step,), answer=(ToolWording(en="{minutes} {text}"),), seconds=seconds)
    return Runner(Toolbox(hosts or (f"127.0.0.1:{town.port}",), tool=(tool,)))


@pytest.mark.parametrize(
    ("tool", "arguments", "values"),
    [
        ("queue", {"branch": "soho"}, {"tables": "7", "minutes": "25"}),
        ("course", {"course": "python"}, {"begins": "March 3", "teacher": "Lin Wei", "places": "4"}),
        ("hours", {}, {"open": "yes", "opens": "10:00", "closes": "22:00"}),
        ("route", {"start": "人民广场", "goal": "外滩"}, {"here": "人民广场", "there": "外滩", "minutes": "18"}),
        ("route", {"start": "old pier", "goal": "the old pier"}, {"from": "p2", "to": "p2"}),
        ("stock", {"product": "ridge-jacket"}, {"price": "129", "left": "3"}),
        ("order", {"account": "c-17"}, {"state": "sent", "arrives": "November 30"}),
        pytest.param("free", {"time": "7 pm"}, {"free": "5"}, marks=pytest.mark.slow),
        pytest.param("book", {"people": "3", "time": "7 pm"}, {"number": "A3"}, marks=pytest.mark.slow),
    ],
)
def test_the_examples_answer(  # noqa: PLR0917
    town: Town,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tool: str,
    arguments: dict[str, str],
    values: dict[str, str],
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "Bearer t")
    runner = Runner(read_toolbox(examples(town, tmp_path)))
    try:
        found = runner.run(tool, arguments)
        assert values.items() <= found.items()
        asked = len(town.asked)
        assert runner.run(tool, arguments) == found
        cached = tool in ("queue", "hours", "stock")
        assert (len(town.asked) == asked) is (cached or tool in ("book", "free"))  # these ask the MCP server
    finally:
        runner.close()


@pytest.mark.parametrize(
    ("what", "trouble"),
    [
        ("slow", "too long"),
        ("fails", "HTTP 500"),
        ("huge", "larger than"),
        ("deep", "no JSON"),
        ("html", "no JSON"),
        ("negative", "out of its bounds"),
        ("words", "no number"),
        ("link", "no short plain text"),
        ("long", "no short plain text"),
        ("markup", "no short plain text"),
        ("listed", "no number"),
        ("metadata", "not one of the allowed hosts"),
        ("private", "not one of the allowed hosts"),
        ("elsewhere", "not one of the allowed hosts"),
        ("file", "not one of the allowed hosts"),
        ("loop", "too many redirects"),
        ("home", "no number"),
    ],
)
def test_a_bad_answer_is_contained(town: Town, what: str, trouble: str) -> None:
    spent = stopwatch()
    runner = bad(town, what, seconds=0.3 if what == "slow" else 2.0)
    with closing(runner), pytest.raises(LivehostError, match=trouble):
        runner.run("t", {})
    assert spent() < 8


def test_a_name_that_leads_to_a_private_address_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def lead(host: str, *rest: object, **more: object) -> object:
        return real("127.0.0.1" if host == "shop.example" else host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    step = ToolStep(get="http://shop.example/hours", fields={})
    runner = Runner(Toolbox(("shop.example",), tool=(Tool("t", ("x",), step=(step,), answer=(ToolWording(en="x"),)),)))
    with closing(runner), pytest.raises(LivehostError, match="private address"):
        runner.run("t", {})


@pytest.mark.slow
@pytest.mark.parametrize("over", ["stdio", "http"])
def test_an_mcp_server_answers_and_is_contained(over: str) -> None:
    port = free_port()
    process = None
    if over == "http":
        process = subprocess.Popen([sys.executable, str(MISBEHAVING), str(port)], stderr=subprocess.DEVNULL)
        until(lambda: _listens(port))
    where = (
        McpServer(url=f"http://127.0.0.1:{port}/mcp")
        if process
        else McpServer(command=(sys.executable, str(MISBEHAVING)))
    )
    fields = {"number": ToolField("number", longest=12)}

    def tool(name: str, call: str, arguments: dict[str, str | int | float | bool]) -> Tool:
        step = ToolStep(mcp="b", call=call, arguments=arguments, fields=fields)
        return Tool(
            name, (name,), step=(step,), answer=(ToolWording(en="{number}"),), seconds=8 if name != "slow" else 0.5
        )

    tools = [tool("book", "reserve", {"people": "{people}", "time": "7 pm"})]
    tools += [tool(how, "misbehave", {"how": how}) for how in ("slow", "fails", "huge")]
    runner = Runner(Toolbox((f"127.0.0.1:{port}",), {"b": where}, tuple(tools)))
    try:
        assert runner.run("book", {"people": "4"}) == {"number": "A4"}
        for how, trouble in (("fails", "says that it failed"), ("huge", "too large"), ("slow", "too long")):
            with pytest.raises(LivehostError, match=trouble):
                runner.run(how, {})
        assert runner.run("book", {"people": "5"}) == {"number": "A5"}, "and is reached again"
    finally:
        runner.close()
        if process:
            process.kill()
            process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"step": [{"get": "http://other.example/x"}]}, "not in hosts"),
        ({"step": [{"get": "http://{host}/x"}]}, "not in hosts"),
        ({"step": [{"get": "http://a.example/{nobody}"}]}, "no parameter"),
        ({"step": [{"post": "http://a.example/x"}]}, "writes = true"),
        ({"step": [{"mcp": "m", "call": "c"}]}, r"\[mcp.m\]"),
        ({"answer": [{"en": "{nothing}"}]}, "neither a parameter nor a field"),
        ({"answer": [{"en": "x", "when": "minutes is 3"}]}, "no condition"),
        ({"parameter": [{"name": "who"}], "answer": [{"en": "Hello {who}"}]}, "a viewer's own words"),
        ({"answers": []}, "answers"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(change: dict[str, object], told: str) -> None:
    good = {"id": "t", "asked": ["x"], "step": [{"get": "http://a.example/x"}], "answer": [{"en": "x"}]}
    with pytest.raises(BadInput, match=told):
        toolbox_of({"hosts": ["a.example"], "tool": [{**good, **change}]}, "tools.toml")
    assert toolbox_of({"hosts": ["a.example"], "tool": [good]}, "tools.toml").tool[0].id == "t"


def test_a_server_that_is_not_there_is_told_and_the_others_answer(town: Town, tmp_path: Path) -> None:
    box = read_toolbox(examples(town, tmp_path))
    lost = McpServer(command=(str(tmp_path / "nothing"),))
    came: list[Event] = []

    async def run() -> None:
        caller = Caller(Toolbox(box.hosts, {"booking": lost}, box.tool), SessionClock(asyncio.get_running_loop()))
        told = asyncio.Event()

        def put(event: Event) -> None:
            came.append(event)
            told.set()

        part = asyncio.create_task(caller.run(put))
        await told.wait()
        await caller.call(CallTool(1, "queue", (("branch", "soho"),)), came.append)
        await caller.call(CallTool(2, "nobody", ()), came.append)
        part.cancel()
        await asyncio.gather(part, return_exceptions=True)

    asyncio.run(run())
    degraded, answered, failed = came
    assert isinstance(degraded, PartChanged) and degraded.state == "degraded" and "booking" in degraded.detail
    assert isinstance(answered, ToolAnswered) and answered.found[0].value == "7"
    assert isinstance(failed, ToolFailed) and failed.problem == "there is no such tool"
