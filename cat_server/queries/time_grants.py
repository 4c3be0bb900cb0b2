"""Who was granted time, by whom, when and why."""

from __future__ import annotations

from cat_server.queries.access import Reader
from cat_server.records.time_grants import GrantLine, grants_of

__all__ = ["GrantLine", "time_grants"]


def time_grants(reader: Reader, exam_session_id: str, attempt_id: str = "") -> tuple[GrantLine, ...]:
    """Return the grants of an exam session, or of one of its attempts, the newest first."""
    with reader.view() as view:
        return grants_of(view.connection, exam_session_id, attempt_id)
