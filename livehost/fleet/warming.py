"""What a process makes ready once, before rooms begin in its threads."""

from __future__ import annotations

import msgspec

from livehost.events import Envelope
from livehost.knowledge import Knowledge
from livehost.record.folder import Header
from livehost.record.log import CommandLine
from livehost.settings import Creator
from livehost.speak.voices import Voice
from livehost.toolbox import Toolbox


def warm_up() -> None:
    """msgspec learns a type when it first meets it; two threads that do so at once bring the process down (0.22)."""
    for kind in (Envelope, CommandLine, Knowledge, Header, Creator, Voice, Toolbox):
        msgspec.json.Decoder(kind)
