"""How the forms of an exam session were drawn, and what the ledger recorded of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cat_server.domain.events import EventKind
from cat_server.queries.access import Reader
from cat_server.records.events_by_kind import events_of_kinds
from cat_server.records.form_drawings import StoredDrawing, dealt_usage, stored_drawing, stored_report
from question_bank.canonical import Json
from question_bank.fairness_report.wording import ReportWords, certificate
from question_bank.messages import Catalogue

__all__ = ["StoredDrawing", "certificate_of", "drawing_of", "item_usage", "recorded_drawings"]


def drawing_of(reader: Reader, exam_session_id: str) -> StoredDrawing | None:
    """Return the drawing of an exam session, or None where its inputs were not kept."""
    with reader.view() as view:
        return stored_drawing(view.connection, exam_session_id)


def certificate_of(reader: Reader, exam_session_id: str, language: str) -> tuple[str, ...]:
    """Return the sentences of the fairness certificate in a language, none where no report was kept."""
    with reader.view() as view:
        report = stored_report(view.connection, exam_session_id)
    words = ReportWords(Catalogue("question_bank"), language)
    return tuple(certificate(json.loads(report), words)) if report else ()


def item_usage(reader: Reader, bank_id: str) -> Mapping[str, int]:
    """Return in how many seats' forms each item of a bank stands, over all exam sessions so far."""
    with reader.view() as view:
        return dealt_usage(view.connection, bank_id)


def recorded_drawings(reader: Reader, exam_session_id: str) -> tuple[Mapping[str, Json], ...]:
    """Return what the ledger told of the forms each time that they were drawn or that some were added."""
    kinds = (EventKind.FORMS_DRAWN, EventKind.FORMS_ADDED)
    with reader.view() as view:
        events = events_of_kinds(view.connection, exam_session_id, kinds)
    told: list[Mapping[str, Json]] = []
    for each in events:
        is_added = each.kind == EventKind.FORMS_ADDED and told
        told.append({**told[-1], **each.body} if is_added else each.body)
    return tuple(told)
