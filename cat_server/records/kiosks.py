"""Kiosks and participants' sign-ins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, or_, select, update

from cat_server.domain.instants import Instant
from cat_server.records.many_keys import ManyKeys
from cat_server.records.tables import (
    AttemptRow,
    ExamEventRow,
    ExamSessionRow,
    KioskRow,
    ParticipantRow,
    RoomRow,
    SeatRow,
    SignInRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_event = table_of(ExamEventRow)
_kiosk = table_of(KioskRow)
_participant = table_of(ParticipantRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_session = table_of(ExamSessionRow)
_sign_in = table_of(SignInRow)

_SIGN_INS = ManyKeys(
    select(
        _sign_in.c.token_hash,
        _sign_in.c.attempt_id,
        _sign_in.c.kiosk_id,
        _sign_in.c.epoch,
        _sign_in.c.ended_at_ms,
    ).where(_sign_in.c.token_hash.in_(bindparam("token_hashes", expanding=True))),
    "token_hashes",
)

WAITING, ENROLLED, REMOVED = "WAITING", "ENROLLED", "REMOVED"

_KIOSK = (
    select(
        _kiosk.c.id,
        _kiosk.c.code,
        _kiosk.c.state,
        _kiosk.c.seat_id,
        _seat.c.seat_no,
        _seat.c.room_id,
        _room.c.name,
    )
    .outerjoin(_seat, _seat.c.id == _kiosk.c.seat_id)
    .outerjoin(_room, _room.c.id == _seat.c.room_id)
    .where(_kiosk.c.state != REMOVED)
)
_BY_TOKENS = _KIOSK.add_columns(_kiosk.c.token_hash).where(
    _kiosk.c.token_hash.in_(bindparam("token_hashes", expanding=True))
)

_END_EARLIER = (
    update(_sign_in)
    .where(
        or_(_sign_in.c.attempt_id == bindparam("of_attempt"), _sign_in.c.kiosk_id == bindparam("of_kiosk")),
        _sign_in.c.ended_at_ms.is_(None),
    )
    .values(ended_at_ms=bindparam("ended"))
)
_NEW_SIGN_IN = insert(_sign_in)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A PC with its device credential; without a seat it waits for one."""

    kiosk_id: str
    code: str
    state: str
    seat_id: str
    seat_no: int
    room_id: str
    room_name: str


class SignIn(msgspec.Struct, frozen=True):
    """A participant's sign-in."""

    attempt_id: str
    kiosk_id: str
    epoch: int
    is_ended: bool


def add_kiosk(
    connection: Connection,
    now: Instant,
    kiosk_id: str,
    code: str,
    token_hash: str,
    address: str,
    user_agent: str,
) -> None:
    """Insert a PC that waits for a seat."""
    connection.execute(
        insert(_kiosk).values(
            id=kiosk_id,
            code=code,
            token_hash=token_hash,
            seat_id=None,
            state=WAITING,
            address=address,
            user_agent=user_agent[:200],
            created_at_ms=now.at_ms,
        )
    )


def waiting_codes(connection: Connection) -> frozenset[str]:
    """Return the codes that PCs show now."""
    query = select(_kiosk.c.code).where(_kiosk.c.state == WAITING)
    return frozenset(row.code for row in connection.execute(query))


def drop_old_waiting(connection: Connection, before_ms: int) -> None:
    """Forget PCs that asked for a seat long ago and never got one."""
    connection.execute(
        _kiosk.delete().where(
            _kiosk.c.state == WAITING,
            _kiosk.c.created_at_ms < before_ms,
            _kiosk.c.id.not_in(select(_sign_in.c.kiosk_id)),
        )
    )


def drop_surplus_waiting(connection: Connection, address: str, keep: int) -> None:
    """Forget the oldest waiting PCs of one address beyond `keep`: somebody asks without end for new codes."""
    kept = (
        select(_kiosk.c.id)
        .where(_kiosk.c.state == WAITING, _kiosk.c.address == address)
        .order_by(_kiosk.c.created_at_ms.desc(), _kiosk.c.id)
        .limit(keep)
    )
    connection.execute(
        _kiosk.delete().where(
            _kiosk.c.state == WAITING,
            _kiosk.c.address == address,
            _kiosk.c.id.not_in(kept),
            _kiosk.c.id.not_in(select(_sign_in.c.kiosk_id)),
        )
    )


def kiosk_by_token(connection: Connection, token_hash: str) -> Kiosk | None:
    """Return the kiosk with this device credential, unless it was removed."""
    return kiosks_by_token(connection, [token_hash]).get(token_hash)


