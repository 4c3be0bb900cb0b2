"""The vacancies of an exam event, for ranking and papers."""

from __future__ import annotations

from cat_server.domain.selection import Formation
from cat_server.records import formations as formation_records
from cat_server.records.engine import Reader


def formations_of(reader: Reader, exam_event_id: str) -> tuple[Formation, ...]:
    """Return the vacancies of an event, by agency, position and formation; none where none were imported."""
    with reader.view() as view:
        return formation_records.formations(view.connection, exam_event_id)
