"""An MCP server that books tables, and misbehaves when asked to: over stdio, or with a port as argument over HTTP."""

from __future__ import annotations

import sys
import threading
from typing import Any

from mcp.server import MCPServer

server = MCPServer("booking")


@server.tool()
def reserve(people: int, time: str) -> dict[str, Any]:
    """A table for so many at that time."""
    return {"number": f"A{people}", "time": time}


@server.tool()
def misbehave(how: str) -> dict[str, Any]:
    """Waits for ever, fails, or says far too much."""
    if how == "slow":
        threading.Event().wait(5)
    if how == "fails":
        raise ValueError("no")
    return {"number": "x" * 400_000}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")
