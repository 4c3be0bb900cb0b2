"""The vacancies of an exam event."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from cat_server.domain.selection import Formation, FormationKey
from cat_server.records.tables import FormationRow, table_of

_formation = table_of(FormationRow)


def replace_formations(connection: Connection, exam_event_id: str, formations: Sequence[Formation]) -> None:
    """Let these be the vacancies of an event, whatever they were before."""
    connection.execute(delete(_formation).where(_formation.c.exam_event_id == exam_event_id))
    connection.execute(
        insert(_formation),
        [
            {
                "exam_event_id": exam_event_id,
                "agency": each.key.agency,
                "position": each.key.position,
                "formation": each.key.formation,
                "quota": each.quota,
            }
            for each in formations
        ],
    )


def formations(connection: Connection, exam_event_id: str) -> tuple[Formation, ...]:
    """Return the vacancies of an event, by agency, position and formation."""
    rows = connection.execute(
        select(_formation)
        .where(_formation.c.exam_event_id == exam_event_id)
        .order_by(_formation.c.agency, _formation.c.position, _formation.c.formation)
    )
    return tuple(Formation(FormationKey(row.agency, row.position, row.formation), row.quota) for row in rows)
