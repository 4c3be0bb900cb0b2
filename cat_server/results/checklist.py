"""The computed checklist before sign-off: each check is a value, translated at the edge (design 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cat_server.domain.attempt import ENDED, AttemptState
from cat_server.domain.exam_session import OVER
from cat_server.domain.scoring import AttemptScore
from cat_server.records.ledger import FIRST_PREVIOUS
from cat_server.records.session_attempts import AttemptRecord
from cat_server.records.session_record import ScoreLine, SessionRecord
from cat_server.results.counts import Counts
from cat_server.results.folded import ENDING
from cat_server.results.ledger_check import OpenedEvent
from cat_server.results.package_format import FORM_TYPE
from cat_server.results.scores import is_sat
from question_bank.assembly.merkle import forms_hash
from question_bank.canonical import digest
from question_bank.problems import Problem


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist. `details` name persons, seats and events; only a blocking check stops the sign-off."""

    code: str
    is_ok: bool
    details: tuple[Problem, ...] = ()
    is_blocking: bool = True


def is_ready(checks: Sequence[Check]) -> bool:
    """Tell whether nothing stops a statement from being prepared."""
    return all(each.is_ok or not each.is_blocking for each in checks)


SILENT_MS = 30_000
"""Three heartbeats missed: a PC that was cut off, or switched off."""


def check_closed(record: SessionRecord) -> Check:
    """Check that the exam session is closed in every room."""
    still = tuple(
        Problem("check_room_open", params={"room": each.room_name, "state": each.state})
        for each in record.sittings
        if each.state not in OVER
    )
    return Check("check_closed", bool(record.sittings) and not still, still)


def check_counts(counts: Counts) -> Check:
    """Check that expected = present + absent + forfeited + disqualified + voided."""
    params = {
        "expected": counts.expected,
        "present": counts.present,
        "absent": counts.absent,
        "forfeited": counts.forfeited,
        "disqualified": counts.disqualified,
        "voided": counts.voided,
    }
    return Check("check_counts", counts.is_complete, (Problem("check_counts_are", params=params),))


def check_ended(record: SessionRecord, events: Sequence[OpenedEvent]) -> Check:
    """Check that every attempt has ended, with the event that ended it in the ledger."""
    ended_by = {str(each.body.get("attempt_id")): each.kind for each in events if each.kind in ENDING}
    open_still = [each for each in record.attempts if AttemptState(each.state) not in ENDED]
    unexplained = [
        each
        for each in record.attempts
        if AttemptState(each.state) in ENDED and ENDING.get(ended_by.get(each.attempt_id, "")) != each.state
    ]
    details = [_about("check_attempt_open", each, state=each.state) for each in open_still]
    details += [_about("check_attempt_unexplained", each, state=each.state) for each in unexplained]
    return Check("check_ended", not details, tuple(details))


def check_unsent(record: SessionRecord, events: Sequence[OpenedEvent]) -> Check:
    """Name the kiosks that may still hold answers; they are stated, and do not stop the sign-off.

    These are the kiosks that last told of answers not yet delivered, and those that had fallen silent before the
    server or an officer ended the attempt.
    """
    ended_at = {str(each.body.get("attempt_id")): each.at_ms for each in events if each.kind in ENDING}
    waiting = [
        _about("check_seat_unsent", each, answers=each.unsent) for each in record.attempts if each.unsent
    ]
    waiting += [
        _about("check_seat_silent", each)
        for each in record.attempts
        if not each.unsent
        and each.seen_at_ms is not None
        and each.state in (AttemptState.TIMED_OUT, AttemptState.FORCE_CLOSED)
        and each.seen_at_ms + SILENT_MS < ended_at.get(each.attempt_id, 0)
    ]
    return Check("check_unsent", not waiting, tuple(waiting), is_blocking=False)


def check_quarantined(record: SessionRecord) -> Check:
    """Name those with answers kept apart; they count for nothing, and do not stop the sign-off."""
    kept = tuple(
        _about("check_seat_quarantined", each, answers=each.quarantined)
        for each in record.attempts
        if each.quarantined
    )
    return Check("check_quarantined", not kept, kept, is_blocking=False)


def check_ledger(record: SessionRecord, problems: Sequence[Problem]) -> Check:
    """Check that both chains, recomputed from their bytes, are whole and end at their recorded heads."""
    found = [*problems]
    for events, head in ((record.events, record.head), (record.site_events, record.site_head)):
        last = (events[-1].number, events[-1].hash) if events else (0, FIRST_PREVIOUS)
        if last != (head.number, head.hash):
            found.append(Problem("check_head_differs", params={"number": head.number}))
    return Check("check_ledger", not found, tuple(found))


def check_forms(record: SessionRecord, events: Sequence[OpenedEvent]) -> Check:
    """Check that every stored form has its hash, and that all of them are those the ledger says were drawn or added."""
    details = [
        Problem("check_form_changed", params={"form": each.form_no})
        for each in record.forms
        if digest(FORM_TYPE, each.content) != each.hash
    ]
    drawn = [each.body for each in events if each.kind == "FORMS_DRAWN"]
    told = [each.body for each in events if each.kind in ("FORMS_DRAWN", "FORMS_ADDED")]
    stored = forms_hash([each.hash for each in record.forms])
    if (
        not drawn
        or record.form_set is None
        or told[-1].get("forms_hash") != stored
        or any(
            drawn[-1].get(name) != getattr(record.form_set, name)
            for name in ("engine", "seed_commitment", "items_hash", "stats_hash", "blueprint_hash")
        )
    ):
        details.append(Problem("check_forms_other"))
    return Check("check_forms", not details, tuple(details))


def check_scores(
    record: SessionRecord, scores: Mapping[str, AttemptScore] | None, unscorable: Sequence[str]
) -> Check:
    """Check that every stored score equals the one recomputed from raw answers, and that nobody else has one."""
    if scores is None:
        return Check("check_scores", is_ok=False, details=(Problem("check_scores_no_keys"),))
    details = [
        _about("check_attempt_unscorable", each)
        for each in record.attempts
        if each.attempt_id in set(unscorable)
    ]
    for each in record.attempts:
        if each.state == AttemptState.VOIDED:
            continue
        stored = record.scores.get(each.attempt_id)
        if not is_sat(each.state):
            if stored and any(line.answered for line in stored.values()):
                details.append(_about("check_score_unexpected", each))
        elif stored is None:
            details.append(_about("check_score_missing", each))
        elif each.attempt_id in scores and not _equal(scores[each.attempt_id], stored):
            details.append(_about("check_score_differs", each))
    return Check("check_scores", not details, tuple(details))


def _equal(score: AttemptScore, stored: Mapping[str, ScoreLine]) -> bool:
    lines = {
        each.code: (each.points, each.maximum, each.answered, each.items, each.threshold, each.meets)
        for each in score.sections
    }
    found = {
        code: (each.points, each.maximum, each.answered, each.items, each.threshold, each.meets)
        for code, each in stored.items()
        if code
    }
    total = stored.get("")
    return (
        lines == found
        and total is not None
        and (total.points, total.maximum, total.answered, total.items)
        == (score.total, score.maximum, score.answered, score.items)
    )


def _about(code: str, attempt: AttemptRecord, **params: str | int) -> Problem:
    where = f"{attempt.room_code}/{attempt.seat_no}" if attempt.seat_no is not None else "–"
    return Problem(
        code,
        params={"number": attempt.participant_number, "name": attempt.name, "seat": where, **params},
    )
