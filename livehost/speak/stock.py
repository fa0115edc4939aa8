"""The 54 voices that Kokoro was published with (Apache-2.0), each as its style at a middle length.

stock.npz also holds what two speaker encoders hear in them and their median pitch, measured once on two sentences each.
"""

from __future__ import annotations

from importlib import resources

import numpy as np
from numpy.typing import NDArray

Style = NDArray[np.float32]
_MIDDLE = slice(60, 200)  # numbers of tokens over which a pack was averaged
_SAME = 2e-3


class Stock:
    """`styles` [54, 256]; `by_length` [510, 256] is how all of them change with the number of tokens, on average."""

    def __init__(self) -> None:
        with resources.files("livehost.speak").joinpath("stock.npz").open("rb") as file:
            data = np.load(file, allow_pickle=False)
            self.names = [str(name) for name in data["names"]]
            self.styles: Style = data["styles"]
            self.by_length: Style = data["length_rows"] @ data["length_parts"]
            self.embeddings: dict[str, Style] = {name: data[name] for name in ("resemblyzer", "cam++")}  # [54, size]
            self.log_f0: Style = np.log(data["f0"])

    def speaks(self, language: str) -> list[int]:
        prefixes = {"en": "ab", "zh": "z"}[language]
        return [n for n, name in enumerate(self.names) if name[0] in prefixes]

    def name_of(self, pack: Style) -> str:
        """The published voice that `pack` [510, 256] is, else empty."""
        away = np.abs(self.styles - pack[_MIDDLE].mean(0)).max(1)
        nearest = int(away.argmin())
        return self.names[nearest] if away[nearest] < _SAME else ""
