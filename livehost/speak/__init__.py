"""Text to sound: what can be said, by which voice, and what goes out through the gate."""
