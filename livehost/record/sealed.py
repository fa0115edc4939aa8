"""Sound kept encrypted: a file that grows by whole pieces, so that what a crash leaves behind can be read to its end.

    "LHSEAL1\n"  16 bytes of salt  piece  piece  …  last piece

Each piece is 4096 bytes of the plain file under AES-256-GCM (the last one shorter), its number the nonce; the key is HKDF-SHA256
of the machine's key over the salt, so that no two files share one. The last piece is marked as such: a file without it was
cut off.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
from pathlib import Path
from typing import BinaryIO

from livehost.errors import BadInput
from livehost.secret import Secrets, variable

SEALED = ".sealed"  # behind a file's name
_MAGIC = b"LHSEAL1\n"
_SALT_BYTES, _PIECE_BYTES, _TAG_BYTES = 16, 4096, 16
_HEAD_BYTES = len(_MAGIC) + _SALT_BYTES
_SECRET = "recording_key"
_LAST = b"last"


def recording_key(secrets: Secrets, *, make: bool = False) -> bytes:
    """32 bytes, out of the environment or the system's keyring. `make`: a new one where there is none.

    Raises BadInput for one that is no key or is not there, MissingPart where the keyring can't keep a new one.
    """
    text = secrets.get(_SECRET)
    if not text and make:
        text = base64.urlsafe_b64encode(os.urandom(32)).decode()
        secrets.keep(_SECRET, text)
    if not text:
        raise BadInput(
            "the key of the encrypted sound is not on this machine", fix=f"Set {variable(_SECRET)} to what it was"
        )
    try:
        key = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise BadInput("the key of the encrypted sound is none", fix=f"{variable(_SECRET)} must be 32 bytes in base64")
    return key


class SealedWriter(io.RawIOBase):
    """What is written goes to disk encrypted, piece by piece; only its end can be written to."""

    def __init__(self, path: Path, key: bytes) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._cipher = _cipher(key, salt)
        self._file = path.open("wb", buffering=0)
        self._file.write(_MAGIC + salt)
        self._waiting = bytearray()
        self._pieces = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._pieces * _PIECE_BYTES + len(self._waiting)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = offset + (self.tell() if whence != io.SEEK_SET else 0)
        if place != self.tell():
            raise io.UnsupportedOperation("only the end of a sealed file can be written to")
        return place

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > _PIECE_BYTES:  # the last whole piece waits: it may be the file's last one
            self._put(bytes(self._waiting[:_PIECE_BYTES]), b"")
            del self._waiting[:_PIECE_BYTES]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            try:
                self._put(bytes(self._waiting), _LAST)
            finally:
                self._file.close()
        super().close()

    def _put(self, piece: bytes, mark: bytes) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._pieces), piece, mark))
        self._pieces += 1


class SealedReader(io.RawIOBase):
    """The plain file, at any place; `whole` tells whether its end is there. Raises BadInput where it was changed or the key is
    another."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._file = path.open("rb")
        head = self._file.read(_HEAD_BYTES)
        if not head.startswith(_MAGIC):
            self._file.close()
            raise BadInput("this is no encrypted sound", where=str(path))
        self._cipher = _cipher(key, head[len(_MAGIC) :])
        bytes_there = path.stat().st_size - _HEAD_BYTES
        self._count, rest = divmod(bytes_there, _PIECE_BYTES + _TAG_BYTES)
        self._count += rest >= _TAG_BYTES
        self._at = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        self.whole = False
        self.length = self._length()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, within = divmod(self._at, _PIECE_BYTES)
        if self._at >= self.length:
            return 0
        data = self._piece(number)[within : within + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _length(self) -> int:
        """Also finds out whether the last piece is the file's end, or what a crash left of it."""
        if not self._count:
            return 0
        last = self._read(self._count - 1)
        found = self._opened(self._count - 1, last, _LAST)
        self.whole = found is not None
        if found is None:
            found = self._opened(self._count - 1, last, b"")
        if found is None:
            self._count -= 1  # it was torn while it was written, or the key is another
            found = self._piece(self._count - 1) if self._count else b""
        return max(0, self._count - 1) * _PIECE_BYTES + len(found)

    def _piece(self, number: int) -> bytes:
        if self._kept[0] != number:
            mark = _LAST if self.whole and number == self._count - 1 else b""
            found = self._opened(number, self._read(number), mark)
            if found is None:
                raise BadInput(
                    "the encrypted sound can't be opened: it was changed, or is of another key", where=str(self._path)
                )
            self._kept = (number, found)
        return self._kept[1]

    def _read(self, number: int) -> bytes:
        self._file.seek(_HEAD_BYTES + number * (_PIECE_BYTES + _TAG_BYTES))
        return self._file.read(_PIECE_BYTES + _TAG_BYTES)

    def _opened(self, number: int, piece: bytes, mark: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(_nonce(number), piece, mark)  # type: ignore[no-any-return]
        except InvalidTag:
            return None


def _cipher(key: bytes, salt: bytes):  # type: ignore[no-untyped-def]
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt, b"livehost sound").derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def seal(path: Path, key: bytes) -> Path:
    """The file encrypted, in its place; the plain one is gone."""
    to = path.with_name(path.name + SEALED)
    fresh = to.with_name(f".{to.name}.new")
    with path.open("rb") as plain, SealedWriter(fresh, key) as sealed:
        while piece := plain.read(1 << 20):
            sealed.write(piece)
    fresh.replace(to)
    path.unlink()
    return to


def unseal(path: Path, key: bytes) -> Path:
    """The plain file again, in its place. Raises BadInput."""
    to = path.with_name(path.name.removesuffix(SEALED))
    fresh = to.with_name(f".{to.name}.new")
    with opened(path, key) as sealed, fresh.open("wb") as plain:
        while piece := sealed.read(1 << 20):
            plain.write(piece)
    fresh.replace(to)
    path.unlink()
    return to


def opened(path: Path, key: bytes) -> BinaryIO:
    return io.BufferedReader(SealedReader(path, key))
