"""The incidents of an exam session as officers recorded them."""

from __future__ import annotations

from cat_server.queries.access import Reader
from cat_server.records.incidents import IncidentLine, incidents_of

__all__ = ["IncidentLine", "incidents"]


def incidents(reader: Reader, exam_session_id: str) -> tuple[IncidentLine, ...]:
    """Return the recorded incidents of an exam session in the order in which they happened."""
    with reader.view() as view:
        return incidents_of(view.connection, exam_session_id)
