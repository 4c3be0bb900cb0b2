"""What officers do to a whole room, each with a confirmation first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.control_sitting import (
    close_sitting,
    open_registration,
    pause_sitting,
    resume_sitting,
    start_sitting,
)
from cat_server.actions.grant_time import grant_time
from cat_server.actions.refuse_full_disk import refuse_full_disk
from cat_server.domain.attempt import IN_PROGRESS
from cat_server.domain.refusals import Refusal
from monitoring.approval import approver_of
from monitoring.live_session import LiveSession
from monitoring.pages import Chrome, Screens, see_other
from monitoring.room_commands import COMMANDS, Command
from monitoring.room_rows import RoomState, room_state
from monitoring.routes.room import PAGE
from monitoring.typed_numbers import whole_number

MOST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class Given:
    """What the officer filled in."""

    reason: str = ""
    minutes: str = ""
    approver: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """One confirmation. `action` is where the form goes, `back` where it is left; counts fill in its sentence."""

    chrome: Chrome
    command: Command
    action: str
    back: str
    room_name: str
    counts: Counter[str]
    working: int
    unsaved: int
    needs_reason: bool
    needs_approver: bool
    forfeits: bool
    given: Given
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of the commands: one to ask and one to act for each."""
    router = APIRouter()
    for command in COMMANDS:
        _add(router, screens, command)
    return router


def _add(router: APIRouter, screens: Screens, command: Command) -> None:
    path = f"{PAGE}/{command.name}"

    @router.get(path, name=f"ask {command.name}")
    async def ask(request: Request, exam_session_id: str, room_id: str) -> Response:
        view = _view(screens, request, command, (exam_session_id, room_id), Given(), "")
        is_fragment = bool(request.headers.get("hx-request"))
        return screens.show(request, "confirm_fragment.html" if is_fragment else "confirm.html", view)

    @router.post(path, name=command.name)
    async def act(
        request: Request,
        exam_session_id: str,
        room_id: str,
        reason: Annotated[str, Form()] = "",
        minutes: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        place = (exam_session_id, room_id)
        given = Given(reason.strip(), minutes.strip(), approver)

        def view_of(error: str) -> ConfirmView:
            return _view(screens, request, command, place, given, error)

        async def do(approved: str) -> None:
            await _do(screens, request, command, place, given, approved)

        return await carry_out(screens, request, view_of, do, approver_password)


async def carry_out(
    screens: Screens,
    request: Request,
    view_of: Callable[[str], ConfirmView],
    do: Callable[[str], Awaitable[None]],
    approver_password: str,
) -> Response:
    """Do what was confirmed and go back, or show the confirmation (`view_of` an error) once more.

    `do` gets the second officer's id, empty where the profile asks for none.
    """
    try:
        view = view_of("")
        refuse_without_reason(view)
        approved = ""
        if view.needs_approver:
            approved = await approver_of(screens, request, view.given.approver, approver_password)
        await do(approved)
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            raise
        return screens.show(request, "confirm.html", view_of(screens.refusals.text(request, refusal)), 409)
    await screens.catch_up()
    return see_other(view.back)


def refuse_without_reason(view: ConfirmView) -> None:
    """Refuse a command that needs a reason and has none.

    Raises:
        Refusal: `REASON_MISSING`.
    """
    if view.needs_reason and not view.given.reason:
        raise Refusal("REASON_MISSING")


async def _do(
    screens: Screens,
    request: Request,
    command: Command,
    place: tuple[str, str],
    given: Given,
    approver: str,
) -> None:
    lane, actor = screens.deps.lane, screens.actor(request)
    exam_session_id, room_id = place
    match command.name:
        case "open-registration":
            await open_registration(lane, exam_session_id, room_id, actor)
        case "start":
            refuse_full_disk(screens.deps.settings)
            await start_sitting(lane, exam_session_id, room_id, actor, approver=approver)
        case "pause":
            await pause_sitting(lane, exam_session_id, room_id, actor, reason=given.reason, approver=approver)
        case "resume":
            await resume_sitting(lane, exam_session_id, room_id, actor, approver=approver)
        case "close":
            await close_sitting(lane, exam_session_id, room_id, actor, reason=given.reason, approver=approver)
        case "grant-time":
            _, state = _room(screens, place)
            working = [
                row["id"]
                for row in state.rows.values()
                if row["state"] in {each.value for each in IN_PROGRESS}
            ]
            await grant_time(lane, working, milliseconds_of(given.minutes), given.reason, actor, approver)


def milliseconds_of(minutes: str) -> int:
    """Return typed whole minutes in milliseconds.

    Raises:
        Refusal: `MINUTES_INVALID`, not a whole number from 1 to `MOST_MINUTES`.
    """
    found = whole_number(minutes)
    if found is None or not 1 <= found <= MOST_MINUTES:
        raise Refusal("MINUTES_INVALID", {"most": MOST_MINUTES})
    return found * 60_000


def _room(screens: Screens, place: tuple[str, str]) -> tuple[LiveSession, RoomState]:
    exam_session_id, room_id = place
    live = screens.live_scores.sessions.get(exam_session_id)
    state = None if live is None else room_state(live, room_id, screens.live_scores.now_ms())
    if live is None or state is None:
        raise Refusal("NOT_FOUND")
    return live, state


def _view(
    screens: Screens,
    request: Request,
    command: Command,
    place: tuple[str, str],
    given: Given,
    error: str,
) -> ConfirmView:
    live, state = _room(screens, place)
    counts = Counter(row["state"] for row in state.rows.values())
    working = sum(counts[each.value] for each in IN_PROGRESS)
    roster = live.roster
    if roster is None:
        raise Refusal("NOT_FOUND")
    base = f"/rooms/{place[0]}/{place[1]}"
    return ConfirmView(
        screens.chrome(request),
        command,
        f"{base}/{command.name}",
        base,
        roster.rooms[place[1]].room_name,
        counts,
        working,
        state.head["unsaved"],
        command.asks_reason and (command.name != "close" or working > 0),
        command.approval in roster.profile.policy.two_person,
        roster.profile.policy.late_start == "refuse",
        given,
        error,
    )
