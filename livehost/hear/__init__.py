"""Sound to words: where the host's voice begins and ends, and what it said."""
