"""Commands on voices that belong to a person: `livehost voices withdraw`."""

from __future__ import annotations

import typer

from livehost.cli.sound import voices_app


@voices_app.command("withdraw")
def voices_withdraw(voice: str) -> None:
    """The person takes their consent back: the voice is deleted, the record of it stays."""
    from livehost.clock import local_now
    from livehost.speak.consent import withdraw
    from livehost.speak.voices import find, shelves

    folder, _ = find(voice, shelves())
    gone = withdraw(folder, local_now())
    typer.echo(
        f"{voice}: the consent is withdrawn; {', '.join(gone) or 'nothing'} was deleted, it does not speak again"
    )
