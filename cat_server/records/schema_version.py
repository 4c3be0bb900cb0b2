"""At which migration a database is, and which one this program wants: read without the migrations' own library."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def version(connection: Connection) -> str | None:
    """Return the migration that the database is at, or nothing for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def newest_version() -> str:
    """Return the migration that this program brings a database to: the last of the numbered files."""
    return max(each.name.split("_", 1)[0] for each in _VERSIONS.glob("[0-9]*_*.py"))
