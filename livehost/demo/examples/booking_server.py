"""An MCP server that books tables: over stdio, or with a port as argument over HTTP."""

from __future__ import annotations

import sys
from typing import Any

from mcp.server import MCPServer

server = MCPServer("booking")


@server.tool()
def reserve(people: int, time: str) -> dict[str, Any]:
    """A table for so many at that time."""
    return {"number": f"A{people}", "time": time}


@server.tool()
def free_tables(time: str) -> dict[str, Any]:
    """How many tables are free at that time: none at eight."""
    return {"free": 0 if time.startswith("8") else 5}


def serve() -> None:
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")


if __name__ == "__main__":
    serve()
