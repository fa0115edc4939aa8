"""An OBS script (Tools → Scripts): hotkeys for Livehost that work inside a full-screen game, and a button.

OBS loads this file by itself, in its own Python, so it needs nothing of Livehost and nothing beside the standard library.
"""

from __future__ import annotations

import threading
import urllib.request
from typing import Any

import obspython as obs

_HOTKEYS = {
    "mute": "Livehost: mute",
    "unmute": "Livehost: unmute",
    "skip": "Livehost: skip what is being said",
    "stop": "Livehost: stop everything",
    "pause": "Livehost: hold",
    "resume": "Livehost: go on",
    "panic": "Livehost: panic (mute and hide)",
}
_SECONDS = 2
_state = {"address": "http://127.0.0.1:8600"}  # OBS calls functions; what they share stands here
_known: dict[str, Any] = {}


def script_description() -> str:
    return "Hotkeys for the co-host Livehost: Settings → Hotkeys → Livehost. The address is that of its console."


def script_properties() -> Any:
    properties = obs.obs_properties_create()
    obs.obs_properties_add_text(properties, "address", "Livehost's address", obs.OBS_TEXT_DEFAULT)
    obs.obs_properties_add_button(properties, "stop", "Stop everything", lambda *_: _ask("stop"))
    return properties


def script_defaults(settings: Any) -> None:
    obs.obs_data_set_default_string(settings, "address", _state["address"])


def script_update(settings: Any) -> None:
    _state["address"] = obs.obs_data_get_string(settings, "address").rstrip("/")


def script_load(settings: Any) -> None:
    for action, says in _HOTKEYS.items():

        def pressed(down: bool, action: str = action) -> None:
            if down:
                _ask(action)

        _known[action] = obs.obs_hotkey_register_frontend(f"livehost.{action}", says, pressed)
        keys = obs.obs_data_get_array(settings, f"livehost.{action}")
        obs.obs_hotkey_load(_known[action], keys)
        obs.obs_data_array_release(keys)


def script_save(settings: Any) -> None:
    for action, number in _known.items():
        keys = obs.obs_hotkey_save(number)
        obs.obs_data_set_array(settings, f"livehost.{action}", keys)
        obs.obs_data_array_release(keys)


def _ask(action: str) -> bool:
    """In a thread of its own, so that OBS never waits for the network."""
    threading.Thread(target=_post, args=(f"{_state['address']}/api/{action}",), daemon=True).start()
    return True


def _post(url: str) -> None:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            urllib.request.Request(url, b"", method="POST"),
            timeout=_SECONDS,
        ):
            pass
    except OSError as trouble:
        obs.script_log(obs.LOG_WARNING, f"Livehost does not answer: {trouble}")
