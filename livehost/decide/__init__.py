"""Questions to actions: what to say, when, and what is left unsaid. All of it pure."""
