"""The PIN slip as a file, for a printer that is not at the desk. The PIN comes back from the page that has just shown it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import attempt_at_desk, is_pin_of
from cat_server.queries.papers import Slip, slip_pdf
from monitoring.pages import Screens
from monitoring.routes.desk import PERSON
from monitoring.routes.results import summary_of


def routes(screens: Screens) -> APIRouter:
    """Return the route of the file."""
    router = APIRouter()

    @router.post(f"{PERSON}/slip")
    async def send(
        request: Request, exam_session_id: str, attempt_id: str, pin: Annotated[str, Form()] = ""
    ) -> Response:
        stored = attempt_at_desk(screens.deps.reader, attempt_id)
        is_here = stored is not None and stored.exam_session_id == exam_session_id
        if stored is None or not is_here or stored.seat_no is None:
            raise Refusal("NOT_FOUND")
        if not is_pin_of(screens.deps.reader, screens.deps.secrets, attempt_id, pin):
            raise Refusal("PIN_REPLACED")
        slip = Slip(stored.participant_number, stored.name, stored.room_name, stored.seat_no, pin)
        title, language = summary_of(screens, exam_session_id).title, screens.language.of(request)
        content = await asyncio.to_thread(slip_pdf, slip, title, language, screens.zone)
        name = f"{stored.participant_number}.pdf"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(content, media_type="application/pdf", headers=headers)

    return router
