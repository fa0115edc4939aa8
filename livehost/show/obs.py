"""OBS through obs-websocket 5: the scene says what is on the table, a private one draws the curtain, and OBS shows and ducks.

 OBS ─▶ scene, microphone's mute, on air or not, custom events ─▶ events, actions, the curtain
 what is said ─▶ the newest wanted state ─▶ a text source, a gain filter on the music

What OBS is to show is kept as one wanted state that a sender brings there, so that a slow OBS never has a backlog. OBS that
goes away ends `run` with an error; whoever supervises it calls `run` again, and everything is read and set anew.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import simpleobsws
from websockets.exceptions import WebSocketException

from livehost import commands, events
from livehost.commands import Command
from livehost.errors import MissingPart
from livehost.events import Action, Envelope, Event
from livehost.settings import Obs as Settings

Put = Callable[[Event], None]
Act = Callable[[Action, str, int, str], None]
_GENERAL, _SCENES, _INPUTS, _OUTPUTS = 1 << 0, 1 << 2, 1 << 3, 1 << 6  # obs-websocket's EventSubscription
_IDENTIFY_SECONDS, _CALL_SECONDS = 5, 5
_REALM = "livehost"
_FILTER = "Livehost ducking"
SCRIPT = Path(__file__).with_name("obs_script.py")  # for OBS itself: hotkeys
_ACTIONS: tuple[Action, ...] = ("mute", "unmute", "skip", "stop", "pause", "resume", "panic")


@dataclass(frozen=True)
class Wanted:
    """What OBS is to show: the words being said, and whether the music gives way."""

    caption: str = ""
    ducked: bool = False


@dataclass
class Seen:
    """What OBS told last. Until it is known to be on air it is not."""

    scene: str = ""
    muted: bool = False
    on_air: bool = False


@dataclass
class Obs:
    """`private` hears at once when the curtain is drawn or opened; `act` carries out what OBS's buttons ask for."""

    settings: Settings
    act: Act
    private: Callable[[bool, str], None]
    _seen: Seen = field(default_factory=Seen)
    _wanted: Wanted = Wanted()
    _saying: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _why: str = ""
    _kept: bool = False  # private from before the session was cut off, until OBS tells how it is now

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """Watches the session, to know what OBS is to show."""
        for wish in wishes:
            if isinstance(wish, commands.ShowItem) and wish.state == "speaking":
                self._saying = wish.text
        match envelope.event:
            case events.PlaybackStarted():
                self._want(Wanted(self._saying, ducked=True))
            case events.PlaybackFinished() | events.PlaybackCut():
                self._want(Wanted())
            case events.Acted(action="mute" | "panic"):
                self._want(Wanted())

    def goes_on(self, why: str) -> None:
        """It was private when the session was cut off."""
        self._why, self._kept = why, True

    async def run(self, put: Put) -> None:
        """Until OBS goes away; raises LivehostError that says what to do."""
        if not self._kept:
            self._draw()
        self._kept = False
        client = await _connected(self.settings)
        try:
            told: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(1000)
            client.register_event_callback(_into(told))
            await self._read(client, put)
            await self._set_up(client)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(told, put))
                group.create_task(self._show(client))
                await client.recv_task
                raise MissingPart("OBS has closed the connection", fix="It is looked for again; start OBS")
        except* MissingPart as lost:
            raise lost.exceptions[0] from None
        finally:
            await client.disconnect()

    async def _read(self, client: simpleobsws.WebSocketClient, put: Put) -> None:
        """How things stand, before anything changes."""
        scene = await _call(client, "GetSceneList")
        stream = await _call(client, "GetStreamStatus")
        self._seen = Seen(on_air=bool(stream["outputActive"]))
        if self.settings.microphone:
            found = await _call(client, "GetInputMute", inputName=self.settings.microphone)
            self._seen.muted = bool(found["inputMuted"])
        self._scene(scene["currentProgramSceneName"] or "", put)

    async def _set_up(self, client: simpleobsws.WebSocketClient) -> None:
        """A gain filter on each source that is to give way; the streamer's own faders are never moved."""
        for name in self.settings.duck:
            filters = await _call(client, "GetSourceFilterList", sourceName=name)
            known = any(each["filterName"] == _FILTER for each in filters["filters"])
            settings = {"db": self.settings.duck_db}
            if known:
                await _call(
                    client, "SetSourceFilterSettings", sourceName=name, filterName=_FILTER, filterSettings=settings
                )
            else:
                await _call(
                    client,
                    "CreateSourceFilter",
                    sourceName=name,
                    filterName=_FILTER,
                    filterKind="gain_filter",
                    filterSettings=settings,
                )

    async def _follow(self, told: asyncio.Queue[tuple[str, dict[str, Any]]], put: Put) -> None:
        while True:
            kind, data = await told.get()
            match kind:
                case "CurrentProgramSceneChanged":
                    self._scene(data["sceneName"], put)
                case "InputMuteStateChanged" if data["inputName"] == self.settings.microphone:
                    self._seen.muted = bool(data["inputMuted"])
                    self._draw()
                case "StreamStateChanged":
                    self._seen.on_air = bool(data["outputActive"])
                    self._draw()
                case "CustomEvent" if data.get("realm") == _REALM:
                    self._custom(data)

    def _scene(self, name: str, put: Put) -> None:
        self._seen.scene = name
        put(events.SceneShown(name))
        self._draw()

    def _custom(self, data: dict[str, Any]) -> None:
        """An OBS-side button or script: {"realm": "livehost", "action": "mute"}."""
        action = data.get("action")
        if action in _ACTIONS:
            self.act(action, "OBS", 0, "")

    def _draw(self) -> None:
        """Draws or opens the curtain when the reasons for it have changed."""
        why = why_private(self.settings, self._seen)
        if why != self._why:
            self._why = why
            self.private(bool(why), why)

    def _want(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._changed.set()

    async def _show(self, client: simpleobsws.WebSocketClient) -> None:
        """Brings OBS to the newest wanted state, whatever it missed in between."""
        while True:
            self._changed.clear()
            wanted = self._wanted
            if self.settings.caption_source:
                await _call(
                    client,
                    "SetInputSettings",
                    inputName=self.settings.caption_source,
                    inputSettings={"text": wanted.caption},
                )
            for name in self.settings.duck:
                await _call(
                    client,
                    "SetSourceFilterEnabled",
                    sourceName=name,
                    filterName=_FILTER,
                    filterEnabled=wanted.ducked,
                )
            await self._changed.wait()


def why_private(settings: Settings, seen: Seen) -> str:
    """Why nothing may be heard, recorded or said; empty: it may."""
    if seen.scene in settings.private_scenes:
        return f"OBS shows the private scene {seen.scene!r}"
    if settings.private_when_muted and settings.microphone and seen.muted:
        return "the microphone is muted in OBS"
    if settings.private_off_air and not seen.on_air:
        return "OBS is not streaming"
    return ""


async def look(settings: Settings) -> str:
    """Whether OBS is there and knows all that [obs] names, in words; raises MissingPart that says what is wrong."""
    client = await _connected(settings)
    try:
        version = await _call(client, "GetVersion")
        known = {scene["sceneName"] for scene in (await _call(client, "GetSceneList"))["scenes"]}
        if missing := sorted({*settings.scenes, *settings.private_scenes, *settings.quiet_scenes} - known):
            raise MissingPart(f"OBS has no scene {missing[0]!r}", fix=f"Its scenes are {', '.join(sorted(known))}")
        for name in filter(None, (settings.microphone, settings.caption_source, *settings.duck)):
            await _call(client, "GetInputSettings", inputName=name)
        return f"OBS {version['obsVersion']}, obs-websocket {version['obsWebSocketVersion']}"
    finally:
        await client.disconnect()


async def _connected(settings: Settings) -> simpleobsws.WebSocketClient:
    client = simpleobsws.WebSocketClient(
        settings.url,
        os.environ.get(settings.password_env, ""),
        simpleobsws.IdentificationParameters(eventSubscriptions=_GENERAL | _SCENES | _INPUTS | _OUTPUTS),
    )
    try:
        await client.connect()
    except (OSError, ValueError, WebSocketException) as trouble:
        raise MissingPart(
            f"OBS does not answer: {trouble}",
            where=settings.url,
            fix="Start OBS and turn on Tools → WebSocket Server Settings",
        ) from None
    if not await client.wait_until_identified(_IDENTIFY_SECONDS):
        await client.disconnect()
        raise MissingPart(
            "OBS refuses the password", where=settings.url, fix=f"Put OBS's own into {settings.password_env}"
        )
    return client


def _into(told: asyncio.Queue[tuple[str, dict[str, Any]]]) -> Callable[[str, Any], Any]:
    async def hear(kind: str, data: Any) -> None:
        if not told.full():
            told.put_nowait((kind, data or {}))

    return hear


async def _call(client: simpleobsws.WebSocketClient, kind: str, **data: Any) -> dict[str, Any]:
    try:
        answer = await client.call(simpleobsws.Request(kind, data or None), timeout=_CALL_SECONDS)
    except simpleobsws.MessageTimeout:
        raise MissingPart(f"OBS does not answer to {kind}", fix="It is looked for again") from None
    if not answer.ok():
        status = answer.requestStatus
        named = data.get("inputName") or data.get("sourceName") or ""
        raise MissingPart(
            f"OBS can't do {kind}" + (f" on {named!r}" if named else "") + f": {status.comment or status.code}",
            fix="Check the names in [obs] of creator.toml",
        )
    found: dict[str, Any] = answer.responseData or {}
    return found
