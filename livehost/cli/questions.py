"""Commands on questions and knowledge: `ask`, `classify`, `cluster`, `evaluate`, `import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from livehost.cli.base import AsJson, CreatorFolder, app, print_json
from livehost.errors import BadInput


@app.command()
def ask(creator: CreatorFolder, text: str, as_json: AsJson = False) -> None:
    """One decision without a session."""
    decision = asker_for(creator).ask(text)
    if as_json:
        print_json(decision)
        return
    typer.echo(f"{decision.kind} → {decision.route} ({decision.confidence:.2f})")
    if decision.answer:
        typer.echo(decision.answer)
    for piece in decision.evidence:
        typer.echo(f"  {piece.source} {piece.id} {piece.field}: {piece.value}")
    typer.echo(f"  {', '.join(decision.reasons)}")


@app.command()
def classify(creator: CreatorFolder) -> None:
    """Decisions in bulk: lines {"id", "text"} from stdin, decision objects to stdout in the same order."""
    from livehost.asking import classify as classify_lines

    for line in classify_lines(sys.stdin.buffer, asker_for(creator)):
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


@app.command()
def cluster(creator: CreatorFolder) -> None:
    """The same questions put together: lines {"id", "at_ms", "user", "text"} from stdin, an item a line to stdout."""
    from livehost.gathering import gather
    from livehost.understand.clusters import ByLetters, ByMeaning, QuestionClusters
    from livehost.understand.sentences import Sentences

    sentences = Sentences()
    clusters = QuestionClusters(ByMeaning(sentences) if sentences.works else ByLetters())
    for item in gather(sys.stdin.buffer, asker_for(creator), clusters):
        print_json(item)


@app.command()
def evaluate(
    creator: CreatorFolder,
    cases: list[Path],
    budget: Annotated[
        Path | None, typer.Option(metavar="TOML", help="coverage and precision to keep; exit 1 when one got worse.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Coverage, precision and calibration of the answers on labelled lines {"text", "expect"}, of one file or several."""
    from livehost.evaluation import evaluate as evaluate_cases
    from livehost.evaluation import in_words, over_budget, read_budget, read_cases

    kept = read_budget(budget) if budget else None
    listed = [case for path in cases for case in read_cases(path)]
    asker = asker_for(creator)
    shown = track(listed, "evaluating", console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    found = evaluate_cases(shown, asker)
    if as_json:
        print_json(found)
    else:
        typer.echo(in_words(found))
    if kept and (worse := over_budget(found, kept)):
        sys.stderr.write("".join(f"livehost: {what}\n" for what in worse))
        raise typer.Exit(1)


@app.command("import")
def import_(  # noqa: PLR0913, PLR0917 - a command takes its options one by one
    files: Annotated[list[Path], typer.Argument(metavar="FILE…")],
    into: Annotated[Path, typer.Option(metavar="CREATOR", help="The creator's folder.")],
    currency: Annotated[str, typer.Option(help="Of a shop export's prices, such as USD.")] = "",
    shop: Annotated[str, typer.Option(help="The shop's address, for the links that Shopify's export leaves out.")] = "",
    title: Annotated[str, typer.Option(help="Of a video; not given: its own, or the file's name.")] = "",
    link: Annotated[str, typer.Option(help="Where a video can be watched.")] = "",
    as_json: AsJson = False,
) -> None:
    """Products, FAQ, bot commands, documents and videos into a creator's folder; what is there stays."""
    from livehost.imports.feeds import Shop
    from livehost.imports.into import import_file
    from livehost.imports.video import About

    if len(files) > 1 and (title or link):
        raise BadInput("--title and --link are one video's", fix="Give one file with them")
    shown = track(files, "importing", console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    all_done = [import_file(file, into, Shop(currency.upper(), shop), About(title, link)) for file in shown]
    if as_json:
        print_json(all_done if len(files) > 1 else all_done[0])
        return
    for done in all_done:
        typer.echo(f"{done.what} → {done.into}: {done.added} new, {done.changed} changed, {done.unchanged} as before")
        for reason in done.left_out:
            typer.echo(f"  left out {reason}")


def asker_for(creator: Path) -> Any:
    from livehost.asking import Asker, matcher_for
    from livehost.creators import load
    from livehost.toolbox import read_toolbox
    from livehost.tools.runner import Runner

    knowledge = load(creator)
    runner = Runner(read_toolbox(creator / "tools.toml")) if knowledge.tools else None
    return Asker(knowledge, matcher_for(knowledge, embeddings()), runner)


def embeddings() -> Path:
    from livehost.weights import data_dir

    return data_dir() / "cache" / "embeddings.sqlite"
