"""Adding an exam event with its policy."""

from __future__ import annotations

import re

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.exam_events import ExamEvent, add_exam_event, exam_events
from cat_server.records.write_lane import Tx, WriteLane

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def create_exam_event(lane: WriteLane, event: ExamEvent) -> None:
    """Add an exam event.

    Raises:
        Refusal: `CODE_MALFORMED`, `EVENT_NAME` or `EVENT_EXISTS`.
    """
    check_code(event.code)
    if not event.name.strip() or not event.name.isprintable():
        raise Refusal("EVENT_NAME")

    def op(tx: Tx) -> None:
        if any(each.code.casefold() == event.code.casefold() for each in exam_events(tx.connection)):
            raise Refusal("EVENT_EXISTS", {"event": event.code})
        add_exam_event(tx.connection, event)
        tx.append(
            SITE_CHAIN,
            Event(
                EventKind.EXAM_EVENT_CREATED,
                {"exam_event_id": event.exam_event_id},
                {"code": event.code, "name": event.name, "scoreboard": event.scoreboard},
            ),
            OPERATOR,
        )

    lane.run_now(op)


def check_code(code: str) -> None:
    """Refuse a code that cannot be typed or filed everywhere.

    Raises:
        Refusal: `CODE_MALFORMED`.
    """
    if not _CODE.fullmatch(code):
        raise Refusal("CODE_MALFORMED", {"code": code[:60]})
