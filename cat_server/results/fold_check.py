"""Whether the tables of an exam session equal the fold of its ledger (design 5, "Present and history")."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.domain.attempt import SAT, AttemptState
from cat_server.domain.history import History
from cat_server.domain.history_views import AttemptView
from cat_server.records.chains import StoredEvent
from cat_server.records.ledger import read_event
from cat_server.records.session_attempts import AttemptRecord
from cat_server.records.session_record import SessionRecord
from cat_server.results.checklist import Check
from question_bank.problems import Problem


def check_tables(record: SessionRecord) -> Check:
    """Check every sitting and attempt, with blocks, extra time and answers, against the ledger."""
    try:
        history = _history(record.events)
    except (KeyError, TypeError, ValueError, IndexError):
        return Check("check_tables", is_ok=False, details=(Problem("check_ledger_unreadable"),))
    details = [
        Problem("check_sitting_differs", params={"room": each.room_name})
        for each in record.sittings
        if each.room_id not in history.sittings
        or (history.sittings[each.room_id].state, history.sittings[each.room_id].control_no)
        != (each.state, each.control_no)
    ]
    for attempt in record.attempts:
        told = history.attempts.get(attempt.attempt_id)
        if told is None or _of_table(attempt) != _of_ledger(told):
            details.append(
                Problem(
                    "check_attempt_differs",
                    params={"number": attempt.participant_number, "name": attempt.name},
                )
            )
    known = {each.attempt_id for each in record.attempts}
    details += [
        Problem("check_attempt_lost", params={"attempt": each})
        for each in history.attempts
        if each not in known
    ]
    return Check("check_tables", not details, tuple(details))


def _history(events: Sequence[StoredEvent]) -> History:
    return History.of(read_event(each.envelope, each.private or b"") for each in events)


def _of_table(attempt: AttemptRecord) -> object:
    return (
        attempt.participant_id,
        attempt.ordinal,
        attempt.profile_hash,
        attempt.state,
        attempt.room_id or "",
        attempt.seat_id or "",
        attempt.form_no,
        attempt.epoch,
        attempt.ended_clock_ms if AttemptState(attempt.state) in SAT else None,
        attempt.paused_clock_ms,
        [
            (each.block_no, each.started_clock_ms, each.allowed_ms, each.ended_clock_ms)
            for each in attempt.blocks
        ],
        sorted((each.block_no, each.milliseconds) for each in attempt.grants),
        [
            (each.position, each.response, each.is_flagged, each.epoch, each.seq, each.number)
            for each in attempt.answers
        ],
        attempt.quarantined,
        attempt.documents,
        attempt.photo_hash,
    )


def _of_ledger(attempt: AttemptView) -> object:
    return (
        attempt.participant_id,
        attempt.ordinal,
        attempt.profile_hash,
        attempt.state,
        attempt.room_id,
        attempt.seat_id,
        attempt.form_no,
        attempt.epoch,
        attempt.ended_clock_ms if attempt.state in SAT else None,
        attempt.paused_clock_ms,
        [
            (each.block_no, each.started_clock_ms, each.allowed_ms, each.ended_clock_ms)
            for each in sorted(attempt.blocks, key=lambda block: block.block_no)
        ],
        sorted((each.block_no, each.milliseconds) for each in attempt.grants),
        [
            (position, each.response, each.is_flagged, each.epoch, each.seq, each.number)
            for position, each in sorted(attempt.answers.items())
        ],
        attempt.quarantined,
        attempt.documents,
        attempt.photo_hash,
    )
