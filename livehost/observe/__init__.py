"""Beside the flow, for a creator's team: what became of each answered line as traces, and what happened as a log."""
