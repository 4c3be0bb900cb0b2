"""What the page of a paper follows from: as long as it is the same, so is the page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from cat_server.queries.kiosk_status import KioskStatus
from kiosk_ui.screens import Screens


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """A paper to be made: whose, in which language, of which form, and what its page says beside the items."""

    attempt_id: str
    language: str
    exam_title: str
    name: str
    number: str
    seat_no: int
    utc_offset_ms: int
    exam_session_id: str
    form_no: int
    profile_hash: str
    bank_id: str


def paper_order(screens: Screens, request: Request, status: KioskStatus) -> PaperOrder | None:
    """Return the paper of the kiosk that asks, or nothing before a form was handed over."""
    attempt, person = status.attempt, status.person
    if attempt is None or person is None or attempt.form_no is None:
        return None
    return PaperOrder(
        attempt_id=attempt.attempt_id,
        language=screens.pages.language.of(request),
        exam_title=person.exam_title,
        name=person.name,
        number=person.participant_number,
        seat_no=person.seat_no,
        utc_offset_ms=screens.utc_offset_ms(screens.deps.clock.now().at_ms),
        exam_session_id=attempt.exam_session_id,
        form_no=attempt.form_no,
        profile_hash=attempt.profile_hash,
        bank_id=person.bank_id,
    )
