"""Which papers there are, from when on, and one way to make any of them."""

from __future__ import annotations

from enum import StrEnum

from cat_server.domain.refusals import Refusal
from cat_server.results.attendance import attendance
from cat_server.results.document import Document
from cat_server.results.handover import handover
from cat_server.results.incident_minutes import incident_minutes
from cat_server.results.minutes import minutes
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import PaperWords
from cat_server.results.person_result import person_result
from cat_server.results.recap import recap


class PaperKind(StrEnum):
    """The papers of an exam session, in the order in which they are needed."""

    ATTENDANCE = "attendance"
    INCIDENTS = "incidents"
    MINUTES = "minutes"
    RECAP = "recap"
    PERSON = "person"
    HANDOVER = "handover"


AFTER_CLOSE = frozenset({PaperKind.MINUTES, PaperKind.RECAP, PaperKind.PERSON, PaperKind.HANDOVER})
"""Papers that tell how it ended; before the close they would not be true."""


def paper_kind(text: str) -> PaperKind:
    """Return the kind with this name.

    Raises:
        Refusal: `NOT_FOUND`.
    """
    try:
        return PaperKind(text)
    except ValueError:
        raise Refusal("NOT_FOUND") from None


def make_papers(
    source: PaperSource, kind: PaperKind, words: PaperWords, *, room_id: str = "", attempt_id: str = ""
) -> tuple[Document, ...]:
    """Return the papers of one kind: one, or for `person` one for each participant or that of `attempt_id`.

    Raises:
        Refusal: `NOT_CLOSED` (too early for this kind), `PAPER_DIFFERS` (not what was signed), `NOT_FOUND`.
    """
    if kind in AFTER_CLOSE and not source.is_closed:
        raise Refusal("NOT_CLOSED")
    source.check()
    match kind:
        case PaperKind.ATTENDANCE:
            if room_id and not source.room_name(room_id):
                raise Refusal("NOT_FOUND")
            return (attendance(source, words, room_id),)
        case PaperKind.INCIDENTS:
            return (incident_minutes(source, words),)
        case PaperKind.MINUTES:
            return (minutes(source, words),)
        case PaperKind.RECAP:
            return (recap(source, words),)
        case PaperKind.HANDOVER:
            return (handover(source, words),)
        case PaperKind.PERSON:
            found = tuple(
                person_result(source, words, each)
                for each in sorted(source.lines, key=lambda each: str(each["participant_number"]))
                if not attempt_id or each["attempt_id"] == attempt_id
            )
            if not found:
                raise Refusal("NOT_FOUND")
            return found
