"""State to pictures: what a screen shows, out of events and commands alone."""
