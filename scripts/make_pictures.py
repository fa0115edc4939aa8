"""The README's pictures: the real pages in a real Chromium, showing a moment of a kept recording."""

from __future__ import annotations

import base64
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from livehost.record.folder import read_knowledge
from livehost.show.view import View
from tests.looking import pages_of, view_at

_SEARCHED_MS, _SAID_MS = 60_000, 1_500
ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "scripts" / "pictures"
SHOP = "body { background: radial-gradient(circle at 30% 30%, #b98d5c, #6f5138 45%, #2b2420) !important }"  # under the overlay


@dataclass(frozen=True)
class Moment:
    """A recording, and how its pages are looked at: the first moment from `at_ms` on at which a product is spoken of."""

    recording: str
    language: str
    at_ms: int


MOMENTS = (Moment("anna", "en", 37_000), Moment("xiaohe", "zh", 34_000))


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    width: int
    height: int
    scheme: str = "light"
    style: str = ""


SHOTS = (
    Shot("console", "/console", 1440, 900),
    Shot("console-dark", "/console", 1440, 900, "dark"),
    Shot("phone", "/console", 380, 800),
    Shot("prompter", "/host", 1280, 720),
    Shot("overlay", "/overlay", 1280, 720, style=SHOP),
    Shot("overlay-portrait", "/overlay", 540, 960, style=SHOP),
)
KEPT = ("console", "phone", "prompter", "overlay")


def main() -> None:
    """Without arguments the README's; with a folder: every shot, as PNG, for looking at."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    (folder or PICTURES).mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for moment in MOMENTS:
            recording = ROOT / "tests" / "recordings" / moment.recording
            with pages_of(spoken_of(recording, moment.at_ms), read_knowledge(recording)) as looked:
                for shot in SHOTS:
                    if folder:
                        file = folder / f"{shot.name}-{moment.language}.png"
                        file.write_bytes(taken(browser, looked.base, shot, moment))
                    elif shot.name in KEPT:
                        file = PICTURES / f"{shot.name}-{moment.language}.webp"
                        file.write_bytes(as_webp(browser, taken(browser, looked.base, shot, moment)))
                        print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KiB")


def spoken_of(recording: Path, at_ms: int) -> View:
    for later_ms in range(at_ms, at_ms + _SEARCHED_MS, 200):
        view = view_at(recording, later_ms)
        item = view.items.get(view.saying)
        begun = later_ms - view.saying_since_ms > _SAID_MS
        if item and item.decision and item.decision.product_id and item.question and begun:
            return view
    sys.exit(f"{recording}: nothing is said of a product after {at_ms} ms")


def taken(browser: Browser, url: str, shot: Shot, moment: Moment) -> bytes:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        device_scale_factor=2 if shot.width < 600 else 1,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}{shot.path}?lang={moment.language}")
    if shot.style:
        page.add_style_tag(content=shot.style)
    settled(page)
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def settled(page: Page) -> None:
    page.wait_for_function("document.body.innerText.length > 40")
    page.wait_for_timeout(700)


def as_webp(browser: Browser, picture: bytes) -> bytes:
    """The browser's own encoder: no other library is needed for it."""
    page = browser.new_page()
    encoded: Any = page.evaluate(
        """async png => {
            const image = new Image(); image.src = 'data:image/png;base64,' + png; await image.decode()
            const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
            canvas.getContext('2d').drawImage(image, 0, 0)
            return canvas.toDataURL('image/webp', 0.86).split(',')[1]
        }""",
        base64.b64encode(picture).decode(),
    )
    page.close()
    return base64.b64decode(encoded)


main()
