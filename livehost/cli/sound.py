"""Commands on sound: `livehost transcribe` and `livehost voices …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import AsJson, app, print_json

voices_app = typer.Typer(no_args_is_help=True, help="Voices: what is there, and what they sound like.")
app.add_typer(voices_app, name="voices")


@app.command()
def transcribe(
    file: Path,
    language: Annotated[str | None, typer.Option(help="en, zh, …; found out when not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is said in an audio file."""
    from livehost.hear.transcribe import transcribe_file

    heard = transcribe_file(file, language)
    if as_json:
        print_json(heard)
    else:
        typer.echo(heard.text)


@voices_app.command("list")
def voices_list(as_json: AsJson = False) -> None:
    """The voices that can be spoken with."""
    from livehost.speak.voices import list_voices

    voices = list_voices()
    if as_json:
        print_json(voices)
        return
    for voice in voices:
        typer.echo(f"{voice.name:14} {', '.join(voice.languages):8} {voice.kind}")


@voices_app.command("say")
def voices_say(
    voice: str,
    text: str,
    out: Annotated[Path, typer.Option("-o", "--out", help="The WAV file to write.")],
    creator: Annotated[Path | None, typer.Option(help="With this creator's pronunciations and voices.")] = None,
    as_json: AsJson = False,
) -> None:
    """Speaks TEXT into a file."""
    from livehost.speak.say import say

    said = say(voice, text, out, creator)
    if as_json:
        print_json(said)
    else:
        typer.echo(f"{out}: {said.audio_seconds:.1f} s, first sound after {said.first_audio_ms} ms")
        typer.echo(f"  {said.words}")
