"""What the desk decides about one person: in, not in, back out, in after all; and a picture of who was there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.check_in import IssuedPin, check_in, reissue_pin, undo_check_in
from cat_server.actions.refuse_admission import admit_late, refuse_admission, reinstate
from cat_server.actions.take_photo import take_photo
from cat_server.domain.documents import REQUIRED, Shown
from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import attempt_at_desk
from monitoring.desk_view import desk_view
from monitoring.pages import Chrome, Screens, see_other
from monitoring.routes.desk import PERSON
from monitoring.routes.results import summary_of
from monitoring.wording import clock_time, date_and_time


@dataclass(frozen=True, slots=True)
class SlipView:
    """The slip that the participant takes along; `printed` is when it was made."""

    chrome: Chrome
    exam_session_id: str
    title: str
    planned_start: str
    printed: str
    slip: IssuedPin
    pin: str


@dataclass(frozen=True, slots=True)
class _Person:
    """The person whom a form is about."""

    exam_session_id: str
    attempt_id: str

    @property
    def page(self) -> str:
        return f"/desk/{self.exam_session_id}/{self.attempt_id}"


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page's forms."""
    router = APIRouter()

    @router.post(f"{PERSON}/check-in")
    async def check(
        request: Request,
        exam_session_id: str,
        attempt_id: str,
        room_id: Annotated[str, Form()] = "",
        override_reason: Annotated[str, Form()] = "",
    ) -> Response:
        shown = await _shown(request, override_reason)

        async def act() -> Response:
            actor = screens.actor(request)
            slip = await check_in(screens.deps.lane, screens.deps.secrets, attempt_id, room_id, actor, shown)
            return _slip(screens, request, exam_session_id, slip)

        return await _answered(screens, request, _Person(exam_session_id, attempt_id), act, shown)

    @router.post(f"{PERSON}/admit-late")
    async def late(
        request: Request,
        exam_session_id: str,
        attempt_id: str,
        room_id: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        override_reason: Annotated[str, Form()] = "",
    ) -> Response:
        shown = await _shown(request, override_reason)

        async def act() -> Response:
            lane, secrets, actor = screens.deps.lane, screens.deps.secrets, screens.actor(request)
            slip = await admit_late(lane, secrets, attempt_id, room_id, actor, shown, reason)
            return _slip(screens, request, exam_session_id, slip)

        return await _answered(screens, request, _Person(exam_session_id, attempt_id), act, shown)

    @router.post(f"{PERSON}/reissue-pin")
    async def reissue(request: Request, exam_session_id: str, attempt_id: str) -> Response:
        slip = await reissue_pin(screens.deps.lane, screens.deps.secrets, attempt_id, screens.actor(request))
        return _slip(screens, request, exam_session_id, slip)

    for name, decide in (("undo", undo_check_in), ("refuse", refuse_admission), ("reinstate", reinstate)):
        _add_decision(router, screens, name, decide)

    @router.post(f"{PERSON}/picture")
    async def picture(request: Request, exam_session_id: str, attempt_id: str) -> Response:
        _refuse_unknown(screens, _Person(exam_session_id, attempt_id))
        content = await request.body()
        await take_photo(screens.deps.lane, screens.photos, attempt_id, content, screens.actor(request))
        return Response(status_code=204)

    return router


def _add_decision(
    router: APIRouter, screens: Screens, name: str, decide: Callable[..., Awaitable[None]]
) -> None:
    @router.post(f"{PERSON}/{name}", name=name)
    async def act_on(
        request: Request, exam_session_id: str, attempt_id: str, reason: Annotated[str, Form()] = ""
    ) -> Response:
        person = _Person(exam_session_id, attempt_id)

        async def act() -> Response:
            await decide(screens.deps.lane, attempt_id, reason, screens.actor(request))
            return see_other(person.page)

        return await _answered(screens, request, person, act, None)


async def _shown(request: Request, override_reason: str) -> Shown:
    form = await request.form()
    ticked = [str(form[f"document-{each.code}"]) for each in REQUIRED if f"document-{each.code}" in form]
    return Shown(tuple(ticked), override_reason)


async def _answered(
    screens: Screens,
    request: Request,
    person: _Person,
    act: Callable[[], Awaitable[Response]],
    ticked: Shown | None,
) -> Response:
    """Return what `act` returns; where it refuses, the person's page as it is now, with the refusal on top."""
    _refuse_unknown(screens, person)
    try:
        return await act()
    except Refusal as refusal:
        text = screens.refusals.text(request, refusal)
        now = attempt_at_desk(screens.deps.reader, person.attempt_id)
        view = desk_view(screens, request, person.exam_session_id, person=now, error=text, ticked=ticked)
        return screens.show(request, "desk.html", view, 409)


def _refuse_unknown(screens: Screens, person: _Person) -> None:
    stored = attempt_at_desk(screens.deps.reader, person.attempt_id)
    if stored is None or stored.exam_session_id != person.exam_session_id:
        raise Refusal("NOT_FOUND")


def _slip(screens: Screens, request: Request, exam_session_id: str, slip: IssuedPin) -> Response:
    summary = summary_of(screens, exam_session_id)
    view = SlipView(
        screens.chrome(request, "/desk"),
        exam_session_id,
        summary.title,
        date_and_time(summary.planned_start_at_ms, screens.zone, screens.language.of(request)),
        clock_time(screens.deps.clock.now().at_ms, screens.zone),
        slip,
        f"{slip.pin[:4]} {slip.pin[4:]}",
    )
    return screens.show(request, "slip.html", view)
