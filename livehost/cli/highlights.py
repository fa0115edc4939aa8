"""`livehost clips` and `livehost transcript`: what is worth showing of a session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from livehost.cli.base import AsJson, app, print_json
from livehost.cli.sessions import Session, reading
from livehost.errors import BadInput


@app.command()
def clips(  # noqa: PLR0913, PLR0917 - the ways of choosing
    session: Session,
    at: Annotated[
        list[str] | None, typer.Option(metavar="FROM-TO", help="A span such as 12:30-13:05; again for more.")
    ] = None,
    item: Annotated[list[int] | None, typer.Option(help="A question by its number; again for more.")] = None,
    best: Annotated[int, typer.Option(help="The so many most asked, when nothing else is chosen.")] = 5,
    form: Annotated[Literal["wav", "mp3", "m4a"], typer.Option("--format")] = "m4a",
    join: Annotated[bool, typer.Option("--join", help="One file of all, with chapters.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The folder; clips in the session's.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only lists the moments.")] = False,
    as_json: AsJson = False,
) -> None:
    """Moments of a session as sound, with captions (SRT, VTT) of host and co-host."""
    from livehost.record.folder import read_knowledge
    from livehost.review import moments
    from livehost.review.captions import captions, short
    from livehost.review.clips import Said, Sound, write_clips, write_joined
    from livehost.review.timeline_reader import read_timeline
    from livehost.review.transcript import speakers
    from livehost.subtitles import clock

    knowledge = read_knowledge(session)
    with reading(session) as passed:
        seen = read_timeline(session, passed)
    found = [*moments.chosen(at or [], seen), *moments.of_items(item or [], seen)]
    if not found:
        found = moments.moments(seen) if listed else moments.best(moments.moments(seen), best)
    if listed:
        if as_json:
            print_json([moment._asdict() for moment in found])
        else:
            for one in found:
                typer.echo(
                    f"{one.item:4} {clock(one.start_ms)}-{clock(one.end_ms)}  {one.worth:2.0f} asked  {one.title}"
                )
        return
    if not found:
        raise BadInput(
            "nothing was answered aloud in this session", where=str(session), fix="Choose a span with --at FROM-TO"
        )
    names = speakers(knowledge, "zh" if knowledge.creator.languages[0] == "zh" else "en")
    folder, said = out or session / "clips", Said(list(short(captions(seen))), names)
    with Sound(session) as sound:
        if join:
            written = [write_joined(sound, found, said, folder / f"highlights.{form}")]
        else:
            written = list(write_clips(sound, found, said, folder, form))
    if as_json:
        print_json([str(path) for path in written])
    else:
        typer.echo("\n".join(map(str, written)))


@app.command()
def transcript(
    session: Session,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; transcript.md in the session's folder. - : stdout")
    ] = None,
    language: Annotated[
        Literal["en", "zh"] | None, typer.Option(help="Of the few words around; the creator's first.")
    ] = None,
    names: Annotated[bool, typer.Option("--names/--no-names", help="With the viewers' names.")] = True,
) -> None:
    """What was said and asked, in Markdown."""
    from livehost.record.folder import read_header, read_knowledge
    from livehost.review.timeline_reader import read_timeline
    from livehost.review.transcript import transcript as written

    header, knowledge = read_header(session), read_knowledge(session)
    with reading(session) as passed:
        seen = read_timeline(session, passed)
    own: Literal["en", "zh"] = "zh" if knowledge.creator.languages[0] == "zh" else "en"
    text = written(header, knowledge, seen, language or own, names=names)
    if out == Path("-"):
        sys.stdout.write(text)
        return
    place = out or session / "transcript.md"
    try:
        place.write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise BadInput(f"it can't be written: {trouble.strerror}", where=str(place)) from None
    typer.echo(str(place))
