"""`python -m livehost`: the command line without its script; `setup` works before anything else is installed."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] == ["setup"]:
        from livehost.errors import LivehostError
        from livehost.setup import run

        try:
            run()
        except LivehostError as trouble:
            sys.stderr.write(f"livehost: {trouble}\n")
            sys.exit(trouble.exit_code)
        return
    from livehost.cli import main as command_line

    command_line()


main()
