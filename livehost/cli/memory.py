"""Commands on what is remembered of viewers: `memory show`, `memory forget`, `memory export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from livehost.cli.base import AsJson, CreatorFolder, app, print_json
from livehost.errors import BadInput

memory = typer.Typer(no_args_is_help=True, help="What is remembered of a creator's viewers on this machine.")
app.add_typer(memory, name="memory")

Who = Annotated[str, typer.Argument(metavar="WHO", help="A viewer's name, or PLATFORM:ID.")]


@memory.command("show")
def show(creator: CreatorFolder, who: Who, as_json: AsJson = False) -> None:
    """All that is known of a viewer."""
    found = _found(_store(creator), who)
    if as_json:
        print_json(found)
        return
    for viewer in found:
        typer.echo(f"{viewer.platform}:{viewer.user} {viewer.name}: {viewer.visits} visits, last on {viewer.last_day}")
        for fact in viewer.facts:
            typer.echo(f"  {fact.day} {fact.sort}: {fact.what}" + (f" ({fact.times} times)" if fact.times > 1 else ""))
    if not found:
        typer.echo("nothing is remembered of them")


@memory.command("forget")
def forget(creator: CreatorFolder, who: Who) -> None:
    """Deletes all of it; nothing stays in the file."""
    store = _store(creator)
    found = _found(store, who)
    if len(found) > 1:
        choice = ", ".join(f"{v.platform}:{v.user}" for v in found)
        raise BadInput(f"{len(found)} viewers are called {who!r}", fix=f"Say which: {choice}")
    for viewer in found:
        store.forget(viewer.platform, viewer.user)
    typer.echo("forgotten" if found else "nothing was remembered of them")


@memory.command("export")
def export(
    creator: CreatorFolder,
    out: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Instead of stdout.")] = None,
) -> None:
    """Everything, as JSON."""
    whole = msgspec.json.format(msgspec.json.encode(_store(creator).export()), indent=1)
    if out:
        out.write_bytes(whole)
    else:
        typer.echo(whole.decode())


def _store(creator: Path) -> Any:
    from livehost.creator_file import read_creator
    from livehost.memory.store import Store, path_of
    from livehost.weights import data_dir

    read_creator(creator / "creator.toml")
    return Store(path_of(creator, data_dir()))


def _found(store: Any, who: str) -> Any:
    platform, colon, user = who.partition(":")
    if colon:
        one = store.recall(platform, user)
        return (one,) if one.visits else ()
    return store.named(who)