def kiosks_by_token(connection: Connection, token_hashes: Collection[str]) -> dict[str, Kiosk]:
    """Return the kiosks with these device credentials, but for those that were removed."""
    rows = connection.execute(_BY_TOKENS, {"token_hashes": list(token_hashes)})
    return {
        token_hash: Kiosk(kiosk_id, code, state, seat_id or "", seat_no or 0, room_id or "", name or "")
        for kiosk_id, code, state, seat_id, seat_no, room_id, name, token_hash in rows
    }


def kiosk_by_code(connection: Connection, code: str) -> Kiosk | None:
    """Return the PC that shows this code and waits."""
    condition = (func.upper(_kiosk.c.code) == code.upper()) & (_kiosk.c.state == WAITING)
    return _one_kiosk(connection, condition)


def kiosk_by_id(connection: Connection, kiosk_id: str) -> Kiosk | None:
    """Return a kiosk, unless it was removed."""
    return _one_kiosk(connection, _kiosk.c.id == kiosk_id)


def kiosk_on_seat(connection: Connection, seat_id: str) -> Kiosk | None:
    """Return the kiosk enrolled for a seat."""
    return _one_kiosk(connection, (_kiosk.c.seat_id == seat_id) & (_kiosk.c.state == ENROLLED))


def enrolled_seat_ids(connection: Connection) -> frozenset[str]:
    """Return the seats that have a PC."""
    query = select(_kiosk.c.seat_id).where(_kiosk.c.state == ENROLLED, _kiosk.c.seat_id.is_not(None))
    return frozenset(row.seat_id for row in connection.execute(query))


def _one_kiosk(connection: Connection, condition: ColumnElement[bool]) -> Kiosk | None:
    return _kiosk_of(connection.execute(_KIOSK.where(condition)).first())


def _kiosk_of(row: Row[*tuple[Any, ...]] | None) -> Kiosk | None:
    if row is None:
        return None
    return Kiosk(
        row.id, row.code, row.state, row.seat_id or "", row.seat_no or 0, row.room_id or "", row.name or ""
    )


def set_kiosk(connection: Connection, kiosk_id: str, *, state: str, seat_id: str | None) -> None:
    """Give a kiosk a seat, or take it away."""
    connection.execute(update(_kiosk).where(_kiosk.c.id == kiosk_id).values(state=state, seat_id=seat_id))


def seat_id_of(connection: Connection, room_id: str, seat_no: int) -> str | None:
    """Return the id of a seat by its number."""
    query = select(_seat.c.id).where(_seat.c.room_id == room_id, _seat.c.seat_no == seat_no)
    seat_id: str | None = connection.execute(query).scalar()
    return seat_id


def add_sign_in(connection: Connection, now: Instant, token_hash: str, sign_in: SignIn) -> None:
    """Record a sign-in and end the attempt's earlier ones, and the kiosk's."""
    names = {"of_attempt": sign_in.attempt_id, "of_kiosk": sign_in.kiosk_id, "ended": now.at_ms}
    connection.execute(_END_EARLIER, names)
    connection.execute(
        _NEW_SIGN_IN,
        {
            "token_hash": token_hash,
            "attempt_id": sign_in.attempt_id,
            "kiosk_id": sign_in.kiosk_id,
            "epoch": sign_in.epoch,
            "created_at_ms": now.at_ms,
            "ended_at_ms": None,
        },
    )


def end_sign_in(connection: Connection, now: Instant, token_hash: str) -> None:
    """End one sign-in."""
    connection.execute(
        update(_sign_in)
        .where(_sign_in.c.token_hash == token_hash, _sign_in.c.ended_at_ms.is_(None))
        .values(ended_at_ms=now.at_ms)
    )


def end_sign_ins_of(connection: Connection, now: Instant, attempt_ids: Collection[str]) -> int:
    """End every open sign-in of these attempts; return how many there were."""
    ended = connection.execute(
        update(_sign_in)
        .where(_sign_in.c.attempt_id.in_(attempt_ids), _sign_in.c.ended_at_ms.is_(None))
        .values(ended_at_ms=now.at_ms)
    )
    return ended.rowcount


def sign_ins(connection: Connection, token_hashes: list[str]) -> dict[str, SignIn]:
    """Return sign-ins by token hash, ended ones too (they may still deliver what was answered before)."""
    return {
        token_hash: SignIn(attempt_id, kiosk_id, epoch, ended_at_ms is not None)
        for token_hash, attempt_id, kiosk_id, epoch, ended_at_ms in _SIGN_INS.rows(connection, token_hashes)
    }
