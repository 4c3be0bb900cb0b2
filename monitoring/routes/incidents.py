"""The incidents of an exam session: one list to read, filter and print, and the form to record one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import Response

from cat_server.actions.record_incident import Where, record_incident
from cat_server.domain.incident import IncidentReport
from cat_server.domain.refusals import Refusal
from cat_server.queries.incident_log import incident_log
from cat_server.queries.incidents import incidents
from cat_server.runtime.incident_codes import incident_codes
from monitoring.attempt_actions import CodeGroup, code_groups
from monitoring.incident_lines import SOURCES, LogLine, Wanted, chosen, incident_lines
from monitoring.live_session import LiveSession
from monitoring.pages import Chrome, Screens, see_other
from monitoring.typed_numbers import whole_number
from monitoring.typed_seats import seat_number
from monitoring.wording import date_and_time

PAGE = "/incidents/{exam_session_id}"
MOST_MINUTES = 24 * 60
_FIRST_YEAR = 2000
"""Nothing before it is an incident; the first years of all are no times that can be shown everywhere."""


class Given(BaseModel, frozen=True):
    """What the officer filled in; `attempt` is the participant whom the form was opened for."""

    code: str = ""
    occurred: str = ""
    minutes: str = "0"
    room_id: str = ""
    seat: str = ""
    attempt: str = ""
    description: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """The page of incidents."""

    chrome: Chrome
    exam_session_id: str
    title: str
    code: str
    lines: tuple[LogLine, ...]
    total: int
    groups: tuple[CodeGroup, ...]
    categories: tuple[str, ...]
    sources: tuple[str, ...]
    rooms: tuple[tuple[str, str], ...]
    wanted: Wanted
    as_of: str
    may_record: bool
    given: Given
    about: str
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(
        request: Request,
        exam_session_id: str,
        source: str = "",
        category: str = "",
        room: str = "",
        attempt: str = "",
    ) -> Response:
        given = Given(occurred=_now(screens), attempt=attempt)
        return await _page(screens, request, exam_session_id, Wanted(source, category, room), given, "")

    @router.post(PAGE)
    async def record(request: Request, exam_session_id: str, given: Annotated[Given, Form()]) -> Response:
        try:
            report, where = _read(screens, given)
            await record_incident(screens.deps.lane, exam_session_id, report, where, screens.actor(request))
        except Refusal as refusal:
            text = screens.refusals.text(request, refusal)
            return await _page(screens, request, exam_session_id, Wanted(), given, text)
        await screens.catch_up()
        return see_other(f"/incidents/{exam_session_id}")

    return router


def _now(screens: Screens) -> str:
    now = datetime.fromtimestamp(screens.deps.clock.now().at_ms / 1000, screens.zone)
    return f"{now:%Y-%m-%dT%H:%M}"


def _read(screens: Screens, given: Given) -> tuple[IncidentReport, Where]:
    try:
        occurred = datetime.fromisoformat(given.occurred).replace(tzinfo=screens.zone)
    except ValueError:
        raise Refusal("INCIDENT_TIME") from None
    if occurred.year < _FIRST_YEAR:
        raise Refusal("INCIDENT_TIME")
    minutes = given.minutes.strip() or "0"
    duration = whole_number(minutes)
    if duration is None or duration > MOST_MINUTES:
        raise Refusal("INCIDENT_MINUTES", {"most": MOST_MINUTES})
    seat = given.seat.strip()
    report = IncidentReport(
        given.code,
        round(occurred.timestamp() * 1000),
        duration * 60,
        given.description,
        given.measure,
    )
    return report, Where(given.room_id, seat_number(seat) if seat else None, given.attempt)


def live_session(screens: Screens, exam_session_id: str) -> LiveSession:
    """Return an exam session as it is followed.

    Raises:
        Refusal: `NOT_FOUND`.
    """
    live = screens.live_scores.sessions.get(exam_session_id)
    if live is None or live.roster is None:
        raise Refusal("NOT_FOUND")
    return live


async def _page(
    screens: Screens, request: Request, exam_session_id: str, wanted: Wanted, given: Given, error: str
) -> Response:
    live = live_session(screens, exam_session_id)
    roster, reader = live.roster, screens.deps.reader
    assert roster is not None  # noqa: S101 - `live_session` saw to it
    recorded = await asyncio.to_thread(incidents, reader, exam_session_id)
    log = await asyncio.to_thread(incident_log, reader, exam_session_id)
    language = screens.language.of(request)

    def text(code: str, params: object) -> str:
        return screens.catalogue.text(language, code, params)  # type: ignore[arg-type]  # a mapping

    lines = incident_lines(live, recorded, log, text, screens.zone)
    categories = incident_codes().categories
    person = roster.attempts.get(given.attempt)
    now_ms = screens.deps.clock.now().at_ms
    view = IncidentsView(
        screens.chrome(request),
        exam_session_id,
        roster.exam_session.title,
        roster.exam_session.code,
        chosen(lines, wanted),
        len(lines),
        code_groups(categories),
        tuple(each.name for each in categories),
        SOURCES,
        tuple((each.room_id, each.room_name) for each in roster.rooms.values()),
        wanted,
        date_and_time(now_ms, screens.zone, language),
        screens.may(request, "POST", PAGE),
        given,
        f"{person.participant_number} {person.name}" if person else "",
        error,
    )
    return screens.show(request, "incidents.html", view, 409 if error else 200)
