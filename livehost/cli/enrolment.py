"""Commands on voices that belong to a person: `livehost voices enrol | check | measure | withdraw`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from livehost.cli.base import AsJson, print_json
from livehost.cli.sound import voices_app
from livehost.errors import BadInput

Language = Annotated[str, typer.Option(help="What the person speaks in the recordings: en or zh.")]
Steps = Annotated[int, typer.Option(help="Of the search: more come nearer and take longer.", min=1)]
STEPS = 160


@voices_app.command("enrol")
def voices_enrol(  # noqa: PLR0913, PLR0917 - the contract's options
    name: str,
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings of the person, or films.")] = None,
    consent: Annotated[Path | None, typer.Option(help="The recording of the sentence of consent.")] = None,
    challenge: Annotated[bool, typer.Option("--challenge", help="Print the sentence that is to be recorded.")] = False,
    person: Annotated[str, typer.Option(help="The person's name, for --challenge.")] = "",
    language: Language = "en",
    creator: Annotated[list[str] | None, typer.Option(help="Only these creators' folders may use it.")] = None,
    days: Annotated[int, typer.Option(help="How long the consent holds.", min=1)] = 365,
    steps: Steps = STEPS,
    as_json: AsJson = False,
) -> None:
    """A person's voice out of recordings, with their consent: first --challenge, then with FILES and --consent."""
    from livehost.speak.voices import checked_name

    checked_name(name)
    if challenge:
        _challenge(name, person, language)
        return
    if not files or consent is None:
        raise BadInput(
            "the recordings and the consent are needed", fix=f"livehost voices enrol {name} FILES… --consent FILE"
        )
    from livehost.enrol.parts import encoders

    both = encoders()
    from livehost.enrol.enrolment import Wish, enrol
    from livehost.enrol.search import Course

    wish = Wish(name, tuple(files), consent, language, tuple(creator or ()), days, Course(steps=steps))
    with _Progress() as told:
        done = enrol(wish, both, told.telling)
    if as_json:
        print_json(done)
    else:
        _table(done.samples)
        typer.echo(_in_words(done))
    raise typer.Exit(0 if done.consent.accepted else 1)


@voices_app.command("check")
def voices_check(voice: str, files: list[Path], as_json: AsJson = False) -> None:
    """How like recordings of the person a voice is."""
    from livehost.enrol.parts import encoders

    both = encoders()
    from livehost.enrol.measuring import check

    with _Progress() as told:
        found = check(voice, files, both, told.telling)
    if as_json:
        print_json(found)
        return
    _table(found.samples)
    typer.echo(
        f"{voice}: {found.similarity:.2f} (best stock voice {found.best_stock} {found.similarity_best_stock:.2f}; "
        "the same person again 0.90-0.95, another one 0.55-0.75)"
    )


@voices_app.command("measure")
def voices_measure(  # noqa: PLR0913, PLR0917 - the contract's options
    files: list[Path],
    judge: Annotated[list[Path], typer.Option(help="Recordings that the search does not see; may be given again.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the spoken sentences.")],
    licence: Annotated[str, typer.Option(help="The recordings' licence; written into the files.")] = "",
    consent: Annotated[Path | None, typer.Option(help="The person's consent, instead of a licence.")] = None,
    language: Language = "en",
    steps: Steps = STEPS,
    as_json: AsJson = False,
) -> None:
    """Enrols in memory alone and speaks the built-in test sentences; nothing usable is kept."""
    if not licence.strip() and consent is None:
        raise BadInput(
            "a licence of the recordings or a consent is needed", fix="Give --licence 'CC BY 4.0' or --consent FILE"
        )
    from livehost.enrol.parts import encoders

    both = encoders()
    from livehost.enrol.measuring import Measurement, measure
    from livehost.enrol.search import Course

    under = licence.strip() or f"by the person's consent ({consent})"
    wish = Measurement(tuple(files), tuple(judge), out, under, consent, language, Course(steps=steps))
    with _Progress() as told:
        found = measure(wish, both, told.telling)
    if as_json:
        print_json(found)
        return
    _table(found.samples)
    typer.echo(
        f"{found.similarity:.2f} after {found.seconds:.0f} s (best stock voice {found.similarity_best_stock:.2f}): {out}"
    )


@voices_app.command("withdraw")
def voices_withdraw(voice: str) -> None:
    """The person takes their consent back: the voice is deleted, the record of it stays."""
    import shutil

    from livehost.clock import local_now
    from livehost.speak.consent import withdraw
    from livehost.speak.voices import find, forget_spoken, shelves
    from livehost.weights import data_dir

    folder, _ = find(voice, shelves())
    gone = withdraw(folder, local_now())
    forget_spoken()
    shutil.rmtree(data_dir() / "enrolment" / voice, ignore_errors=True)
    typer.echo(
        f"{voice}: the consent is withdrawn; {', '.join(gone) or 'nothing'} was deleted, it does not speak again"
    )


def _challenge(name: str, person: str, language: str) -> None:
    from livehost.clock import local_now
    from livehost.enrol.challenge import keep, make
    from livehost.weights import data_dir

    made = make(person, language, local_now())
    keep(made, data_dir() / "enrolment" / name / "challenge.json")
    typer.echo(made.sentence)
    sys.stderr.write("livehost: record this sentence within a day, then: livehost voices enrol … --consent FILE\n")


def _table(samples: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table("file", "from", "to", "kept", "why not", "over noise", "match")
    for sample in samples:
        times = (f"{ms / 1000:.1f} s" for ms in (sample.start_ms, sample.end_ms))
        shown.add_row(
            sample.file,
            *times,
            "✓" if sample.kept else "–",
            sample.why,
            f"{sample.snr_db:.0f} dB",
            f"{sample.match:.2f}",
        )
    Console(stderr=True).print(shown)


def _in_words(done: Any) -> str:
    if not done.consent.accepted:
        return "\n".join([f"{done.voice}: the consent is refused", *(f"  {reason}" for reason in done.consent.reasons)])
    lines = [
        f"{done.voice}: likeness {done.similarity:.2f} (best stock voice {done.similarity_best_stock:.2f}), "
        f"{done.speech_seconds:.0f} s of speech, {done.seconds:.0f} s of work",
        *(f"  {advice}" for advice in done.advice),
        f"  {done.folder}",
        f"  Listen before you decide: {done.page}",
    ]
    return "\n".join(lines)


class _Progress:
    """A bar with an estimate on stderr."""

    def __enter__(self) -> _Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        from livehost.enrol.enrolment import Telling

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"))
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._bar.start()
        self._task = self._bar.add_task("starting", total=None, left="")
        self.telling = Telling(self._note, self._progress)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _note(self, what: str) -> None:
        self._bar.update(self._task, description=what, total=None, left="")

    def _progress(self, done: int, steps: int, left_seconds: float) -> None:
        left = f"{left_seconds / 60:.0f} min left" if left_seconds > 90 else f"{left_seconds:.0f} s left"
        self._bar.update(self._task, description="searching", completed=done, total=steps, left=left)
