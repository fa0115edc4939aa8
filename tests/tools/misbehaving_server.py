"""The example tools' MCP server, which here misbehaves when asked to: over stdio, or with a port as argument over HTTP."""

from __future__ import annotations

import threading
from typing import Any

from livehost.demo.examples.booking_server import serve, server


@server.tool()
def misbehave(how: str) -> dict[str, Any]:
    """Waits for ever, fails, or says far too much."""
    if how == "slow":
        threading.Event().wait(5)
    if how == "fails":
        raise ValueError("no")
    return {"number": "x" * 400_000}


if __name__ == "__main__":
    serve()
