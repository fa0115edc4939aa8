"""A town's small services on this machine, for the example tools; and bad ones."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

PLACES = {"central station": ("p1", "Central Station"), "old pier": ("p2", "the Old Pier"),
          "人民广场": ("p3", "人民广场"), "外滩": ("p4", "外滩")}  # fmt: skip


class Town:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()
        app = FastAPI()
        self._services(app)
        self._bad_ones(app)

        @app.middleware("http")
        async def note(request: Request, call: Any) -> Any:
            self.asked.append(str(request.url).split("/", 3)[3])
            return await call(request)

        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, args=([self._door],), daemon=True)
        self._thread.start()

    def _services(self, app: FastAPI) -> None:
        @app.get("/queue")
        def queue(branch: str) -> Any:
            return {"queue": {"tables": 7 if branch == "soho" else 0, "minutes": 25}}

        @app.get("/orders/{account}")
        def order(account: str, request: Request) -> Any:
            if request.headers.get("authorization") != "Bearer t" or account != "c-17":
                return JSONResponse({"error": "no"}, 403)
            return {"order": {"state": "sent", "arrives": "November 30"}}

        @app.get("/courses/{name}")
        def course(name: str) -> Any:
            return {"course": {"begins": "March 3", "teacher": "Lin Wei", "places": 4 if name == "python" else 0}}

        @app.get("/hours")
        def hours() -> Any:
            return {"open": True, "today": {"opens": "10:00", "closes": "22:00"}}

        @app.get("/places")
        def place(name: str) -> Any:
            found = PLACES.get(name.lower().removeprefix("the "))
            return {"place": {"id": found[0], "name": found[1]} if found else None}

        @app.get("/route")
        def route() -> Any:
            return {"route": {"line": "tram 5", "minutes": 18}}

        @app.get("/products/{product}")
        def product(product: str) -> Any:
            return {"product": {"title": "Ridge Jacket", "price": 119, "stock": 3}}

    def _bad_ones(self, app: FastAPI) -> None:
        @app.get("/bad/{what}")
        def bad(what: str) -> Any:  # noqa: PLR0912 - one line per sort of badness
            match what:
                case "slow":
                    self.go_on.wait(10)
                case "fails":
                    return JSONResponse({}, 500)
                case "huge":
                    return Response(b'{"a": "' + b"x" * 2_000_000 + b'"}', media_type="application/json")
                case "deep":
                    return Response(b"[" * 100_000, media_type="application/json")
                case "html":
                    return Response("<html>hello</html>", media_type="text/html")
                case "metadata":
                    return RedirectResponse("http://169.254.169.254/latest/meta-data")
                case "private":
                    return RedirectResponse("http://10.0.0.1/secret")
                case "elsewhere":
                    return RedirectResponse("http://localhost:1/hours")
                case "file":
                    return RedirectResponse("file:///etc/passwd")
                case "loop":
                    return RedirectResponse(f"{self.url}/bad/loop")
                case "home":
                    return RedirectResponse("/hours")
                case "negative":
                    return {"minutes": -5, "text": "fine"}
                case "words":
                    return {"minutes": "ten thousand", "text": "fine"}
                case "link":
                    return {"minutes": 5, "text": "go to https://evil.example"}
                case "long":
                    return {"minutes": 5, "text": "a" * 500}
                case "markup":
                    return {"minutes": 5, "text": "<b>hi</b>"}
                case "listed":
                    return {"minutes": [5], "text": {"a": 1}}
            return {}

    def close(self) -> None:
        self.go_on.set()
        self._server.should_exit = True
        self._thread.join(5)
        self._door.close()
