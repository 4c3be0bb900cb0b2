"""All rooms of an exam session at once: counts, who needs somebody, and commands for every room with one confirmation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.control_sitting import pause_sitting, resume_sitting
from cat_server.actions.grant_time import grant_time
from cat_server.domain.attempt import IN_PROGRESS, AttemptState
from monitoring.live_session import LiveSession
from monitoring.pages import Chrome, Screens
from monitoring.room_commands import COMMANDS, Command
from monitoring.room_rows import URGENCY, RoomState, Row, room_state
from monitoring.routes.incidents import live_session
from monitoring.routes.room_control import ConfirmView, Given, carry_out, milliseconds_of
from monitoring.wording import duration

PAGE = "/all-rooms/{exam_session_id}"
ALL_ROOMS = tuple(each for each in COMMANDS if each.name in ("pause", "resume", "grant-time"))
MOST_NEEDS = 200


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room in numbers; `counts` by attempt state, states without anybody left out."""

    room_id: str
    name: str
    state: str
    time_left: str
    needs: int
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class NeedLine:
    """Somebody who needs an officer: the most urgent reason, and how many more there are."""

    attempt_id: str
    room_name: str
    seat_no: int | None
    name: str
    code: str
    more: int


@dataclass(frozen=True, slots=True)
class AllRoomsView:
    """The page of all rooms; `commands` are those that fit at least one room."""

    chrome: Chrome
    exam_session_id: str
    title: str
    rooms: tuple[RoomLine, ...]
    needs: tuple[NeedLine, ...]
    all_needs: int
    commands: tuple[Command, ...]


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request, exam_session_id: str) -> Response:
        return screens.show(request, "all_rooms.html", _view(screens, request, exam_session_id))

    @router.get(f"{PAGE}/now")
    async def now(request: Request, exam_session_id: str) -> Response:
        return screens.show(request, "all_rooms_now.html", _view(screens, request, exam_session_id))

    for command in ALL_ROOMS:
        _add(router, screens, command)
    return router


def _add(router: APIRouter, screens: Screens, command: Command) -> None:
    path = f"{PAGE}/{command.name}"

    @router.get(path, name=f"ask {command.name} in all rooms")
    async def ask(request: Request, exam_session_id: str) -> Response:
        view = _confirm(screens, request, command, exam_session_id, Given(), "")
        is_fragment = bool(request.headers.get("hx-request"))
        return screens.show(request, "confirm_fragment.html" if is_fragment else "confirm.html", view)

    @router.post(path, name=f"{command.name} in all rooms")
    async def act(
        request: Request,
        exam_session_id: str,
        reason: Annotated[str, Form()] = "",
        minutes: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        given = Given(reason.strip(), minutes.strip(), approver)

        def view_of(error: str) -> ConfirmView:
            return _confirm(screens, request, command, exam_session_id, given, error)

        async def do(approved: str) -> None:
            await _do(screens, request, command, exam_session_id, given, approved)

        return await carry_out(screens, request, view_of, do, approver_password)


async def _do(
    screens: Screens, request: Request, command: Command, exam_session_id: str, given: Given, approver: str
) -> None:
    lane, actor = screens.deps.lane, screens.actor(request)
    match command.name:
        case "pause":
            await pause_sitting(lane, exam_session_id, "", actor, reason=given.reason, approver=approver)
        case "resume":
            await resume_sitting(lane, exam_session_id, "", actor, approver=approver)
        case "grant-time":
            rows = _rows(_states(screens, live_session(screens, exam_session_id)))
            working = [row["id"] for row in rows if row["state"] in set(IN_PROGRESS)]
            await grant_time(lane, working, milliseconds_of(given.minutes), given.reason, actor, approver)


def _states(screens: Screens, live: LiveSession) -> dict[str, RoomState]:
    now_ms = screens.live_scores.now_ms()
    rooms = live.roster.rooms if live.roster else {}
    found = {room_id: room_state(live, room_id, now_ms) for room_id in rooms}
    return {room_id: state for room_id, state in found.items() if state is not None}


def _rows(states: dict[str, RoomState]) -> list[Row]:
    return [row for state in states.values() for row in state.rows.values()]


def _confirm(
    screens: Screens, request: Request, command: Command, exam_session_id: str, given: Given, error: str
) -> ConfirmView:
    live = live_session(screens, exam_session_id)
    states = _states(screens, live)
    counts = Counter(row["state"] for row in _rows(states))
    base = f"/all-rooms/{exam_session_id}"
    return ConfirmView(
        screens.chrome(request),
        command,
        f"{base}/{command.name}",
        base,
        screens.pages.text(request, "all_rooms_name"),
        counts,
        sum(counts[each.value] for each in IN_PROGRESS),
        sum(state.head["unsaved"] for state in states.values()),
        command.asks_reason,
        live.roster is not None and command.approval in live.roster.profile.policy.two_person,
        live.roster is not None and live.roster.profile.policy.late_start == "refuse",
        given,
        error,
    )


def _view(screens: Screens, request: Request, exam_session_id: str) -> AllRoomsView:
    live = live_session(screens, exam_session_id)
    roster = live.roster
    assert roster is not None  # noqa: S101 - `live_session` saw to it
    states = _states(screens, live)
    names = {room_id: roster.rooms[room_id].room_name for room_id in states}
    needs = [
        (URGENCY.index(row["needs"][0][0]), -row["needs"][0][1], row, names[room_id])
        for room_id, state in states.items()
        for row in state.rows.values()
        if row["needs"]
    ]
    needs.sort(key=lambda each: (each[0], each[1], each[2]["seat"] or 0))
    fitting = {state.head["state"] for state in states.values()}
    return AllRoomsView(
        screens.chrome(request),
        exam_session_id,
        roster.exam_session.title,
        tuple(_line(room_id, names[room_id], state) for room_id, state in states.items()),
        tuple(
            NeedLine(row["id"], name, row["seat"], row["name"], row["needs"][0][0], len(row["needs"]) - 1)
            for _, _, row, name in needs[:MOST_NEEDS]
        ),
        len(needs),
        tuple(
            each
            for each in ALL_ROOMS
            if fitting & set(each.states) and screens.may(request, "GET", f"{PAGE}/{each.name}")
        ),
    )


def _line(room_id: str, name: str, state: RoomState) -> RoomLine:
    counts = Counter(row["state"] for row in state.rows.values())
    ends = state.head["ends"]
    return RoomLine(
        room_id,
        name,
        state.head["state"],
        "–" if ends is None else duration(ends - state.head["clock"]),
        sum(bool(row["needs"]) for row in state.rows.values()),
        tuple((each.value, counts[each.value]) for each in AttemptState if counts[each.value]),
    )
