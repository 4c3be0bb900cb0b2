"""Everything the records hold of one exam session, as values: what is checked, stated, signed and handed out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.domain.ids import SITE_CHAIN
from cat_server.records.chains import Head, StoredEvent, chain_events, chain_head
from cat_server.records.session_attempts import AttemptRecord, read_attempts
from cat_server.records.tables import (
    BankRow,
    ExamEventRow,
    ExamSessionRow,
    FormRow,
    FormSetInputsRow,
    FormSetRow,
    ProfileRow,
    RoomRow,
    ScoreRow,
    ScoringRunRow,
    SittingRow,
    table_of,
)

_session = table_of(ExamSessionRow)
_event = table_of(ExamEventRow)
_bank = table_of(BankRow)
_sitting = table_of(SittingRow)
_room = table_of(RoomRow)
_form_set = table_of(FormSetRow)
_inputs = table_of(FormSetInputsRow)
_form = table_of(FormRow)
_profile = table_of(ProfileRow)
_run = table_of(ScoringRunRow)
_score = table_of(ScoreRow)


@dataclass(frozen=True, slots=True)
class SessionIdentity:
    """Which exam session this is, and of which event."""

    exam_session_id: str
    code: str
    title: str
    day_ordinal: int
    cumulative_number: int
    state: str
    planned_start_at_ms: int | None
    exam_event_id: str
    event_code: str
    event_name: str
    profile_hash: str


@dataclass(frozen=True, slots=True)
class BankRecord:
    """The bank's hashes as recorded at import."""

    bank_id: str
    title: str
    items_hash: str
    keys_hash: str
    bank_hash: str


@dataclass(frozen=True, slots=True)
class SittingRecord:
    """The exam session in one room; `clock_ms` is exam-clock time."""

    room_id: str
    room_code: str
    room_name: str
    state: str
    clock_ms: int
    control_no: int
    started_at_ms: int | None
    closed_at_ms: int | None


@dataclass(frozen=True, slots=True)
class FormSetRecord:
    """The drawing of all forms: its engine, inputs, commitment to the seed, and fairness report (empty if none)."""

    form_set_id: str
    engine: str
    blueprint_hash: str
    items_hash: str
    keys_hash: str
    stats_hash: str
    seed_commitment: str
    forms: int
    report: bytes


@dataclass(frozen=True, slots=True)
class FormRecord:
    """One form as stored."""

    form_no: int
    content: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One stored line of a score; points are micropoints, `section` empty is the total."""

    section: str
    points: int
    maximum: int
    answered: int
    items: int
    threshold: int | None
    meets: bool | None


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One snapshot of all of it. `scores` are those of the newest scoring run, by attempt."""

    identity: SessionIdentity
    bank: BankRecord
    sittings: tuple[SittingRecord, ...]
    form_set: FormSetRecord | None
    forms: tuple[FormRecord, ...]
    profiles: Mapping[str, bytes]
    attempts: tuple[AttemptRecord, ...]
    scoring_run_id: str
    annulled: frozenset[str]
    scores: Mapping[str, Mapping[str, ScoreLine]]
    events: tuple[StoredEvent, ...]
    head: Head
    site_events: tuple[StoredEvent, ...]
    site_head: Head


