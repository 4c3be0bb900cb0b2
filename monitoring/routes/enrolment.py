"""All PCs of a room get their seats on one page: typed, pasted, clicked, or proposed by address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.block_seat import block_seat
from cat_server.actions.enrol_room import assign_seats, open_enrolment, swap_seats
from cat_server.actions.kiosks import remove_kiosk
from cat_server.domain.refusals import Refusal
from cat_server.queries.enrolment import Enrolment, enrolment
from monitoring.pages import Chrome, Screens, see_other
from monitoring.typed_seats import seat_number, seats_and_codes

PAGE = "/enrolment/{room_id}"


@dataclass(frozen=True, slots=True)
class EnrolmentPage:
    """The page. `errors` are refused lines with the reason; `given` holds them, so that they can be mended."""

    chrome: Chrome
    now: Enrolment
    columns: int
    errors: tuple[tuple[str, str], ...]
    given: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request, room_id: str) -> Response:
        return screens.show(request, "enrol_room.html", _view(screens, request, room_id))

    @router.get(f"{PAGE}/now")
    async def now(request: Request, room_id: str) -> Response:
        return screens.show(request, "enrol_now.html", _view(screens, request, room_id))

    @router.post(f"{PAGE}/open")
    async def switch(request: Request, room_id: str, is_open: Annotated[str, Form()] = "") -> Response:
        await open_enrolment(screens.deps.lane, room_id, screens.actor(request), is_open=is_open == "1")
        return see_other(f"/enrolment/{room_id}")

    @router.post(f"{PAGE}/assign")
    async def assign(request: Request, room_id: str, lines: Annotated[str, Form()] = "") -> Response:
        wanted, wrong = seats_and_codes(lines)
        refused = await assign_seats(screens.deps.lane, room_id, wanted, screens.actor(request))
        errors = [*wrong, *((f"{seat_no} {code}", why) for seat_no, code, why in refused)]
        told = tuple((line, screens.refusals.text(request, why)) for line, why in errors)
        is_fragment = bool(request.headers.get("hx-request"))
        if not is_fragment and not told:
            return see_other(f"/enrolment/{room_id}")
        template = "enrol_now.html" if is_fragment else "enrol_room.html"
        view = _view(screens, request, room_id, told, "\n".join(line for line, _ in told))
        return screens.show(request, template, view, 409 if told else 200)

    @router.post(f"{PAGE}/mend")
    async def mend(
        request: Request,
        room_id: str,
        what: Annotated[str, Form()] = "",
        seat_no: Annotated[str, Form()] = "",
        other_no: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            await _mend(screens, request, room_id, what, (seat_no.strip(), other_no.strip(), reason.strip()))
        except Refusal as refusal:
            told = ((seat_no.strip(), screens.refusals.text(request, refusal)),)
            view = _view(screens, request, room_id, told)
            return screens.show(request, "enrol_room.html", view, 409)
        return see_other(f"/enrolment/{room_id}")

    return router


async def _mend(
    screens: Screens, request: Request, room_id: str, what: str, given: tuple[str, str, str]
) -> None:
    lane, actor = screens.deps.lane, screens.actor(request)
    number, reason = seat_number(given[0]), given[2]
    match what:
        case "swap":
            await swap_seats(lane, room_id, number, seat_number(given[1]), actor)
        case "remove":
            await remove_kiosk(lane, _kiosk_on(screens, room_id, number), reason, actor)
        case "block" | "unblock":
            await block_seat(lane, room_id, number, reason, actor, is_blocked=what == "block")
        case _:
            raise Refusal("NOT_FOUND")


def _kiosk_on(screens: Screens, room_id: str, seat_no: int) -> str:
    found = enrolment(screens.deps.reader, room_id)
    seats = found.seats if found else ()
    seat = next((each for each in seats if each.seat_no == seat_no), None)
    if seat is None:
        raise Refusal("SEAT_UNKNOWN", {"seat": seat_no})
    if not seat.kiosk_id:
        raise Refusal("SEAT_NO_KIOSK", {"seat": seat_no})
    return seat.kiosk_id


def _view(
    screens: Screens,
    request: Request,
    room_id: str,
    errors: tuple[tuple[str, str], ...] = (),
    given: str = "",
) -> EnrolmentPage:
    found = enrolment(screens.deps.reader, room_id)
    if found is None:
        raise Refusal("NOT_FOUND")
    columns = max((each.column_no for each in found.seats), default=1)
    return EnrolmentPage(screens.chrome(request, "/kiosks"), found, columns, errors, given)
