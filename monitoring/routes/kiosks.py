"""The PCs of the site: which code stands at which seat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.kiosks import enrol_kiosk, remove_kiosk
from cat_server.domain.refusals import Refusal
from cat_server.queries.kiosk_list import KioskList, kiosk_list
from monitoring.pages import Chrome, Screens, see_other
from monitoring.typed_seats import seat_number
from monitoring.wording import clock_time

_SEAT = "seat-"


@dataclass(frozen=True, slots=True)
class KiosksView:
    """The kiosk page. `errors` are refused codes with the reason; `room_id` the room last chosen."""

    chrome: Chrome
    kiosks: KioskList
    room_id: str
    errors: tuple[tuple[str, str], ...]
    given: dict[str, str]
    refused: tuple[tuple[str, str], ...]


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get("/kiosks")
    async def show(request: Request, room: str = "") -> Response:
        return screens.show(request, "kiosks.html", _view(screens, request, room, (), {}))

    @router.post("/kiosks/enrol")
    async def enrol(request: Request) -> Response:
        form = await request.form()
        room_id = str(form.get("room_id", ""))
        given = {
            name.removeprefix(_SEAT): str(value).strip()
            for name, value in form.items()
            if name.startswith(_SEAT) and str(value).strip()
        }
        if code := str(form.get("code", "")).strip():
            given[code.upper()] = str(form.get("seat_no", "")).strip()
        errors = []
        for code, seat_no in given.items():
            try:
                number = seat_number(seat_no)
                await enrol_kiosk(screens.deps.lane, code, room_id, number, screens.actor(request))
            except Refusal as refusal:
                errors.append((code, screens.refusals.text(request, refusal)))
        if errors:
            view = _view(screens, request, room_id, tuple(errors), given)
            return screens.show(request, "kiosks.html", view, 409)
        return see_other(f"/kiosks?room={room_id}")

    @router.post("/kiosks/{kiosk_id}/remove")
    async def remove(request: Request, kiosk_id: str, reason: Annotated[str, Form()] = "") -> Response:
        if not reason.strip():
            raise Refusal("REASON_MISSING")
        await remove_kiosk(screens.deps.lane, kiosk_id, reason.strip(), screens.actor(request))
        return see_other("/kiosks")

    return router


def _view(
    screens: Screens,
    request: Request,
    room_id: str,
    errors: tuple[tuple[str, str], ...],
    given: dict[str, str],
) -> KiosksView:
    found = kiosk_list(screens.deps.reader)
    refused = tuple((clock_time(at_ms, screens.zone), address) for at_ms, address in found.refused)
    return KiosksView(screens.chrome(request, "/kiosks"), found, room_id, errors, given, refused)
