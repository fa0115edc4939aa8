"""Carries out look-ups over HTTP and MCP; what comes back is checked before it is evidence."""
