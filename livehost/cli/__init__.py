"""The command line. Results go to stdout, progress and errors to stderr; exit codes are those of CONTRACTS.md."""

from __future__ import annotations

import os
import sys

from livehost.cli import (  # noqa: F401 - each adds its commands
    enrolment,
    fleet,
    highlights,
    keeping,
    lessons,
    live,
    machine,
    memory,
    numbers,
    onboarding,
    people,
    persona,
    questions,
    rooms,
    sessions,
    sound,
    team,
)
from livehost.cli.base import app
from livehost.errors import LivehostError
from livehost.private import make_private


def main() -> None:
    """The entry point: a trouble that the user can mend is one line on stderr, not a traceback."""
    # Beside OBS no library takes every core, and a pool whose threads wait for each other by spinning takes a second for
    # what one thread does in 20 ms.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    make_private()
    try:
        app()
    except LivehostError as trouble:
        sys.stderr.write(f"livehost: {trouble}\n")
        sys.exit(trouble.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
