"""Servers on loopback that speak the platforms' protocols, written from their documentation and apart from the clients.

Each can be told to cut, to fall silent, to send twice or out of order, and to refuse; other tests and benchmarks use them too.
"""
