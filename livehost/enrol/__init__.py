"""A person's voice, with their consent: recordings to a style that Kokoro speaks in. Runs apart from any session."""
