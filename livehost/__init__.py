"""Livehost: a co-host with a voice for people who broadcast live."""

__version__ = "0.1.0"
