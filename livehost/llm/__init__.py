"""A model's words from outside: what it is asked, how its stream is read, what it may cost."""
