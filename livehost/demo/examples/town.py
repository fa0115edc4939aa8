"""A small town's services for the example tools, on this machine: `python -m livehost.demo.examples.town 8700`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from mcp.server import MCPServer

_PLACES = {"central station": ("p1", "Central Station"), "old pier": ("p2", "the Old Pier"),
           "人民广场": ("p3", "人民广场"), "外滩": ("p4", "外滩")}  # fmt: skip
_STOCK = {"ridge-jacket": ("Ridge Jacket", 129, 3), "iron-wok": ("铸铁炒锅", 199, 12)}


def town() -> FastAPI:
    """A queue, orders, courses, places with the way between them, and a shop's stock; opening hours over MCP at /mcp."""
    board = MCPServer("town")

    @board.tool()
    def opening_hours() -> dict[str, Any]:
        """Of today, and whether it is open now."""
        return {"open": True, "today": {"opens": "10:00", "closes": "22:00"}}

    over_http = board.streamable_http_app()

    @asynccontextmanager
    async def alive(_app: FastAPI) -> AsyncIterator[None]:
        async with board.session_manager.run():
            yield

    app = FastAPI(lifespan=alive)

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

    @app.get("/places")
    def place(name: str) -> Any:
        found = _PLACES.get(name.lower().removeprefix("the "))
        return {"place": {"id": found[0], "name": found[1]} if found else None}

    @app.get("/route")
    def route() -> Any:
        return {"route": {"line": "tram 5", "minutes": 18}}

    @app.get("/products/{product}")
    def product(product: str) -> Any:
        if product not in _STOCK:
            return JSONResponse({"error": "no such product"}, 404)
        title, price, stock = _STOCK[product]
        return {"product": {"title": title, "price": price, "stock": stock}}

    app.mount("/", over_http)
    return app


if __name__ == "__main__":
    uvicorn.run(town(), host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
