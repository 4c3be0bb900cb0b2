"""Setting the vacancies of an exam event."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.domain.selection import Formation
from cat_server.records.formations import replace_formations
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json, cjson, digest


def import_formations(lane: WriteLane, exam_event_id: str, formations: Sequence[Formation]) -> int:
    """Let these be all the vacancies of the event, and return how many there are; a later import replaces them.

    Agency, position and formation of each must differ from every other's.
    """
    vacancies = sum(each.quota for each in formations)

    def op(tx: Tx) -> None:
        replace_formations(tx.connection, exam_event_id, formations)
        tx.append(
            SITE_CHAIN,
            Event(
                EventKind.FORMATIONS_IMPORTED,
                {
                    "exam_event_id": exam_event_id,
                    "formations": len(formations),
                    "vacancies": vacancies,
                    "formations_hash": formations_hash(formations),
                },
            ),
            OPERATOR,
        )

    lane.run_now(op)
    return vacancies


def formations_hash(formations: Sequence[Formation]) -> str:
    """Return the hash of a list of vacancies, independent of its order."""
    rows = sorted((each.key.agency, each.key.position, each.key.formation, each.quota) for each in formations)
    return digest("formations/1", cjson([list[Json](row) for row in rows]))