def read_session_record(connection: Connection, exam_session_id: str) -> SessionRecord | None:
    """Return all of an exam session, or None if there is none with this id."""
    row = connection.execute(
        select(_session, _event.c.code.label("event_code"), _event.c.name.label("event_name"))
        .join(_event, _event.c.id == _session.c.exam_event_id)
        .where(_session.c.id == exam_session_id)
    ).first()
    if row is None:
        return None
    identity = SessionIdentity(
        row.id,
        row.code,
        row.title,
        row.day_ordinal,
        row.cumulative_number,
        row.state,
        row.planned_start_at_ms,
        row.exam_event_id,
        row.event_code,
        row.event_name,
        row.profile_hash,
    )
    attempts = read_attempts(connection, exam_session_id)
    form_set, forms = _forms(connection, exam_session_id)
    run_id, annulled, scores = _scores(connection, exam_session_id)
    return SessionRecord(
        identity=identity,
        bank=_bank_of(connection, row.bank_id),
        sittings=_sittings(connection, exam_session_id),
        form_set=form_set,
        forms=forms,
        profiles=_profiles(connection, {row.profile_hash, *(each.profile_hash for each in attempts)}),
        attempts=attempts,
        scoring_run_id=run_id,
        annulled=annulled,
        scores=scores,
        events=chain_events(connection, exam_session_id),
        head=chain_head(connection, exam_session_id),
        site_events=chain_events(connection, SITE_CHAIN),
        site_head=chain_head(connection, SITE_CHAIN),
    )


def exam_session_id_of(connection: Connection, code_or_id: str) -> str | None:
    """Return the id of the exam session with this code or id, or None."""
    found: str | None = connection.execute(
        select(_session.c.id).where((_session.c.code == code_or_id) | (_session.c.id == code_or_id))
    ).scalar()
    return found


def _bank_of(connection: Connection, bank_id: str) -> BankRecord:
    row = connection.execute(select(_bank).where(_bank.c.id == bank_id)).one()
    return BankRecord(row.id, row.title, row.items_hash, row.keys_hash, row.bank_hash)


def _sittings(connection: Connection, exam_session_id: str) -> tuple[SittingRecord, ...]:
    rows = connection.execute(
        select(_sitting, _room.c.code, _room.c.name)
        .join(_room, _room.c.id == _sitting.c.room_id)
        .where(_sitting.c.exam_session_id == exam_session_id)
        .order_by(_room.c.code)
    )
    return tuple(
        SittingRecord(
            row.room_id,
            row.code,
            row.name,
            row.state,
            row.clock_ms,
            row.control_no,
            row.started_at_ms,
            row.closed_at_ms,
        )
        for row in rows
    )


def _forms(
    connection: Connection, exam_session_id: str
) -> tuple[FormSetRecord | None, tuple[FormRecord, ...]]:
    row = connection.execute(
        select(_form_set, _inputs.c.report)
        .outerjoin(_inputs, _inputs.c.form_set_id == _form_set.c.id)
        .where(_form_set.c.exam_session_id == exam_session_id)
    ).first()
    if row is None:
        return None, ()
    rows = connection.execute(
        select(_form).where(_form.c.form_set_id == row.id).order_by(_form.c.form_no)
    ).all()
    form_set = FormSetRecord(
        row.id,
        row.engine,
        row.blueprint_hash,
        row.items_hash,
        row.keys_hash,
        row.stats_hash,
        row.seed_commitment,
        row.forms,
        bytes(row.report or b""),
    )
    return form_set, tuple(FormRecord(each.form_no, bytes(each.content), each.hash) for each in rows)


def _profiles(connection: Connection, hashes: set[str]) -> Mapping[str, bytes]:
    rows = connection.execute(select(_profile.c.hash, _profile.c.content).where(_profile.c.hash.in_(hashes)))
    return {row.hash: bytes(row.content) for row in rows}


def _scores(
    connection: Connection, exam_session_id: str
) -> tuple[str, frozenset[str], Mapping[str, Mapping[str, ScoreLine]]]:
    run = connection.execute(
        select(_run)
        .where(_run.c.exam_session_id == exam_session_id)
        .order_by(_run.c.created_at_ms.desc(), _run.c.id.desc())
        .limit(1)
    ).first()
    if run is None:
        return "", frozenset(), {}
    scores: dict[str, dict[str, ScoreLine]] = defaultdict(dict)
    for row in connection.execute(select(_score).where(_score.c.scoring_run_id == run.id)):
        scores[row.attempt_id][row.section] = ScoreLine(
            row.section, row.points, row.maximum, row.answered, row.items, row.threshold, row.meets
        )
    return run.id, frozenset(json.loads(run.annulments or "[]")), scores
