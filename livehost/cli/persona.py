"""Commands on who the co-host is: `persona learn`, `persona ask`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import CreatorFolder, app
from livehost.private import as_it_was

persona = typer.Typer(no_args_is_help=True, help="How the co-host talks.")
app.add_typer(persona, name="persona")


@persona.callback()
def _persona() -> None:
    """How the co-host talks."""


@persona.command("learn")
def learn(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES…", help="Transcripts, subtitles, chat, recorded sessions.")
    ],
    into: Annotated[
        Path | None, typer.Option(metavar="CREATOR", help="Writes it into creator.toml, in place of what it says now.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="The creator's name in chat files; may be given again.")
    ] = None,
) -> None:
    """Phrases, address, emoji and length of sentences out of the creator's own words, as a part of creator.toml to look over."""
    from livehost.creator_file import read_creator
    from livehost.style import as_toml, learn

    names = list(name or [])
    if into:
        names.append(read_creator(into / "creator.toml").name)
    table = as_toml(learn(files, names))
    typer.echo(table, nl=False)
    if into:
        path = into / "creator.toml"
        before = re.sub(r"(?ms)^\[style\]\n.*?(?=^\[|\Z)", "", path.read_text(encoding="utf-8")).rstrip("\n")
        fresh = path.with_name(".creator.toml.new")
        fresh.write_text(f"{before}\n\n{table}", encoding="utf-8")
        try:
            read_creator(fresh)
        except Exception:
            fresh.unlink()
            raise
        as_it_was(fresh, path)
        fresh.replace(path)
        typer.echo(f"written into {path}: look it over, and delete what you do not want said", err=True)


@persona.command("ask")
def ask(
    creator: CreatorFolder,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help='Lines "id: words" instead of asking at the terminal.')
    ] = None,
) -> None:
    """Asks you for your opinions, once; what you answer may be said as yours, and nothing else."""
    from livehost.creators import load
    from livehost.opinions import ask as put_questions
    from livehost.opinions import read_answers

    given = read_answers(answers, load(creator)) if answers else None

    def answer(question: str) -> str:
        return given.get(question, "") if given is not None else typer.prompt(question, default="", show_default=False)

    written = put_questions(creator, answer, lambda wrong: typer.echo(f"  {wrong}", err=True))
    typer.echo(f"{written} answers written into {creator / 'faq.csv'}")
