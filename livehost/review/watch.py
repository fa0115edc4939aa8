"""`livehost replay --ui`: a recorded session in the browser: time line, sound, every line with its why, what if.

What-if and clips bring the whole core with them, so they are imported when they are first wanted: the page need not wait.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args
from urllib.parse import quote

import msgspec
import uvicorn
from fastapi import FastAPI, Header, HTTPException, Query, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.knowledge import Knowledge
from livehost.record.folder import Header as SessionHeader
from livehost.record.folder import read_header, read_knowledge
from livehost.record.tracks import TRACKS, is_sealed, open_track, track_path, tracks_there
from livehost.review.overview import Where, overview
from livehost.review.rows import Among, Rows, What
from livehost.review.timeline import Timeline
from livehost.review.timeline_reader import read_timeline
from livehost.review.why import life_of, why_line
from livehost.show.address import Address, listen
from livehost.show.guard import Guard
from livehost.show.signin import SignIn

if TYPE_CHECKING:
    from livehost.review.whatif import WhatIf

_WINDOW_MOST = 400
_BEGINNING = 3_000_000  # bytes of the recording that the page is shown with: some minutes of a busy room
_SOUND_BYTES = 65536
_WHAT: frozenset[What] = frozenset(get_args(What))


@dataclass
class Watched:
    """A session that is being looked at. The recording's beginning is there at once, so that a long one can be looked at
    while the rest is read."""

    folder: Path
    other: Path | None
    settings: Sequence[str]
    cases: Path
    tried: WhatIf | None = None
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _whole: Rows | None = None

    @cached_property
    def header(self) -> SessionHeader:
        return read_header(self.folder)

    @cached_property
    def knowledge(self) -> Knowledge:
        return read_knowledge(self.folder)

    @cached_property
    def beginning(self) -> Rows:
        """All of it where it is short."""
        return Rows(read_timeline(self.folder, most=_BEGINNING))

    @property
    def rows(self) -> Rows:
        """All of it, or its beginning as long as the rest is being read: lines have the same numbers in both."""
        return self._whole or self.beginning

    def read_whole(self) -> Rows:
        """May be asked for by several threads; whoever comes while it is read waits."""
        with self._reading:
            if self._whole is None:
                self._whole = self.beginning if self.beginning.seen.whole else Rows(read_timeline(self.folder))
            return self._whole

    def overview(self) -> bytes:
        """JSON"""
        where = Where(tracks_there(self.folder), str(self.cases), str(self.other or ""))
        return msgspec.json.encode(overview(self.folder, self.header, self.knowledge, self.rows, where))

    @property
    def seen(self) -> Timeline:
        return self.rows.seen

    async def try_otherwise(self, settings: Sequence[str]) -> WhatIf:
        """One at a time, beside the page."""
        from livehost.review.alternatives import other_knowledge
        from livehost.review.whatif import what_if

        def run() -> WhatIf:
            after, finds = other_knowledge(self.folder, self.other, settings)
            return what_if(self.folder, after, finds)

        async with self._busy:
            self.tried = await asyncio.to_thread(run)
            return self.tried

    def track(self, name: str) -> Path | None:
        return track_path(self.folder, name)


class Otherwise(BaseModel):
    settings: list[str] = Field(default_factory=list, max_length=40)


class Accepted(BaseModel):
    numbers: list[int] = Field(max_length=100_000)


def application(watched: Watched, host: str = "127.0.0.1") -> FastAPI:
    app = FastAPI(title="Livehost: a recorded session", docs_url=None, redoc_url=None)
    _session(app, watched)
    _whatif(app, watched)
    _files(app, watched)
    passed = stopwatch()
    signin = SignIn(partial(secrets.token_urlsafe, 24))
    app.add_middleware(Guard, signin=signin, now_ms=lambda: round(passed() * 1000), hosts=(host,))
    return app


def _session(app: FastAPI, watched: Watched) -> None:
    @app.get("/api/session")
    def session(whole: bool = False) -> Response:
        """With `whole` once all of it is read."""
        if whole:
            watched.read_whole()
        return Response(watched.overview(), media_type="application/json")

    @app.get("/api/rows")
    def rows(  # noqa: PLR0913, PLR0917 - a query's parameters
        first: Annotated[int, Query(ge=0)] = 0,
        count: Annotated[int, Query(ge=0, le=_WINDOW_MOST)] = 100,
        what: str = "chat,host,said,deed",
        among: Among = "all",
        words: Annotated[str, Query(max_length=200)] = "",
        at_ms: int | None = None,
    ) -> Response:
        """A window of the filtered list; with `at_ms`, `place` is where that moment stands in it."""
        kinds = frozenset(kind for kind in _WHAT if kind in what.split(","))
        found = watched.rows.filtered(kinds, among, words.strip())
        place = watched.rows.place(found, at_ms) if at_ms is not None else None
        return _json({"total": len(found), "place": place, "rows": watched.rows.window(found, first, count)})

    @app.get("/api/why/{index}")
    def why(index: int) -> Response:
        if not 0 <= index < len(watched.seen.lines):
            raise HTTPException(404, "there is no such line")
        return _json(why_line(watched.seen, watched.folder, watched.knowledge, index))

    @app.get("/api/item/{number}")
    def item(number: int) -> Response:
        question = watched.seen.questions.get(number)
        if question is None:
            raise HTTPException(404, "there is no such question")
        return _json(life_of(watched.seen, question))

    @app.get("/api/sound/{name}")
    def sound(name: str, range: Annotated[str, Header()] = "") -> Response:
        path = watched.track(name) if name in TRACKS else None
        if path is None:
            raise HTTPException(404, "there is no such sound")
        return _opened_sound(path, range) if is_sealed(path) else FileResponse(path, media_type="audio/ogg")

    @app.get("/api/clip/{number}")
    def clip(number: int) -> Response:
        """A question's answer as sound to keep, both voices; its captions are made by `livehost clips`."""
        from livehost.review.clips import Sound, slug, write_sound
        from livehost.review.moments import of_items

        with tempfile.TemporaryDirectory() as folder, _told_as_400():
            (moment,) = of_items([number], watched.seen)
            with Sound(watched.folder) as sound:
                place = Path(folder) / f"{slug(moment.title)}.m4a"
                write_sound(place, sound.between(moment.start_ms, moment.end_ms), (), moment.title)
            name = f"attachment; filename*=UTF-8''{quote(place.name)}"
            return Response(place.read_bytes(), media_type="audio/mp4", headers={"Content-Disposition": name})


