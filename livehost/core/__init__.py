"""The core: one event in, the wishes that follow from it out."""

from livehost.core.step import LOGIC_VERSION, Core

__all__ = ["LOGIC_VERSION", "Core"]
