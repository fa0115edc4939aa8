"""Sound to words: the host's microphone or file, where speech begins and ends, and what was said."""
