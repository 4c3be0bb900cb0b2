"""What an error of the database means for those who wait: ask again, or stop and recover."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from cat_server.domain.refusals import Refusal
from cat_server.records.unsafe_database import UnsafeDatabaseError

_FATAL = ("disk I/O error", "malformed", "corrupt", "not a database")
_FATAL_STATES = frozenset({"58030", "XX001", "XX002"})
"""PostgreSQL's io_error, data_corrupted and index_corrupted."""
_FULL_STATE = "53100"
_AWAY_CLASSES = ("08", "28", "3D", "57P")
"""No connection; not allowed; no such database; shutting down or starting up."""


class DatabaseAwayError(Exception):
    """The PostgreSQL server cannot be reached, is starting or stopping, or lets this program not in: ask again later."""


def is_full(error: DBAPIError) -> bool:
    """Tell whether the disk is full: nothing was written, and there may be room again soon."""
    state = _state(error)
    return state == _FULL_STATE if state else "full" in str(error.orig)


def is_fatal(error: DBAPIError) -> bool:
    """Tell whether the database or its disk can no longer be trusted by this process."""
    state = _state(error)
    return state in _FATAL_STATES if state else any(sign in str(error.orig) for sign in _FATAL)


def is_lost(error: DBAPIError) -> bool:
    """Tell whether the connection is gone: the transaction is over, and if it was committing nobody knows how it ended."""
    return error.connection_invalidated


def told_as(error: DBAPIError) -> Exception:
    """Return what whoever asked is told: what PostgreSQL will not store (a text with a null character) is refused."""
    return Refusal("TEXT_UNUSABLE") if isinstance(error, DataError) else error


def is_passing_by(error: Exception) -> bool:
    """Tell whether asking again later may help: busy, away, started with unsafe settings."""
    if isinstance(error, UnsafeDatabaseError | OperationalError):
        return True
    return isinstance(error, DBAPIError) and is_lost(error)


def is_away(error: DBAPIError) -> bool:
    """Tell whether a PostgreSQL server cannot be reached, is starting or stopping, or lets this program not in."""
    if not type(error.orig).__module__.startswith("psycopg") or not isinstance(error, OperationalError):
        return False
    state = _state(error)
    return not state or state.startswith(_AWAY_CLASSES) or state == "53300"


def _state(error: DBAPIError) -> str:
    """Return PostgreSQL's SQLSTATE; empty where the error has none."""
    return str(getattr(error.orig, "sqlstate", None) or "")
