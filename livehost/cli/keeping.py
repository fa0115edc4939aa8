"""`livehost sessions …`: what is kept of former evenings, and what must go."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from livehost.cli.base import AsJson, app, print_json
from livehost.errors import BadInput

sessions_app = typer.Typer(
    invoke_without_command=True, help="Kept sessions: list, search, archive, export, delete, forget a viewer."
)
app.add_typer(sessions_app, name="sessions")

Shelf = Annotated[Path, typer.Option("--in", metavar="FOLDER", help="The folder of your sessions.")]
Names = Annotated[list[str], typer.Argument(metavar="SESSION…", help="Names, or paths of folders.")]
Yes = Annotated[bool, typer.Option("--yes", help="Does not ask.")]
_SHELF = Path("sessions")


@sessions_app.callback()
def sessions(context: typer.Context) -> None:
    """Without a command: the list."""
    if context.invoked_subcommand is None:
        list_()


@sessions_app.command("list")
def list_(shelf: Shelf = _SHELF, as_json: AsJson = False) -> None:
    """The kept sessions, the oldest first."""
    from livehost.keeping.shelf import in_words, kept_in
    from livehost.subtitles import clock

    rows = kept_in(shelf)
    if as_json:
        print_json(rows)
        return
    total = sum(row.size_bytes for row in rows) / 1e6
    typer.echo(in_words(rows, clock) if rows else f"There are no sessions in {shelf}")
    if rows:
        typer.echo(f"{len(rows)} sessions, {total:,.1f} MB")


@sessions_app.command()
def search(  # noqa: PLR0913, PLR0917 - its options
    words: Annotated[list[str] | None, typer.Argument(help="All of them must stand in the line.")] = None,
    product: Annotated[str, typer.Option(help="Lines about a product: its id, or a part of its name.")] = "",
    viewer: Annotated[str, typer.Option(help="What a viewer wrote: name or id.")] = "",
    most: Annotated[int, typer.Option(help="So many lines at most.")] = 1000,
    shelf: Shelf = _SHELF,
    as_json: AsJson = False,
) -> None:
    """Lines of chat, the host's words and answers, in all sessions, archived ones, too."""
    from itertools import islice

    from livehost.keeping.search import in_words, wanted
    from livehost.keeping.search import search as look
    from livehost.subtitles import clock

    if not (words or product or viewer):
        raise BadInput("there is nothing to look for", fix="Give words, --product or --viewer")
    if not shelf.is_dir():
        raise BadInput("there is no such folder", where=str(shelf), fix="Give the folder of your sessions with --in")
    found = islice(look(shelf, wanted(" ".join(words or []), product, viewer)), most)
    if as_json:
        print_json(list(found))
        return
    for hit in found:
        typer.echo(in_words(hit, clock(hit.at_ms)))


@sessions_app.command()
def archive(names: Names, shelf: Shelf = _SHELF) -> None:
    """Packs sessions into FOLDER/archive; they are listed and searched as before."""
    from livehost.keeping.archive import archive as put_away
    from livehost.keeping.shelf import bytes_in, named

    for folder in named(shelf, names):
        before = bytes_in(folder)
        place = put_away(folder)
        typer.echo(f"{place}: {before / 1e6:.1f} → {bytes_in(place) / 1e6:.1f} MB")


@sessions_app.command()
def restore(names: Names, shelf: Shelf = _SHELF) -> None:
    """Unpacks archived sessions again."""
    from livehost.keeping.archive import restore as unpack
    from livehost.keeping.shelf import named

    for place in named(shelf, names, archived=True):
        if place.is_dir():
            raise BadInput("this session is not archived", where=str(place))
        typer.echo(str(unpack(place)))


@sessions_app.command()
def delete(
    names: Annotated[list[str] | None, typer.Argument(metavar="SESSION…")] = None,
    older_than: Annotated[
        float | None, typer.Option(metavar="DAYS", help="All that began before so many days.")
    ] = None,
    sound: Annotated[bool, typer.Option("--sound", help="The sound alone; the recording stays.")] = False,
    yes: Yes = False,
    shelf: Shelf = _SHELF,
) -> None:
    """Deletes sessions for good, archived ones, too: named ones, or all that are old."""
    from livehost import clock
    from livehost.keeping.removal import delete as delete_folder
    from livehost.keeping.removal import delete_sound
    from livehost.keeping.shelf import kept_in, named
    from livehost.keeping.shelf import older_than as old_ones

    if bool(names) == (older_than is not None):
        raise BadInput("which sessions?", fix="Give names, or --older-than DAYS")
    if older_than is None:
        paths = named(shelf, names or [], archived=not sound)
    else:
        paths = [Path(kept.path) for kept in old_ones(kept_in(shelf), older_than, clock.local_now())]
        paths = [path for path in paths if path.is_dir()] if sound else paths
    what = "the sound of " if sound else ""
    if not paths:
        typer.echo("There is nothing so old.")
        return
    _agree(f"Delete {what}{len(paths)} sessions for good ({', '.join(path.stem for path in paths[:8])}…)?", yes=yes)
    for path in paths:
        if sound:
            typer.echo(f"{path}: {delete_sound(path) / 1e6:.1f} MB of sound deleted")
        elif path.is_file():
            path.unlink()
            typer.echo(f"{path}: deleted")
        else:
            left = delete_folder(path)
            typer.echo(f"{path}: deleted" + (f", but for what is not Livehost's: {', '.join(left)}" if left else ""))


