"""The command line. Results go to stdout, progress and errors to stderr; exit codes are those of CONTRACTS.md."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from livehost import __version__
from livehost.errors import BadInput, LivehostError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
voices_app = typer.Typer(no_args_is_help=True, help="Voices: what is there, and what they sound like.")
app.add_typer(voices_app, name="voices")

CreatorFolder = Annotated[Path, typer.Argument(metavar="CREATOR", help="The creator's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else there.")]
Headless = Annotated[bool, typer.Option("--headless", help="No live view; progress as lines on stderr.")]
Fast = Annotated[bool, typer.Option("--fast", help="As fast as the machine goes, on a virtual clock.")]


def main() -> None:
    """The entry point: a trouble that the user can mend is one line on stderr, not a traceback."""
    # Beside OBS no library takes every core, and a pool whose threads wait for each other by spinning takes a second for
    # what one thread does in 20 ms.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except LivehostError as trouble:
        sys.stderr.write(f"livehost: {trouble}\n")
        sys.exit(trouble.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """A co-host with a voice for people who broadcast live."""
    if version:
        typer.echo(f"livehost {__version__}")
        raise typer.Exit


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the contract's options
    creator: CreatorFolder,
    chat: Annotated[list[str] | None, typer.Option(help="file:PATH, ws://HOST:PORT …; may be given again.")] = None,
    mic: Annotated[str, typer.Option(help="A device, a file, or none.")] = "default",
    speaker: Annotated[str, typer.Option(help="A device, a file, or none.")] = "default",
    session: Annotated[
        Path | None, typer.Option(help="The session's folder; a number is added when it is there.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="For console, prompter, overlay and API.")] = None,
    listen: Annotated[
        str, typer.Option(help="The pages' address; 0.0.0.0 for phones: then people sign in.")
    ] = "127.0.0.1",
    tls_cert: Annotated[str, typer.Option(help="PEM certificate for the pages.")] = "",
    tls_key: Annotated[str, typer.Option(help="PEM key of the certificate.")] = "",
    headless: Headless = False,
    fast: Fast = False,
) -> None:
    """A live session."""
    from livehost.session import Plan, hold
    from livehost.show.pages import Address

    pages = None if port is None else Address(listen, port, tls_cert, tls_key)
    if pages and fast:
        raise BadInput("--fast has no pages: its clock is not ours", fix="Leave --port or --fast away")
    hold(Plan(creator, tuple(chat or ()), mic, speaker, session, headless=headless, fast=fast, pages=pages))


@app.command()
def demo(
    creator: Annotated[str, typer.Argument(help="anna (English) or xiaohe (Chinese).")] = "anna",
    out: Annotated[Path | None, typer.Option(help="Where the session's folder is made.")] = None,
    headless: Headless = False,
    fast: Fast = False,
) -> None:
    """The whole loop on a bundled session, with the real models; ends with what was done."""
    from livehost.demonstration import demonstrate

    demonstrate(creator, out, headless=headless, fast=fast)


@app.command()
def replay(session: Annotated[Path, typer.Argument(metavar="SESSION")], as_json: AsJson = False) -> None:
    """The core over a recording's events; exit 1 when it does not give the same commands."""
    from livehost.replay import replay as replay_folder

    outcome = replay_folder(session)
    if as_json:
        _print_json(outcome)
    else:
        typer.echo(_replay_words(outcome))
    raise typer.Exit(1 if outcome.failed else 0)


@app.command()
def ask(creator: CreatorFolder, text: str, as_json: AsJson = False) -> None:
    """One decision without a session."""
    decision = _asker(creator).ask(text)
    if as_json:
        _print_json(decision)
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

    for line in classify_lines(sys.stdin.buffer, _asker(creator)):
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


@app.command()
def cluster(creator: CreatorFolder) -> None:
    """The same questions put together: lines {"id", "at_ms", "user", "text"} from stdin, an item a line to stdout."""
    from livehost.creators import demo_creators, load
    from livehost.gathering import gather
    from livehost.understand.clusters import ByLetters, ByMeaning, QuestionClusters
    from livehost.understand.e5 import Embedder

    embed = Embedder(_embeddings())
    examples = [load(folder) for folder in demo_creators()]
    clusters = QuestionClusters(ByMeaning(embed, examples) if embed.works else ByLetters())
    for item in gather(sys.stdin.buffer, _asker(creator), clusters):
        _print_json(item)


