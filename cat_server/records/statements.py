"""Statements and what officers decided about them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from cat_server.records.tables import (
    ExamSessionRow,
    OfficerRow,
    SignatureRow,
    SittingRow,
    StatementRow,
    table_of,
)

_statement = table_of(StatementRow)
_signature = table_of(SignatureRow)
_officer = table_of(OfficerRow)
_session = table_of(ExamSessionRow)
_sitting = table_of(SittingRow)


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """One version of an exam session's statement, byte for byte."""

    version: int
    content: bytes
    hash: str
    prepared_at_ms: int


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """One officer's decision about one version, with the signature over it in hex."""

    version: int
    officer_id: str
    officer_name: str
    committee: str
    decision: str
    reason: str
    statement_hash: str
    signature: str
    signed_at_ms: int


@dataclass(frozen=True, slots=True)
class SignerRecord:
    """What signing needs of an officer; the keys are the public one in hex and the wrapped private one."""

    officer_id: str
    name: str
    committee: str
    public_key: str
    wrapped_key: str
    is_active: bool


def latest_statement(connection: Connection, exam_session_id: str) -> StatementRecord | None:
    """Return the newest version, or None."""
    row = connection.execute(
        select(_statement)
        .where(_statement.c.exam_session_id == exam_session_id)
        .order_by(_statement.c.version.desc())
        .limit(1)
    ).first()
    return None if row is None else _record(row.version, row.content, row.hash, row.prepared_at_ms)


def statement_of(connection: Connection, exam_session_id: str, version: int) -> StatementRecord | None:
    """Return one version, or None."""
    row = connection.execute(
        select(_statement).where(
            _statement.c.exam_session_id == exam_session_id, _statement.c.version == version
        )
    ).first()
    return None if row is None else _record(row.version, row.content, row.hash, row.prepared_at_ms)


def add_statement(connection: Connection, exam_session_id: str, statement: StatementRecord) -> None:
    """Store a new version."""
    connection.execute(
        insert(_statement).values(
            exam_session_id=exam_session_id,
            version=statement.version,
            content=statement.content,
            hash=statement.hash,
            prepared_at_ms=statement.prepared_at_ms,
        )
    )


def signatures(connection: Connection, exam_session_id: str, version: int) -> tuple[SignatureRecord, ...]:
    """Return what officers decided about one version, in order of time."""
    rows = connection.execute(
        select(_signature, _officer.c.name)
        .join(_officer, _officer.c.id == _signature.c.officer_id)
        .where(_signature.c.exam_session_id == exam_session_id, _signature.c.version == version)
        .order_by(_signature.c.signed_at_ms, _signature.c.officer_id)
    )
    return tuple(
        SignatureRecord(
            row.version,
            row.officer_id,
            row.name,
            row.committee,
            row.decision,
            row.reason,
            row.statement_hash,
            row.signature,
            row.signed_at_ms,
        )
        for row in rows
    )


def add_signature(connection: Connection, exam_session_id: str, signature: SignatureRecord) -> None:
    """Store an officer's decision."""
    connection.execute(
        insert(_signature).values(
            exam_session_id=exam_session_id,
            version=signature.version,
            officer_id=signature.officer_id,
            committee=signature.committee,
            decision=signature.decision,
            reason=signature.reason,
            statement_hash=signature.statement_hash,
            signature=signature.signature,
            signed_at_ms=signature.signed_at_ms,
        )
    )


def signer(connection: Connection, officer_id: str) -> SignerRecord | None:
    """Return an officer's committee and keys, or None."""
    row = connection.execute(select(_officer).where(_officer.c.id == officer_id)).first()
    if row is None:
        return None
    return SignerRecord(row.id, row.name, row.committee, row.public_key, row.wrapped_key, row.is_active)


def session_states(connection: Connection, exam_session_id: str) -> tuple[str | None, dict[str, str]]:
    """Return the exam session's state (None if there is no such one) and its sittings' states by room."""
    state = connection.execute(select(_session.c.state).where(_session.c.id == exam_session_id)).scalar()
    rows = connection.execute(
        select(_sitting.c.room_id, _sitting.c.state).where(_sitting.c.exam_session_id == exam_session_id)
    )
    return state, {row.room_id: row.state for row in rows}


def set_signed(connection: Connection, exam_session_id: str, state: str, sittings: dict[str, str]) -> None:
    """Store the states of an exam session and of its sittings, by room."""
    connection.execute(update(_session).where(_session.c.id == exam_session_id).values(state=state))
    for room_id, sitting_state in sittings.items():
        connection.execute(
            update(_sitting)
            .where(_sitting.c.exam_session_id == exam_session_id, _sitting.c.room_id == room_id)
            .values(state=sitting_state)
        )


def _record(version: int, content: bytes, content_hash: str, prepared_at_ms: int) -> StatementRecord:
    return StatementRecord(version, bytes(content), content_hash, prepared_at_ms)
