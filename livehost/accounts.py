"""Signing in to platforms, signing out, and what `livehost doctor` says of rooms and tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from livehost import clock
from livehost.clock import SessionClock
from livehost.creator_file import read_creator
from livehost.errors import BadInput, LivehostError
from livehost.ingest.connect import platform_of
from livehost.ingest.platform import Finding, Platform, Surroundings, Table, check_tables, platforms
from livehost.secret import Secrets, variable


def log_in(name: str, creator: Path | None, tell: Callable[[str], None]) -> str:
    """Returns the account's name; raises BadInput for a platform that needs or knows no sign-in of this kind."""
    platform = _platform(name)
    if platform.log_in is None:
        wanted = ", ".join(variable(secret) for secret in platform.secrets) or "nothing"
        raise BadInput(f"{name} has no sign-in from the terminal", fix=f"It reads from the environment: {wanted}")
    return clock.run(_with_clock(platform.log_in, _table(name, creator), tell))


def log_out(name: str) -> None:
    secrets = Secrets()
    for secret in _platform(name).secrets:
        secrets.forget(secret)


def examine_rooms(uris: Sequence[str], creator: Path | None) -> list[Finding]:
    """Every room named, and every platform that has a table of [platforms] or a token."""
    tables = read_creator(creator / "creator.toml").platforms if creator else {}
    try:
        check_tables(tables)
        wanted = [(platform, rest) for platform, _, rest in map(platform_of, uris)]
    except BadInput as trouble:
        return [Finding("rooms", "missing", f"{trouble.where} {trouble.what}".strip(), trouble.fix)]
    secrets = Secrets()
    for platform in {platform.name: platform for platform in platforms().values()}.values():
        has_token = any(secrets.get(secret) for secret in platform.secrets)
        if (platform.name in tables or has_token) and platform.name not in [one.name for one, _ in wanted]:
            wanted.append((platform, ""))
    return clock.run(_examined(wanted, tables, secrets))


async def _examined(
    wanted: Sequence[tuple[Platform, str]], tables: Mapping[str, Table], secrets: Secrets
) -> list[Finding]:
    session_clock = SessionClock(asyncio.get_running_loop())
    found: list[Finding] = []
    for platform, rest in wanted:
        around = Surroundings(session_clock, secrets, tables.get(platform.name, {}))
        if platform.examine is None:
            found.append(Finding(platform.name, "ok", "nothing to sign in to"))
            continue
        try:
            found += await platform.examine(rest, around)
        except LivehostError as trouble:
            found.append(Finding(platform.name, "warn", secrets.hidden(trouble.what), trouble.fix))
    return found


async def _with_clock(
    work: Callable[[Surroundings, Callable[[str], None]], Awaitable[str]], table: Table, tell: Callable[[str], None]
) -> str:
    return await work(Surroundings(SessionClock(asyncio.get_running_loop()), Secrets(), table), tell)


def _platform(name: str) -> Platform:
    for platform in platforms().values():
        if platform.name == name:
            return platform
    known = sorted({platform.name for platform in platforms().values() if platform.secrets})
    raise BadInput(f"{name!r} is no platform", fix=f"Known are: {', '.join(known)}")


def _table(name: str, creator: Path | None) -> Table:
    if creator is None:
        return {}
    tables = read_creator(creator / "creator.toml").platforms
    check_tables(tables)
    return tables.get(name, {})