@app.command()
def evaluate(creator: CreatorFolder, cases: Path, as_json: AsJson = False) -> None:
    """Coverage and precision of the answers on labelled lines {"text", "expect"}."""
    from rich.progress import track

    from livehost.evaluation import evaluate as evaluate_cases
    from livehost.evaluation import in_words, read_cases

    listed = read_cases(cases)
    asker = _asker(creator)
    shown = track(listed, "evaluating", console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    found = evaluate_cases(shown, asker)
    if as_json:
        _print_json(found)
    else:
        typer.echo(in_words(found))


@app.command("import")
def import_(
    file: Path,
    into: Annotated[Path, typer.Option(metavar="CREATOR", help="The creator's folder.")],
    currency: Annotated[str, typer.Option(help="Of a shop export's prices, such as USD.")] = "",
    shop: Annotated[str, typer.Option(help="The shop's address, for the links that Shopify's export leaves out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Products, FAQ, bot commands and documents into a creator's folder; what is there stays."""
    from livehost.imports.feeds import Shop
    from livehost.imports.into import import_file

    done = import_file(file, into, Shop(currency.upper(), shop))
    if as_json:
        _print_json(done)
        return
    typer.echo(f"{done.what} → {done.into}: {done.added} new, {done.changed} changed, {done.unchanged} as before")
    for reason in done.left_out:
        typer.echo(f"  left out {reason}")


@app.command()
def decode(platform: str, file: Path) -> None:
    """A platform's raw frames (one a line, or a JSON file of them) to chat lines; what is unknown is counted on stderr."""
    from collections import Counter

    from livehost.decoding import decode_file, decoder

    unknown: Counter[str] = Counter()
    for line in decode_file(file, decoder(platform), unknown):
        _print_json(line)
    for kind, count in unknown.most_common():
        sys.stderr.write(f"livehost: {count} not decoded: {kind}\n")


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
        _print_json(heard)
    else:
        typer.echo(heard.text)


@app.command()
def doctor(
    creator: Annotated[Path | None, typer.Argument(metavar="[CREATOR]")] = None,
    as_json: AsJson = False,
) -> None:
    """What works on this machine and what does not, with the fix."""
    from livehost.doctor import examine, in_words

    report = examine(creator)
    if as_json:
        _print_json(report)
    else:
        typer.echo(in_words(report))
    raise typer.Exit(0 if report.ok else 3)


@app.command()
def setup() -> None:
    """Fetches the models' weights and verifies them; safe to run again."""
    from livehost.setup import run as run_setup

    run_setup()


@voices_app.command("list")
def voices_list(as_json: AsJson = False) -> None:
    """The voices that can be spoken with."""
    from livehost.speak.voices import list_voices

    voices = list_voices()
    if as_json:
        _print_json(voices)
        return
    for voice in voices:
        typer.echo(f"{voice.name:14} {', '.join(voice.languages):8} {voice.kind}")


@voices_app.command("say")
def voices_say(
    voice: str,
    text: str,
    out: Annotated[Path, typer.Option("-o", "--out", help="The WAV file to write.")],
    as_json: AsJson = False,
) -> None:
    """Speaks TEXT into a file."""
    from livehost.speak.say import say

    said = say(voice, text, out)
    if as_json:
        _print_json(said)
    else:
        typer.echo(f"{out}: {said.audio_seconds:.1f} s, first sound after {said.first_audio_ms} ms")


def _asker(creator: Path) -> Any:
    from livehost.asking import Asker, matcher_for
    from livehost.creators import load

    knowledge = load(creator)
    return Asker(knowledge, matcher_for(knowledge, _embeddings()))


def _embeddings() -> Path:
    from livehost.weights import data_dir

    return data_dir() / "cache" / "embeddings.sqlite"


def _print_json(what: Any) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")


def _replay_words(outcome: Any) -> str:
    counted = f"{outcome.events} events, {outcome.commands} commands"
    if outcome.identical:
        return f"identical: {counted}"
    first = json.loads(msgspec.json.encode(outcome.first_difference))
    lines = [f"{outcome.differences} of the events lead elsewhere: {counted}"]
    if outcome.logic_version != outcome.recorded_logic_version:
        lines.append(
            f"recorded by logic version {outcome.recorded_logic_version}, replayed by {outcome.logic_version}: no fault"
        )
    lines.append(
        f"first at event {first['seq']}, {first['at_ms'] / 1000:.1f} s: {json.dumps(first['event'], ensure_ascii=False)}"
    )
    lines += [f"  {side}: {json.dumps(first[side], ensure_ascii=False)}" for side in ("recorded", "replayed")]
    return "\n".join(lines)
