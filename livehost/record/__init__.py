"""Beside the flow: what went past, kept on disk and read back."""
