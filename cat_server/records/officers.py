"""Officers and their sign-ins."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from cat_server.records.tables import OfficerRow, OfficerSignInRow, table_of

_officer = table_of(OfficerRow)
_sign_in = table_of(OfficerSignInRow)


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer without secrets. `public_key` is Ed25519 in hex."""

    officer_id: str
    username: str
    name: str
    civil_servant_number: str
    role: str
    committee: str
    public_key: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class OfficerSecrets:
    """What proves an officer: the hash of the password and the wrapped signing key."""

    password_hash: str
    wrapped_key: str


def add_officer(connection: Connection, officer: Officer, secrets: OfficerSecrets) -> None:
    """Insert a new officer."""
    connection.execute(
        insert(_officer).values(
            id=officer.officer_id,
            username=officer.username,
            name=officer.name,
            civil_servant_number=officer.civil_servant_number,
            role=officer.role,
            committee=officer.committee,
            password_hash=secrets.password_hash,
            public_key=officer.public_key,
            wrapped_key=secrets.wrapped_key,
            is_active=officer.is_active,
        )
    )


def officers(connection: Connection) -> tuple[Officer, ...]:
    """Return every officer, by username."""
    return tuple(_view(row) for row in connection.execute(select(_officer).order_by(_officer.c.username)))


def officer_by_username(connection: Connection, username: str) -> tuple[Officer, OfficerSecrets] | None:
    """Return an officer and what proves them."""
    row = connection.execute(select(_officer).where(_officer.c.username == username)).first()
    return None if row is None else (_view(row), OfficerSecrets(row.password_hash, row.wrapped_key))


def officer_by_id(connection: Connection, officer_id: str) -> tuple[Officer, OfficerSecrets] | None:
    """Return an officer and what proves them."""
    row = connection.execute(select(_officer).where(_officer.c.id == officer_id)).first()
    return None if row is None else (_view(row), OfficerSecrets(row.password_hash, row.wrapped_key))


def add_sign_in(connection: Connection, token_hash: str, officer_id: str, at_ms: int) -> None:
    """Insert a sign-in."""
    connection.execute(
        insert(_sign_in).values(
            token_hash=token_hash, officer_id=officer_id, created_at_ms=at_ms, seen_at_ms=at_ms
        )
    )


def signed_in_officer(connection: Connection, token_hash: str, since_ms: int) -> Officer | None:
    """Return the active officer with this sign-in, if it is open and not older than `since_ms`."""
    row = connection.execute(
        select(_officer)
        .join(_sign_in, _sign_in.c.officer_id == _officer.c.id)
        .where(
            _sign_in.c.token_hash == token_hash,
            _sign_in.c.ended_at_ms.is_(None),
            _sign_in.c.created_at_ms >= since_ms,
            _officer.c.is_active.is_(True),
        )
    ).first()
    return None if row is None else _view(row)


def end_sign_in(connection: Connection, token_hash: str, at_ms: int) -> str | None:
    """End an open sign-in and return whose it was, None where there is none."""
    owner = connection.execute(
        select(_sign_in.c.officer_id).where(
            _sign_in.c.token_hash == token_hash, _sign_in.c.ended_at_ms.is_(None)
        )
    ).scalar()
    if owner is None:
        return None
    connection.execute(update(_sign_in).where(_sign_in.c.token_hash == token_hash).values(ended_at_ms=at_ms))
    return str(owner)


def _view(row: Row[tuple[object, ...]]) -> Officer:
    return Officer(
        row.id,
        row.username,
        row.name,
        row.civil_servant_number,
        row.role,
        row.committee,
        row.public_key,
        row.is_active,
    )
