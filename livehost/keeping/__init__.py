"""Kept sessions: listed, searched, archived, exported; what must go is taken out of them."""
