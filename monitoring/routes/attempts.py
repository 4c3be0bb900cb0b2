"""One participant: the present, what happened so far in plain words, and what an officer may do."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.force_finish import force_finish
from cat_server.actions.grant_time import grant_time
from cat_server.domain.attempt import IN_PROGRESS, SAT, WAITING, AttemptState
from cat_server.domain.refusals import Refusal
from cat_server.queries.attempt_history import attempt_history
from cat_server.queries.desk import StoredAttempt, attempt_at_desk
from cat_server.queries.time_grants import time_grants
from monitoring.approval import approver_of
from monitoring.attempt_actions import PAGE, AttemptActions, attempt_actions
from monitoring.chronicle import Line, chronicle
from monitoring.pages import Chrome, Screens, see_other
from monitoring.room_rows import room_state
from monitoring.routes.room_control import milliseconds_of
from monitoring.wording import clock_time, duration
from question_bank.points import points_text


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section's score as text; `meets` is None where no threshold is set for it alone."""

    code: str
    points: str
    maximum: str
    threshold: str
    meets: bool | None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """The participant page. `needs` leaves out time lost to the PC, which has a card of its own."""

    chrome: Chrome
    attempt: StoredAttempt
    room_path: str
    state: str
    needs: tuple[tuple[str, int], ...]
    answered: int
    items: int
    flagged: int
    position: int
    time_left: str
    saved: str
    sections: tuple[SectionLine, ...]
    total: str
    history: tuple[Line, ...]
    can_grant: bool
    can_finish: bool
    can_reissue: bool
    grant_needs_approver: bool
    finish_needs_approver: bool
    actions: AttemptActions
    error: str
    can_move: bool


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request, attempt_id: str) -> Response:
        return screens.show(request, "attempt.html", _view(screens, request, attempt_id, ""))

    @router.post(f"{PAGE}/grant-time")
    async def grant(
        request: Request,
        attempt_id: str,
        reason: Annotated[str, Form()] = "",
        minutes: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            approved = await approved_by(
                screens, request, attempt_id, ("grant_time", reason, approver, approver_password)
            )
            await grant_time(
                screens.deps.lane,
                [attempt_id],
                milliseconds_of(minutes.strip()),
                reason.strip(),
                screens.actor(request),
                approved,
            )
        except Refusal as refusal:
            return again(screens, request, attempt_id, refusal)
        await screens.catch_up()
        return see_other(f"/attempts/{attempt_id}")

    @router.post(f"{PAGE}/force-finish")
    async def finish(
        request: Request,
        attempt_id: str,
        reason: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            approved = await approved_by(
                screens, request, attempt_id, ("force_finish", reason, approver, approver_password)
            )
            await force_finish(
                screens.deps.lane, attempt_id, reason.strip(), screens.actor(request), approved
            )
        except Refusal as refusal:
            return again(screens, request, attempt_id, refusal)
        await screens.catch_up()
        return see_other(f"/attempts/{attempt_id}")

    return router


async def approved_by(
    screens: Screens, request: Request, attempt_id: str, given: tuple[str, str, str, str]
) -> str:
    """Return the second officer's id where the profile wants one. `given`: action, reason, their name and password.

    Raises:
        Refusal: `NOT_FOUND`, `REASON_MISSING`, or what `approver_of` refuses.
    """
    action, reason, approver, password = given
    stored = attempt_at_desk(screens.deps.reader, attempt_id)
    live = screens.live_scores.sessions.get(stored.exam_session_id) if stored else None
    if stored is None or live is None or live.roster is None:
        raise Refusal("NOT_FOUND")
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    if action not in live.roster.profile.policy.two_person:
        return ""
    return await approver_of(screens, request, approver, password)


async def decided(screens: Screens, request: Request, attempt_id: str, deciding: Awaitable[None]) -> Response:
    """Go back to the participant's page once it is decided, or show there what was refused."""
    try:
        await deciding
    except Refusal as refusal:
        return again(screens, request, attempt_id, refusal)
    await screens.catch_up()
    return see_other(f"/attempts/{attempt_id}")


def again(screens: Screens, request: Request, attempt_id: str, refusal: Refusal) -> Response:
    """Return the participant's page once more, with what was refused."""
    text = screens.refusals.text(request, refusal)
    return screens.show(request, "attempt.html", _view(screens, request, attempt_id, text), 409)


def _view(screens: Screens, request: Request, attempt_id: str, error: str) -> AttemptPage:
    reader, zone = screens.deps.reader, screens.zone
    stored = attempt_at_desk(reader, attempt_id)
    live = screens.live_scores.sessions.get(stored.exam_session_id) if stored else None
    if stored is None or live is None or live.roster is None:
        raise Refusal("NOT_FOUND")
    present = live.attempt(attempt_id)
    room_id = (present.room_id if present else "") or next(iter(live.roster.rooms), "")
    state = room_state(live, room_id, screens.live_scores.now_ms())
    row = state.rows.get(attempt_id) if state else None
    profile = live.roster.profiles.get(stored.profile_hash, live.roster.profile)
    now_state = AttemptState(row["state"] if row else stored.state)
    score = live.scores.get(attempt_id) if now_state in SAT else None
    clock_ms = state.head["clock"] if state else 0
    ends = row["ends"] if row else None
    digits = profile.digits
    sections = tuple(
        SectionLine(
            each.code,
            points_text(each.points, digits),
            points_text(each.maximum, digits),
            "" if each.threshold is None else points_text(each.threshold, digits),
            each.meets,
        )
        for each in (score.sections if score else ())
    )
    events = attempt_history(reader, stored.exam_session_id, live.event_numbers(attempt_id))
    language = screens.language.of(request)
    is_working = now_state in IN_PROGRESS
    return AttemptPage(
        screens.chrome(request),
        stored,
        f"/rooms/{stored.exam_session_id}/{room_id}",
        now_state.value,
        tuple((code, value) for code, value in row["needs"] if code != "INTERRUPTED") if row else (),
        row["ans"] if row else 0,
        profile.items,
        row["flag"] if row else 0,
        row["pos"] if row else 0,
        ""
        if row is None or ends is None
        else duration(ends - (clock_ms if row["stop"] is None else row["stop"])),
        clock_time(row["saved"] or None, zone) if row else "–",
        sections,
        points_text(score.total, digits) if score else "",
        chronicle(events, lambda code, params: screens.catalogue.text(language, code, params), zone),
        screens.may(request, "POST", f"{PAGE}/grant-time")
        and now_state in IN_PROGRESS | {AttemptState.TIMED_OUT},
        is_working and screens.may(request, "POST", f"{PAGE}/force-finish"),
        now_state in WAITING | IN_PROGRESS
        and screens.may(request, "POST", "/desk/{exam_session_id}/{attempt_id}/reissue-pin"),
        "grant_time" in profile.policy.two_person,
        "force_finish" in profile.policy.two_person,
        attempt_actions(
            screens, request, live, attempt_id, time_grants(reader, stored.exam_session_id, attempt_id)
        ),
        error,
        now_state in WAITING | IN_PROGRESS and screens.may(request, "POST", f"{PAGE}/move"),
    )
