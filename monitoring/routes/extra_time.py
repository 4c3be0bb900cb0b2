"""Extra time of an exam session: every grant so far, and the form to grant it to chosen seats of a room."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.grant_time import grant_time
from cat_server.domain.attempt import IN_PROGRESS
from cat_server.domain.refusals import Refusal
from cat_server.queries.time_grants import GrantLine, time_grants
from monitoring.approval import approver_of
from monitoring.live_session import LiveSession
from monitoring.pages import Chrome, Screens, see_other
from monitoring.room_rows import room_state
from monitoring.routes.incidents import live_session
from monitoring.routes.room_control import milliseconds_of
from monitoring.seat_numbers import seat_numbers
from monitoring.wording import clock_time, minutes_text

PAGE = "/extra-time/{exam_session_id}"


@dataclass(frozen=True, slots=True)
class GrantTextLine:
    """A grant as text."""

    time: str
    minutes: str
    grant: GrantLine


@dataclass(frozen=True, slots=True)
class Given:
    """What the officer filled in."""

    room_id: str = ""
    seats: str = ""
    minutes: str = ""
    reason: str = ""
    approver: str = ""


@dataclass(frozen=True, slots=True)
class ExtraTimeView:
    """The page of extra time."""

    chrome: Chrome
    exam_session_id: str
    title: str
    lines: tuple[GrantTextLine, ...]
    rooms: tuple[tuple[str, str], ...]
    may_grant: bool
    needs_approver: bool
    given: Given
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request, exam_session_id: str) -> Response:
        return await _page(screens, request, exam_session_id, Given(), "")

    @router.post(PAGE)
    async def grant(
        request: Request,
        exam_session_id: str,
        room_id: Annotated[str, Form()] = "",
        seats: Annotated[str, Form()] = "",
        minutes: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        given = Given(room_id, seats, minutes, reason, approver)
        live = live_session(screens, exam_session_id)
        try:
            attempts = _on_seats(screens, live, room_id, seat_numbers(seats))
            milliseconds = milliseconds_of(minutes.strip())
            approved = ""
            if reason.strip() and _needs_approver(live):
                approved = await approver_of(screens, request, approver, approver_password)
            await grant_time(
                screens.deps.lane, attempts, milliseconds, reason, screens.actor(request), approved
            )
        except Refusal as refusal:
            text = screens.refusals.text(request, refusal)
            return await _page(screens, request, exam_session_id, given, text)
        await screens.catch_up()
        return see_other(f"/extra-time/{exam_session_id}")

    return router


def _on_seats(screens: Screens, live: LiveSession, room_id: str, seats: frozenset[int]) -> list[str]:
    """Return who works on these seats; a seat where nobody works is named, not passed over."""
    state = room_state(live, room_id, screens.live_scores.now_ms())
    if state is None:
        raise Refusal("SITTING_UNKNOWN")
    working = {
        row["seat"]: attempt_id for attempt_id, row in state.rows.items() if row["state"] in set(IN_PROGRESS)
    }
    missing = sorted(seats - set(working))
    if missing:
        raise Refusal("SEATS_IDLE", {"seats": ", ".join(map(str, missing[:20]))})
    return [working[seat] for seat in sorted(seats)]


def _needs_approver(live: LiveSession) -> bool:
    return live.roster is not None and "grant_time" in live.roster.profile.policy.two_person


async def _page(
    screens: Screens, request: Request, exam_session_id: str, given: Given, error: str
) -> Response:
    live = live_session(screens, exam_session_id)
    roster = live.roster
    assert roster is not None  # noqa: S101 - `live_session` saw to it
    grants = await asyncio.to_thread(time_grants, screens.deps.reader, exam_session_id)
    view = ExtraTimeView(
        screens.chrome(request),
        exam_session_id,
        roster.exam_session.title,
        tuple(
            GrantTextLine(clock_time(each.granted_at_ms, screens.zone), minutes_text(each.milliseconds), each)
            for each in grants
        ),
        tuple((each.room_id, each.room_name) for each in roster.rooms.values()),
        screens.may(request, "POST", PAGE),
        _needs_approver(live),
        given,
        error,
    )
    return screens.show(request, "extra_time.html", view, 409 if error else 200)
