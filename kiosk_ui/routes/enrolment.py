"""A PC without a seat: it shows a code until an officer enrols it, then its seat, large, for the check walk."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from cat_server.actions.kiosks import register_kiosk
from cat_server.actions.refuse_kiosk import refuse_kiosk
from cat_server.queries.enrolment import is_enrolment_open, is_own_room_enrolling
from cat_server.runtime.limits import Limit
from cat_server.web.cookies import KIOSK_DEVICE, YEAR_S
from kiosk_ui.journey import Step
from kiosk_ui.screens import Screens, see_other

_LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """The code that this PC shows."""

    code: str


@dataclass(frozen=True, slots=True)
class SeatView:
    """The seat that this PC was given."""

    seat_no: int
    room_name: str


def kiosk_topic(kiosk_id: str) -> str:
    """Return the topic under which a PC without a participant hears of its seat."""
    return f"kiosk:{kiosk_id}"


def routes(screens: Screens) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()

    @router.get(Step.ENROLMENT)
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.ENROLMENT):
            return away
        if not is_enrolment_open(screens.deps.reader):
            return screens.pages.render(request, "not_enrolled.html")
        return screens.pages.render(request, "enrolment.html", EnrolmentView(standing.code))

    @router.get("/enrolment/seat")
    async def seat(request: Request) -> Response:
        standing = await screens.standing(request)
        is_idle = not standing.is_signed_in and bool(standing.seat_no)
        if not is_idle or not is_own_room_enrolling(screens.deps.reader, standing.kiosk_id):
            return see_other(Step.START)
        return screens.pages.render(
            request, "enrolled_seat.html", SeatView(standing.seat_no, standing.room_name)
        )

    @router.get("/enrolment/events")
    async def events(request: Request) -> Response:
        kiosk = (await screens.status(request)).kiosk
        if kiosk is None:
            return JSONResponse({"v": 1, "code": "KIOSK_UNKNOWN"}, 401)
        return screens.feed.stream(kiosk_topic(kiosk.kiosk_id))

    return router


async def register(screens: Screens, request: Request) -> Response:
    """Give a PC that comes for the first time its device credential and send it on.

    While no room is being enrolled it gets none: only a page that says so, and a note for the officers.
    """
    address = request.client.host if request.client else ""
    if not screens.takes_new_kiosks():
        if await screens.deps.ask_limit(Limit.UNKNOWN_KIOSK, address):
            await refuse_kiosk(screens.deps.lane, address)
        return screens.pages.render(request, "not_enrolled.html", None, 403)
    agent = request.headers.get("user-agent", "")[:_LONGEST_AGENT]
    kiosk = await register_kiosk(screens.deps.lane, address, agent)
    response = see_other(f"{Step.START}?known=1")
    screens.cookies.write(response, KIOSK_DEVICE, kiosk.token, max_age_s=YEAR_S)
    return response