@sessions_app.command()
def forget(  # noqa: PLR0913, PLR0917 - its options
    viewer: Annotated[str, typer.Argument(help="Name or id.")],
    platform: Annotated[str, typer.Option(help="Only this platform's.")] = "",
    keep_words: Annotated[
        bool, typer.Option("--keep-words", help="Only who it was goes, not what they wrote.")
    ] = False,
    yes: Yes = False,
    shelf: Shelf = _SHELF,
    as_json: AsJson = False,
) -> None:
    """Takes a viewer out of all sessions: name, id, what they wrote, and the sound in which their name is said."""
    from livehost.keeping.forgetting import Who, matches
    from livehost.keeping.forgetting import forget as forget_viewer
    from livehost.speak.voices import forget_spoken

    if not shelf.is_dir():
        raise BadInput("there is no such folder", where=str(shelf), fix="Give the folder of your sessions with --in")
    who = Who(viewer, platform)
    found = matches(shelf, who)
    if not found:
        raise BadInput(f"nobody wrote as {viewer!r}", where=str(shelf), fix="Give the name or id as the platform does")
    for row in found:
        sys.stderr.write(
            f"  {row.name} ({row.platform}, id {row.user_id}): {row.lines} lines in {row.sessions} sessions\n"
        )
    _agree("Take all of these out, for good?", yes=yes)
    done = forget_viewer(shelf, who, _tell, keep_words=keep_words)
    _renew_reports(shelf, [one.session for one in done if one.report_outdated])
    forget_spoken()
    if as_json:
        print_json(done)
        return
    for one in done:
        if one.problem:
            typer.echo(f"{one.session}: NOT done: {one.problem}")
            continue
        after = (
            "replays identically" if one.verifies else f"{one.differing} events no longer follow; its header tells so"
        )
        silent = f", {one.silenced_ms / 1000:.1f} s of sound made silent" if one.silenced_ms else ""
        gone = f", {' and '.join(one.deleted)} deleted, make them anew" if one.deleted else ""
        typer.echo(f"{one.session}: {one.lines} lines{silent}{gone}; {after}")
    typer.echo("What people say in the host's sound without its being recognised stays. Copies elsewhere stay, too.")
    raise typer.Exit(1 if any(one.problem for one in done) else 0)


@sessions_app.command()
def export(
    session: Annotated[str, typer.Argument(metavar="SESSION")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The new folder.")],
    sound: Annotated[bool, typer.Option("--sound", help="With the sound; where a name is said it is silent.")] = False,
    shelf: Shelf = _SHELF,
) -> None:
    """A copy without the names of viewers and moderators, to show to others; what they wrote stays."""
    from livehost.keeping.exporting import export as export_session
    from livehost.keeping.shelf import named

    (folder,) = named(shelf, [session])
    copy, done = export_session(folder, out, sound=sound)
    after = "replays identically" if done.verifies else f"{done.differing} events do not follow; its header tells so"
    typer.echo(f"{copy}: {after}")


@sessions_app.command()
def seal(names: Names, shelf: Shelf = _SHELF) -> None:
    """Encrypts the sound of sessions, with a key in this system's keyring."""
    from livehost.keeping.shelf import named
    from livehost.record.sealed import recording_key
    from livehost.record.sealed import seal as seal_file
    from livehost.record.tracks import TRACKS, is_sealed, track_path
    from livehost.secret import Secrets

    key = recording_key(Secrets(), make=True)
    for folder in named(shelf, names):
        for path in (track_path(folder, name) for name in TRACKS):
            if path and not is_sealed(path):
                typer.echo(str(seal_file(path, key)))


@sessions_app.command()
def unseal(names: Names, shelf: Shelf = _SHELF) -> None:
    """Decrypts the sound of sessions, to hand it on or to move to another machine."""
    from livehost.keeping.shelf import named
    from livehost.record.sealed import recording_key
    from livehost.record.sealed import unseal as unseal_file
    from livehost.record.tracks import TRACKS, is_sealed, track_path
    from livehost.secret import Secrets

    key = recording_key(Secrets())
    for folder in named(shelf, names):
        for path in (track_path(folder, name) for name in TRACKS):
            if path and is_sealed(path):
                typer.echo(str(unseal_file(path, key)))


def _tell(name: str) -> None:
    sys.stderr.write(f"livehost: {name}\n")


def _agree(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadInput("nobody is there to ask", fix="Add --yes")
    if not typer.confirm(question, err=True):
        raise typer.Exit(1)


def _renew_reports(shelf: Path, names: list[str]) -> None:
    """Reports hold names and words; those of changed sessions are made again."""
    from livehost.review.report import report_after

    for name in names:
        if (shelf / name).is_dir():
            report_after(shelf / name)
