"""Who is still signed in in a room after the exam, and what their PCs last said they held."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.domain.attempt import AttemptState
from cat_server.records.tables import AttemptRow, KioskRow, PresenceRow, SeatRow, SignInRow, table_of

_attempt = table_of(AttemptRow)
_kiosk = table_of(KioskRow)
_presence = table_of(PresenceRow)
_seat = table_of(SeatRow)
_sign_in = table_of(SignInRow)


@dataclass(frozen=True, slots=True)
class SignedInSeat:
    """An open sign-in of a sitting. `unsent` is what the PC last said it still had to deliver."""

    attempt_id: str
    state: AttemptState
    seat_no: int
    unsent: int


def signed_in_seats(connection: Connection, exam_session_id: str, room_id: str) -> tuple[SignedInSeat, ...]:
    """Return the open sign-ins of a sitting by seat. A finished attempt has delivered everything by definition."""
    rows = connection.execute(
        select(_attempt.c.id, _attempt.c.state, _seat.c.seat_no, _presence.c.unsent)
        .join(_sign_in, _sign_in.c.attempt_id == _attempt.c.id)
        .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
        .outerjoin(_presence, _presence.c.attempt_id == _attempt.c.id)
        .where(
            _attempt.c.exam_session_id == exam_session_id,
            _attempt.c.room_id == room_id,
            _sign_in.c.ended_at_ms.is_(None),
        )
        .order_by(_seat.c.seat_no)
    )
    return tuple(
        SignedInSeat(
            row.id,
            AttemptState(row.state),
            row.seat_no or 0,
            0 if row.state == AttemptState.FINISHED.value else row.unsent or 0,
        )
        for row in rows
    )


def signed_out(connection: Connection, room_id: str, attempt_ids: frozenset[str]) -> frozenset[str]:
    """Return those of the attempts that belong to a room and have no open sign-in."""
    still = select(_sign_in.c.attempt_id).where(_sign_in.c.ended_at_ms.is_(None))
    query = select(_attempt.c.id).where(_attempt.c.room_id == room_id, _attempt.c.id.not_in(still))
    return attempt_ids & {row.id for row in connection.execute(query)}


def sign_in_to_deliver(
    connection: Connection, attempt_id: str, epoch: int, device_hash: str, participant_hash: str
) -> str:
    """Return the token hash under which a PC may deliver what it kept of an attempt, or "".

    It is the sign-in of that epoch that was made on this PC, which its device credential proves, or the one whose
    token the browser still holds.
    """
    kiosk_id = _kiosk_id_of(connection, device_hash)
    rows = connection.execute(
        select(_sign_in.c.token_hash, _sign_in.c.kiosk_id)
        .where(_sign_in.c.attempt_id == attempt_id, _sign_in.c.epoch == epoch)
        .order_by(_sign_in.c.created_at_ms.desc())
    ).all()
    for row in rows:
        if row.token_hash == participant_hash or (kiosk_id and row.kiosk_id == kiosk_id):
            found: str = row.token_hash
            return found
    return ""


def newest_sign_in(connection: Connection, attempt_id: str, epoch: int) -> str:
    """Return the token hash of an attempt's newest sign-in of an epoch, or "" where there was none."""
    found: str | None = connection.execute(
        select(_sign_in.c.token_hash)
        .where(_sign_in.c.attempt_id == attempt_id, _sign_in.c.epoch == epoch)
        .order_by(_sign_in.c.created_at_ms.desc())
        .limit(1)
    ).scalar()
    return found or ""


def _kiosk_id_of(connection: Connection, device_hash: str) -> str:
    """Return the PC of a device credential, one that was removed too."""
    found: str | None = connection.execute(
        select(_kiosk.c.id).where(_kiosk.c.token_hash == device_hash)
    ).scalar()
    return found or ""
