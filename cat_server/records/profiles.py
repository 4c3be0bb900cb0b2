"""Reads stored profiles. A profile never changes under its hash, so each is read once in the life of a process."""

from __future__ import annotations

from sqlalchemy import Connection, select

from cat_server.records.tables import ProfileRow, table_of
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile

_profile = table_of(ProfileRow)
_MOST_KEPT = 64
_kept: dict[str, Profile] = {}


def profile_of(connection: Connection, profile_hash: str) -> Profile:
    """Return the profile with this hash."""
    profile = _kept.get(profile_hash)
    if profile is None:
        query = select(_profile.c.content).where(_profile.c.hash == profile_hash)
        profile = profile_from_content(connection.execute(query).scalar_one())
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[profile_hash] = profile
    return profile
