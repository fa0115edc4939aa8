"""Bilibili's packets: several of them in a frame, and again in a compressed body. Pure.

>I2H2I   length of the packet, of the header (16), version (0, 1 plain, 2 zlib, 3 brotli), operation, sequence
         operations: 2 heartbeat, 3 its answer, 5 a command, 7 sign-in, 8 its answer
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import brotli

HEARTBEAT, HEARTBEAT_ANSWER, COMMAND, SIGN_IN, SIGN_IN_ANSWER = 2, 3, 5, 7, 8
_HEADER = struct.Struct(">I2H2I")
_MOST_BYTES = 4 * 1024 * 1024  # of a body once it is whole again
_MOST_PACKETS = 5_000
_DEEPEST = 2


class Packet(NamedTuple):
    operation: int
    body: bytes


def packed(operation: int, body: bytes, version: int = 1) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), _HEADER.size, version, operation, 1) + body


def unpacked(frame: bytes) -> list[Packet]:
    """All packets of a frame, those inside compressed bodies in their place; raises ValueError for what is no frame."""
    found: list[Packet] = []
    for packet in _inside(frame, 0):
        found.append(packet)
        if len(found) > _MOST_PACKETS:
            raise ValueError("too many packets in one frame")
    return found


def _inside(data: bytes, depth: int) -> Iterator[Packet]:
    at = 0
    while at < len(data):
        if len(data) - at < _HEADER.size:
            raise ValueError("a header is cut off")
        length, header, version, operation, _ = _HEADER.unpack_from(data, at)
        if operation == HEARTBEAT_ANSWER:  # its length leaves out what follows the number of viewers
            yield Packet(operation, data[at + header : at + header + 4])
            return
        if header < _HEADER.size or length < header or at + length > len(data):
            raise ValueError("a packet is cut off")
        body = data[at + header : at + length]
        at += length
        if version in (2, 3) and operation == COMMAND:
            if depth >= _DEEPEST:
                raise ValueError("compressed too often")
            yield from _inside(_inflated(body) if version == 2 else _unbrotlied(body), depth + 1)
        else:
            yield Packet(operation, body)


def _inflated(body: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(body, _MOST_BYTES)
    except zlib.error as trouble:
        raise ValueError(f"not zlib: {trouble}") from None
    if reader.unconsumed_tail or not reader.eof:
        raise ValueError("a body is too large or cut off")
    return found


def _unbrotlied(body: bytes) -> bytes:
    reader = brotli.Decompressor()
    try:
        found = bytes(reader.process(body, output_buffer_limit=_MOST_BYTES))
    except brotli.error as trouble:
        raise ValueError(f"not brotli: {trouble}") from None
    if not reader.is_finished():
        raise ValueError("a body is too large or cut off")
    return found
