"""`livehost learn`: what people corrected becomes better answers, when somebody agrees."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from livehost.cli.base import AsJson, CreatorFolder, app, print_json


@app.command()
def learn(  # noqa: PLR0913, PLR0917 - what can be done with proposals
    creator: CreatorFolder,
    shelf: Annotated[Path, typer.Option("--in", metavar="FOLDER", help="The folder of your sessions.")] = Path(
        "sessions"
    ),
    apply: Annotated[str, typer.Option(metavar="1,3-5", help="Writes these proposals into the creator's folder.")] = "",
    decline: Annotated[str, typer.Option(metavar="2", help="Never proposes these again.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Takes back what was applied last.")] = False,
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Appends the corrections as cases for `livehost evaluate`.")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure/--no-measure", help="What each would change in all sessions.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Proposals out of what moderators corrected in kept sessions, with what each would change; applied with --apply."""
    from livehost.creators import load
    from livehost.lessons import applying
    from livehost.lessons.corrections import cases as cases_of
    from livehost.lessons.gathering import gather
    from livehost.lessons.proposals import proposals
    from livehost.review.alternatives import chosen
    from livehost.review.whatif import append_to

    if undo:
        typer.echo("\n".join(f"taken back: {what}" for what in applying.undo(creator)))
        return
    knowledge = load(creator)
    gathered = gather(shelf, creator.resolve().name)
    if cases:
        count = append_to(cases, list(cases_of(gathered.corrections)))
        sys.stderr.write(f"livehost: {count} cases appended to {cases}\n")
    known = applying.declined(creator)
    found = [one for one in proposals(gathered.corrections, knowledge) if one.key not in known]
    if apply or decline:
        picked = chosen(found, decline or apply, "proposals")
        if decline:
            applying.decline(creator, picked)
            typer.echo("\n".join(f"declined: {applying.in_short(one)}" for one in picked))
        else:
            step = applying.apply(creator, picked)
            typer.echo("\n".join(f"applied: {applying.in_short(one)}" for one in picked))
            typer.echo(f"`livehost learn {creator} --undo` takes it back; the files as they were: {step}")
        return
    effects = _effects(knowledge, gathered, found) if measure and found else [None] * len(found)
    if as_json:
        print_json(
            [{"proposal": one, "key": one.key, "effect": effect} for one, effect in zip(found, effects, strict=True)]
        )
        return
    counted = f"{len(gathered.corrections)} corrections in {len(gathered.sessions)} sessions"
    typer.echo(f"{counted}, {len(found)} proposals" if found else f"{counted}; there is nothing to propose")
    _tell(found, effects)
    if found:
        typer.echo(f"Apply with: livehost learn {creator} --in {shelf} --apply 1,3")


def _tell(found: list[Any], effects: list[Any]) -> None:
    from livehost.lessons import applying

    for number, (one, effect) in enumerate(zip(found, effects, strict=True), 1):
        typer.echo(f"{number:3} {applying.in_short(one)}")
        typer.echo(f"      {one.times}× corrected, last: {one.why}")
        if one.before:
            typer.echo(f"      now: {one.before}")
        if effect:
            typer.echo(f"      {_in_words(effect)}")
            for sample in effect.samples:
                typer.echo(f"        {sample}")


def _effects(knowledge: Any, gathered: Any, found: list[Any]) -> list[Any]:
    from rich.progress import track

    from livehost.cli.questions import embeddings
    from livehost.lessons.effect import LINES_MOST, Measuring, asked

    lines = asked(gathered.seen())
    if len(lines) > LINES_MOST:
        sys.stderr.write(f"livehost: measured on the {LINES_MOST} most frequent of {len(lines)} questions\n")
    measuring = Measuring(knowledge, lines, gathered.corrections, embeddings())
    quiet = not sys.stderr.isatty()
    shown = track(found, "measuring", console=Console(stderr=True), disable=quiet, transient=True)
    return [measuring.effect(one) for one in shown]


def _in_words(effect: Any) -> str:
    changes = [
        f"{count} {what}"
        for count, what in (
            (effect.newly_answered, "newly answered"),
            (effect.no_longer_answered, "no longer answered"),
            (effect.otherwise, "answered otherwise"),
        )
        if count
    ]
    told = ", ".join(changes) or "nothing else changes"
    judged = f"; corrections that come out right: {effect.right_before} → {effect.right_after} of {effect.judged}"
    return f"in {effect.lines:,} questions: {told}" + (judged if effect.judged else "")
