"""The example tools' town on a free port, with bad services beside the good ones."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from livehost.demo.examples.town import town


class Town:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()
        app = town()
        everything_else = app.routes.pop()  # where MCP is: it stays behind the bad ones
        self._bad_ones(app)
        app.routes.append(everything_else)

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
                    return RedirectResponse("http://localhost:1/queue")
                case "file":
                    return RedirectResponse("file:///etc/passwd")
                case "loop":
                    return RedirectResponse(f"{self.url}/bad/loop")
                case "home":
                    return RedirectResponse("/queue?branch=soho")
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
