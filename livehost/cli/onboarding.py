"""`livehost new`: a creator's folder in one guided go, each step with what it measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from livehost.cli.base import app
from livehost.errors import LivehostError

Files = Annotated[
    list[Path] | None, typer.Option("--file", help="Products, FAQ, bot commands, documents; may be given again.")
]
Talks = Annotated[
    list[Path] | None,
    typer.Option("--talk", help="Transcripts, subtitles, chat, sessions: how you talk; may be given again."),
]
Chats = Annotated[
    list[str] | None, typer.Option("--chat", help="Where you broadcast, such as twitch:NAME; may be given again.")
]


@app.command()
def new(  # noqa: PLR0913, PLR0917 - each question may be answered beforehand
    creator: Annotated[Path, typer.Argument(metavar="CREATOR", help="The folder to make.")],
    name: Annotated[str, typer.Option(prompt="Your name, as the room knows it")],
    language: Annotated[str, typer.Option(prompt="Language of the show (en or zh; several with a comma)")] = "en",
    cohost: Annotated[str, typer.Option(prompt="What is the co-host called (empty: it has no name)")] = "",
    persona: Annotated[str, typer.Option(prompt="How does it talk, in a sentence")] = "",
    files: Files = None,
    talks: Talks = None,
    chats: Chats = None,
    currency: Annotated[str, typer.Option(help="Of a shop export's prices, such as USD.")] = "",
    ask: Annotated[bool, typer.Option(help="Lets you judge answers at the end.")] = True,
) -> None:
    """Makes a creator's folder in ask-first: who, where, what is known, how you talk; then tries it and lets you judge."""
    from livehost.imports.feeds import Shop
    from livehost.onboarding import Who, begin, bring_in

    languages = tuple(part.strip() for part in language.split(",") if part.strip()) or ("en",)
    begin(creator, Who(name, cohost, languages, persona, chats=tuple(chats or ())))
    _step(1, "who and where", f"{creator / 'creator.toml'} in ask-first" + (f", {', '.join(chats)}" if chats else ""))
    _step(2, "what is known")
    for found in bring_in(creator, files or [], Shop(currency.upper())):
        typer.echo(f"  {found}" if isinstance(found, str) else f"  {found.what} → {found.into}: {found.added} new")
    _step(3, "how you talk")
    if talks:
        _talk(creator, talks, name)
    else:
        typer.echo("  nothing to learn from; livehost persona learn FILES… does it later")
    _try(creator, ask)


def _talk(creator: Path, talks: list[Path], name: str) -> None:
    from livehost.style import as_toml, learn

    try:
        style = learn(talks, [name])
    except LivehostError as trouble:
        typer.echo(f"  {trouble}")
        return
    with (creator / "creator.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + as_toml(style))
    typer.echo(
        f"  {len(style.phrases)} phrases, {style.words_per_sentence} words a sentence; look over [style] in creator.toml"
    )


def _try(creator: Path, ask: bool) -> None:
    from livehost.cli.questions import asker_for
    from livehost.creators import load
    from livehost.evaluation import evaluate, in_words
    from livehost.onboarding import CASES, questions_to_try, some

    knowledge = load(creator)
    cases = questions_to_try(knowledge)
    _step(4, "tried on its own knowledge", f"{len(knowledge.faqs)} FAQ entries, {len(knowledge.products)} products")
    if not cases:
        typer.echo("  there is nothing to try yet: livehost import FILE --into " + str(creator))
        return
    asker = asker_for(creator)
    typer.echo(in_words(evaluate(cases, asker)))
    if ask:
        _step(5, "judge some answers", "y right, n wrong, Enter to leave out, q to end")
        judged = _judge(creator, asker, [case.text for case in some(cases)])
        typer.echo(
            f"  {judged} judgements in {creator / CASES}; livehost evaluate {creator} {creator / CASES} counts them"
        )
    typer.echo(f"Next: livehost doctor {creator}, then livehost run {creator} --port 8600")


def _judge(creator: Path, asker: Any, lines: list[str]) -> int:
    from livehost.onboarding import keep_case

    judged = 0
    for line in lines:
        decision = asker.ask(line)
        typer.echo(f"  {line}\n    → {decision.answer or decision.route}")
        answer = typer.prompt("    right", default="", show_default=False).strip().lower()
        if answer == "q":
            break
        if answer in ("y", "n"):
            keep_case(creator, decision, answer == "y")
            judged += 1
    return judged


def _step(number: int, what: str, measured: str = "") -> None:
    typer.echo(f"{number}. {what}" + (f": {measured}" if measured else ""))
