"""Who the officers are, and who is signed in."""

from __future__ import annotations

from cat_server.records import officers as records
from cat_server.records.engine import Reader
from cat_server.records.officers import Officer, OfficerSecrets
from cat_server.runtime.clock import Clock
from cat_server.runtime.tokens import token_hash

__all__ = ["Officer", "OfficerSecrets", "officer_of_token", "officer_with_key", "officers"]

HOUR_MS = 3_600_000


def officers(reader: Reader) -> tuple[Officer, ...]:
    """Return every officer, by username."""
    with reader.view() as view:
        return records.officers(view.connection)


def officer_of_token(reader: Reader, clock: Clock, token: str, longest_hours: int) -> Officer | None:
    """Return the officer whose cookie holds `token`, None where the sign-in is unknown, ended or too old.

    A sign-in ends by itself after `longest_hours`, whatever the officer does (the site's policy).
    """
    if not token:
        return None
    since_ms = clock.now().at_ms - longest_hours * HOUR_MS
    with reader.view() as view:
        return records.signed_in_officer(view.connection, token_hash(token), since_ms)


def officer_with_key(reader: Reader, officer_id: str) -> tuple[Officer, OfficerSecrets] | None:
    """Return an officer with the wrapped signing key, for signing."""
    with reader.view() as view:
        return records.officer_by_id(view.connection, officer_id)
