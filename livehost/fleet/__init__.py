"""Many rooms on Ray: workers that hold them, a supervisor that places them, models that they share, one desk for all.

    fleet.toml ─▶ supervisor (an actor on the head) ◀─ beats ─ workers (actors, several a node) ─▶ rooms
                        │                                          │
                        ▼                                          ▼
                    the desk                            shared models (Ray Serve)

Nothing outside this package and its command knows of it, and ray is imported by what runs alone.
"""
