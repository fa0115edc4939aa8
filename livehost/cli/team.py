"""`livehost traces` and `livehost log`: what a creator's team reads of a recorded session."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from livehost.cli.base import app
from livehost.cli.sessions import Session


@app.command()
def traces(
    session: Session,
    to: Annotated[str, typer.Option(metavar="URL", help="A collector, OTLP over HTTP: http://127.0.0.1:4318.")] = "",
    send: Annotated[bool, typer.Option("--send", help="To the collector of OTEL_EXPORTER_OTLP_ENDPOINT.")] = False,
    words: Annotated[bool, typer.Option("--words", help="With what viewers wrote, and their names.")] = False,
) -> None:
    """The way of each answered line with its stages: one span a line as JSON, or sent to an OpenTelemetry collector."""
    from livehost.watching import send_traces, traces_of

    if to or send:
        sys.stderr.write(f"livehost: {send_traces(session, to, words=words)} spans sent\n")
        return
    for span in traces_of(session, words=words):
        typer.echo(msgspec.json.encode(span))


@app.command()
def log(
    session: Session,
    personal: Annotated[bool, typer.Option("--personal", help="With names and words of people.")] = False,
) -> None:
    """What happened in a session, one JSON object a line, as log.jsonl holds it."""
    from livehost.watching import log_of

    for line in log_of(session, personal=personal):
        typer.echo(line, nl=False)
