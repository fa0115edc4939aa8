"""`livehost people`: who may sign in to the pages with a password."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from livehost.cli.base import app

people = typer.Typer(help="Who may sign in to the pages with a password; invitations need none.", no_args_is_help=True)
app.add_typer(people, name="people")

if TYPE_CHECKING:
    from livehost.show.passwords import Passwords

Name = Annotated[str, typer.Argument(metavar="NAME")]


@people.command("add")
def add(
    name: Name,
    role: Annotated[
        Literal["owner", "moderator", "viewer"], typer.Option(help="A viewer of the console changes nothing.")
    ] = "moderator",
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
) -> None:
    """Asks for a password; a name that is there already gets the new one."""
    _passwords().put(name, role, _from_stdin() if stdin else _asked())
    typer.echo(f"livehost: {name} may sign in as {role}, at once", err=True)


@people.command("list")
def list_people() -> None:
    for name, known in _passwords().people.items():
        typer.echo(f"{known.role}\t{name}")


@people.command("remove")
def remove(name: Name) -> None:
    """Who is signed in stays so until they sign out, or the session ends."""
    _passwords().remove(name)


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\n")


def _asked() -> str:
    given: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given


def _passwords() -> Passwords:
    from livehost.show.passwords import FILE, Passwords
    from livehost.weights import data_dir

    return Passwords(data_dir() / FILE)
