"""The API's part for what comes without being asked: scheduled lines and the run-down, changed while the session runs."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from livehost.events import ProgramChanged
from livehost.settings import RundownLine, Scheduled
from livehost.show.api import Acting, Desk, known

_LINES_MOST = 50


class ScheduledLine(BaseModel):
    text: str = Field(min_length=1, max_length=300)
    every_minutes: float = Field(ge=1, le=24 * 60)
    aloud: bool = False


class LineOfRundown(BaseModel):
    text: str = Field(min_length=1, max_length=300)
    product_id: str = Field("", max_length=200)


class NewProgram(BaseModel):
    """All of it; `version` is that of the state it was made from."""

    version: str
    schedule: list[ScheduledLine] = Field(max_length=_LINES_MOST)
    rundown: list[LineOfRundown] = Field(max_length=_LINES_MOST)


def running_order(app: FastAPI, desk: Desk) -> None:
    @app.post(
        "/api/program", summary="Other scheduled lines and another run-down, for this session", operation_id="program"
    )
    async def program(new: NewProgram, person: Acting) -> dict[str, Any]:
        if new.version != desk.program_version:
            raise HTTPException(409, "somebody else has just changed it; look again")
        known(desk, *(line.product_id for line in new.rundown))
        change = ProgramChanged(
            person.name,
            tuple(Scheduled(line.text.strip(), line.every_minutes, line.aloud) for line in new.schedule),
            tuple(RundownLine(line.text.strip(), line.product_id) for line in new.rundown),
        )
        desk.change_program(change)
        return {"done": "program", "version": desk.program_version}
