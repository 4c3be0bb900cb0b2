"""Creating an exam session: forms for every seat and spare, attempts for its participants, all in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from cat_server.actions.create_exam_event import check_code
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.domain.roster_fit import without_right
from cat_server.records.banks import StoredBank
from cat_server.records.exam_events import ExamEvent, Participant, participants, scheduled_participants
from cat_server.records.form_drawings import add_inputs
from cat_server.records.new_exam_sessions import (
    ExamSessionSummary,
    NewAttempt,
    NewExamSession,
    add_attempts,
    add_exam_session,
    add_forms,
    exam_session_summaries,
    keep_profile,
)
from cat_server.records.rooms import Room
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.forms_report import forms_report
from cat_server.results.redrawing import commitment
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.tokens import new_id
from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.merkle import forms_hash, forms_root
from question_bank.assembly.neighbours import SeatPlace
from question_bank.assembly.public_inputs import inputs_hash
from question_bank.assembly.sealed_seed import SECRET_BYTES, SealedSeed
from question_bank.canonical import Json
from question_bank.fairness_report.report_type import report_hash
from question_bank.forms import FormSet
from question_bank.scoring_profile import Profile

SPARES_PERCENT = 10


@dataclass(frozen=True, slots=True)
class ExamSessionPlan:
    """What an exam session is made from.

    `numbers` are the participant numbers to schedule; None takes everybody of the event who has no exam session yet,
    as many as there are ordinary seats, or `limit`.
    """

    code: str
    title: str
    event: ExamEvent
    rooms: tuple[Room, ...]
    profile: Profile
    bank: StoredBank
    planned_start_at_ms: int | None = None
    numbers: tuple[str, ...] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class CreatedExamSession:
    """What was made. `commitment` binds the secret and all inputs of the forms. `left_over` counts participants of the event who still have no exam session.

    `without_right` are the numbers of those whose accommodation brings no time, since their category has no right to it.
    """

    exam_session_id: str
    code: str
    attempts: int
    forms: int
    seats: int
    commitment: str
    left_over: int
    without_right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Forms under the id of their set, and the content of their fairness report."""

    form_set_id: str
    forms: FormSet
    report: bytes