@contextmanager
def _told_as_400() -> Iterator[None]:
    try:
        yield
    except LivehostError as trouble:
        raise HTTPException(400, str(trouble)) from None


def _whatif(app: FastAPI, watched: Watched) -> None:
    @app.post("/api/whatif")
    async def otherwise(wanted: Otherwise) -> Response:
        try:
            return _json(await watched.try_otherwise([*watched.settings, *wanted.settings]))
        except LivehostError as trouble:
            raise HTTPException(400, str(trouble)) from None

    @app.post("/api/accept")
    async def accept(picked: Accepted) -> dict[str, Any]:
        from livehost.review.whatif import append_cases

        differences = watched.tried.differences if watched.tried else ()
        if not all(0 <= number < len(differences) for number in picked.numbers):
            raise HTTPException(400, "these are not the differences that were found last")
        try:
            count = append_cases(watched.cases, [differences[number] for number in picked.numbers])
        except LivehostError as trouble:
            raise HTTPException(400, str(trouble)) from None
        return {"appended": count, "to": str(watched.cases)}


def _files(app: FastAPI, watched: Watched) -> None:
    package = Path(str(resources.files("livehost")))
    own, shared = package / "review" / "web", package / "show" / "web"
    files = {
        path.name: path
        for path in (own / "watch.css", own / "watch.js", own / "timeline.js", shared / "link.js", shared / "words.js")
    }

    @app.get("/")
    async def root() -> Response:
        return RedirectResponse("/replay")

    @app.get("/replay")
    async def page() -> HTMLResponse:
        return HTMLResponse((own / "watch.html").read_text(encoding="utf-8"))

    @app.get("/report")
    async def report() -> Response:
        """Without its script: the report's own page has another policy than the pages here."""
        path = watched.folder / "report.html"
        if not path.is_file():
            raise HTTPException(404, "there is no report; make one with `livehost report`")
        return FileResponse(path, filename="report.html")

    @app.get("/web/{name}")
    async def file(name: str) -> Response:
        if name not in files:
            raise HTTPException(404)
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(files[name].read_bytes(), media_type=kind)


def _opened_sound(path: Path, wanted: str) -> Response:
    """An encrypted track, opened piece by piece as the page plays it; `wanted` is a Range header."""
    try:
        file = open_track(path)
    except LivehostError as trouble:
        raise HTTPException(409, str(trouble)) from None
    size = file.seek(0, os.SEEK_END)
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    first = int(found[1]) if found else 0
    last = min(int(found[2]) if found and found[2] else size - 1, size - 1)
    if first > last:
        file.close()
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)

    def pieces() -> Iterator[bytes]:
        with file:
            left = last + 1 - first
            while left and (piece := file.read(min(left, _SOUND_BYTES))):
                left -= len(piece)
                yield piece

    headers = {"Accept-Ranges": "bytes", "Content-Length": str(last + 1 - first)}
    if found:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingResponse(pieces(), 206 if found else 200, headers, media_type="audio/ogg")


def _json(what: Any) -> Response:
    return Response(msgspec.json.encode(what), media_type="application/json")


def open_door(port: int) -> tuple[socket.socket, str]:
    """On this machine alone; the address to open. Raises BadInput where the port is taken."""
    door = listen(Address("127.0.0.1", port))
    return door, f"http://127.0.0.1:{door.getsockname()[1]}"


def serve(watched: Watched, door: socket.socket, ready: Callable[[], None]) -> None:
    """Until Ctrl-C; `ready` is called when the door is open."""
    config = uvicorn.Config(
        application(watched),
        log_level="error",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,  # a page that plays keeps its connection for ever
    )
    ready()
    uvicorn.Server(config).run(sockets=[door])
