"""Which fields the entries of a package's files have, and of which types."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType

Fields = Mapping[str, tuple[type, ...]]

_TEXT, _NUMBER = (str,), (int,)
_TEXT_OR_NULL, _NUMBER_OR_NULL, _YES_NO_OR_NULL = (str, NoneType), (int, NoneType), (bool, NoneType)

PARTICIPANT: Fields = {
    "attempt_id": _TEXT,
    "participant_id": _TEXT,
    "participant_number": _TEXT,
    "ordinal": _NUMBER,
    "name": _TEXT,
    "agency": _TEXT,
    "position": _TEXT,
    "formation": _TEXT,
    "category": _TEXT,
    "profile_hash": _TEXT,
    "room_id": _TEXT_OR_NULL,
    "room_code": _TEXT,
    "seat_id": _TEXT_OR_NULL,
    "seat_no": _NUMBER_OR_NULL,
    "form_no": _NUMBER_OR_NULL,
    "state": _TEXT,
}
SCORE: Fields = {
    "attempt_id": _TEXT,
    "profile_hash": _TEXT,
    "sections": (list,),
    "total": _NUMBER,
    "maximum": _NUMBER,
    "answered": _NUMBER,
    "items": _NUMBER,
    "meets": _YES_NO_OR_NULL,
}
SECTION: Fields = {
    "code": _TEXT,
    "points": _NUMBER,
    "maximum": _NUMBER,
    "answered": _NUMBER,
    "items": _NUMBER,
    "threshold": _NUMBER_OR_NULL,
    "meets": _YES_NO_OR_NULL,
}
SCORES: Fields = {"v": _NUMBER, "keys_hash": _TEXT, "annulled": (list,), "scores": (list,)}
PARTICIPANTS: Fields = {"v": _NUMBER, "participants": (list,)}
SIGNATURE: Fields = {
    "version": _NUMBER,
    "statement_hash": _TEXT,
    "officer_id": _TEXT,
    "committee": _TEXT,
    "decision": _TEXT,
    "reason": _TEXT,
    "signature": _TEXT,
    "signed_at_ms": _NUMBER,
}


def has_fields(entry: object, fields: Fields) -> bool:
    """Tell whether a value is an object with exactly these fields, each of its type (a boolean is no number)."""
    return (
        isinstance(entry, dict)
        and set(entry) == set(fields)
        and all(type(entry[name]) in types for name, types in fields.items())
    )


def have_fields(entries: object, fields: Fields) -> bool:
    """Tell whether a value is a list of such objects."""
    return isinstance(entries, list) and all(has_fields(each, fields) for each in entries)