def create_exam_session(
    lane: WriteLane, files: BankFiles, plan: ExamSessionPlan, zone: tzinfo, usage: Mapping[str, int]
) -> CreatedExamSession:
    """Create an exam session, PREPARED. `usage` is how often each item was used in exam sessions before.

    Raises:
        Refusal: `CODE_MALFORMED`, `EXAM_SESSION_EXISTS`, `TOO_FEW_SEATS`, `PARTICIPANTS_UNKNOWN`,
            `PARTICIPANTS_SCHEDULED`, `NO_PARTICIPANTS`, `ACCOMMODATIONS_UNKNOWN` or `BANK_UNREADABLE`.
        CannotAssemble: the bank cannot serve the profile, with every shortage in numbers.
    """
    check_code(plan.code)
    seats = [seat.seat_id for room in plan.rooms for seat in room.seats]
    places = [
        SeatPlace(room.room_id, seat.row_no, seat.column_no) for room in plan.rooms for seat in room.seats
    ]
    sealed, form_set_id = SealedSeed(secrets.token_bytes(SECRET_BYTES)), new_id()
    bank_id, known = plan.bank.bank_id, plan.bank.stats_hash
    material = files.bank(bank_id), files.keys(bank_id), files.statistics(bank_id, known), plan.profile
    drawn = draw_forms(
        *material,
        seats=len(seats),
        spares=-(-len(seats) * SPARES_PERCENT // 100),
        seed=sealed,
        usage=usage,
        places=places,
    )
    report = forms_report(*material, drawn, places)
    files.keyring.keep_seed(form_set_id, sealed.secret)
    try:
        return lane.run_now(lambda tx: _write(tx, plan, Drawing(form_set_id, drawn, report), seats, zone))
    except BaseException:
        files.keyring.forget_seed(form_set_id)
        raise


def _write(
    tx: Tx, plan: ExamSessionPlan, drawing: Drawing, seats: list[str], zone: tzinfo
) -> CreatedExamSession:
    drawn, form_set_id = drawing.forms, drawing.form_set_id
    others = exam_session_summaries(tx.connection)
    if any(each.code.casefold() == plan.code.casefold() for each in others):
        raise Refusal("EXAM_SESSION_EXISTS", {"code": plan.code})
    chosen, left_over = _choose(tx, plan)
    new = NewExamSession(
        exam_session_id=new_id(),
        exam_event_id=plan.event.exam_event_id,
        code=plan.code,
        title=plan.title,
        day_ordinal=_day_ordinal(plan.planned_start_at_ms, others, zone),
        cumulative_number=max((each.cumulative_number for each in others), default=0) + 1,
        planned_start_at_ms=plan.planned_start_at_ms,
        profile_hash=plan.profile.hash,
        bank_id=plan.bank.bank_id,
    )
    attempts = [NewAttempt(new_id(), each.participant_id) for each in chosen]
    keep_profile(tx.connection, plan.profile)
    add_exam_session(tx.connection, new, [room.room_id for room in plan.rooms])
    add_forms(tx.connection, new.exam_session_id, form_set_id, drawn, seats)
    add_inputs(tx.connection, form_set_id, drawn.inputs, drawing.report)
    add_attempts(tx.connection, new.exam_session_id, plan.profile.hash, attempts)
    chain = new.exam_session_id
    tx.append(chain, _created(plan, new), OPERATOR)
    tx.append(chain, drawn_event(drawing, ""), OPERATOR)
    for each in attempts:
        tx.append(chain, _scheduled(each, plan.profile.hash), OPERATOR)
    unentitled = tuple(
        each.participant_number
        for each in chosen
        if without_right(plan.profile, each.accommodation, each.category)
    )
    return CreatedExamSession(
        new.exam_session_id,
        new.code,
        len(attempts),
        len(drawn.forms),
        len(seats),
        commitment(drawn),
        left_over,
        unentitled,
    )


def _choose(tx: Tx, plan: ExamSessionPlan) -> tuple[list[Participant], int]:
    everybody = participants(tx.connection, plan.event.exam_event_id)
    scheduled = scheduled_participants(tx.connection, plan.event.exam_event_id)
    waiting = [each for each in everybody if each.participant_id not in scheduled]
    places = sum(room.ordinary_seats for room in plan.rooms)
    if plan.numbers is None:
        chosen = waiting[: min(places, plan.limit if plan.limit is not None else places)]
    else:
        wanted = {each.casefold() for each in plan.numbers}
        chosen = [each for each in everybody if each.participant_number.casefold() in wanted]
        unknown = wanted - {each.participant_number.casefold() for each in chosen}
        if unknown:
            raise Refusal("PARTICIPANTS_UNKNOWN", _some(sorted(unknown)))
        twice = [each.participant_number for each in chosen if each.participant_id in scheduled]
        if twice:
            raise Refusal("PARTICIPANTS_SCHEDULED", _some(twice))
        if len(chosen) > places:
            raise Refusal("TOO_FEW_SEATS", {"participants": len(chosen), "seats": places})
    if not chosen:
        raise Refusal("NO_PARTICIPANTS", {"event": plan.event.code})
    known = {each.code for each in plan.profile.accommodations}
    wrong = sorted({code for each in chosen for code in each.accommodation.split() if code not in known})
    if wrong:
        raise Refusal(
            "ACCOMMODATIONS_UNKNOWN",
            {"codes": ", ".join(wrong), "known": ", ".join(sorted(known)) or "-"},
        )
    return chosen, len(waiting) - sum(each.participant_id not in scheduled for each in chosen)


def _some(names: Sequence[str]) -> dict[str, str | int]:
    return {"count": len(names), "numbers": ", ".join(names[:10]) + (", …" if len(names) > 10 else "")}


def _day_ordinal(planned_ms: int | None, others: Sequence[ExamSessionSummary], zone: tzinfo) -> int:
    """Return which exam session of its day this is; one without a planned start counts among those without."""

    def day(at_ms: int | None) -> str:
        return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, zone).date().isoformat()

    same_day = [each for each in others if day(each.planned_start_at_ms) == day(planned_ms)]
    return max((each.day_ordinal for each in same_day), default=0) + 1


def _created(plan: ExamSessionPlan, new: NewExamSession) -> Event:
    body: dict[str, Json] = {
        "exam_event_id": new.exam_event_id,
        "bank_id": new.bank_id,
        "bank_hash": plan.bank.bank_hash,
        "items_hash": plan.bank.items_hash,
        "profile_hash": new.profile_hash,
        "rooms": [room.room_id for room in plan.rooms],
    }
    return Event(EventKind.EXAM_SESSION_CREATED, body, {"code": new.code, "title": new.title})


def drawn_event(drawing: Drawing, public_draw: str) -> Event:
    """Return the event that forms were drawn, with the hashes that bind what they follow from."""
    drawn = drawing.forms
    body: dict[str, Json] = {
        "form_set_id": drawing.form_set_id,
        "engine": drawn.engine,
        "forms": len(drawn.forms),
        "seed_commitment": drawn.seed_commitment,
        "items_hash": drawn.items_hash,
        "keys_hash": drawn.keys_hash,
        "stats_hash": drawn.stats_hash,
        "blueprint_hash": drawn.blueprint_hash,
        "inputs_hash": inputs_hash(drawn.inputs),
        "commitment": commitment(drawn),
        "public_draw": public_draw,
        "forms_hash": forms_hash(drawn.hashes),
        "forms_root": forms_root(drawn.hashes),
        "report_hash": report_hash(drawing.report),
    }
    return Event(EventKind.FORMS_DRAWN, body)


def _scheduled(attempt: NewAttempt, profile_hash: str) -> Event:
    body: dict[str, Json] = {
        "attempt_id": attempt.attempt_id,
        "participant_id": attempt.participant_id,
        "ordinal": 1,
        "profile_hash": profile_hash,
    }
    return Event(EventKind.PARTICIPANT_SCHEDULED, body)
