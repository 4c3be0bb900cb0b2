"""What kind of database a URL names, and how it is shown to people."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url

_POSTGRESQL = frozenset({"postgresql", "postgres"})


def database_path(url: str) -> Path | None:
    """Return the file of a SQLite database; None for another one."""
    found = make_url(url)
    return Path(found.database) if found.get_backend_name() == "sqlite" and found.database else None


def postgresql_url(url: str) -> URL | None:
    """Return the URL for psycopg, however it was written; None for another kind of database."""
    found = make_url(url)
    return found.set(drivername="postgresql+psycopg") if found.get_backend_name() in _POSTGRESQL else None


def has_password(url: str) -> bool:
    """Tell whether the URL names a password."""
    found = make_url(url)
    return found.password is not None or "password" in found.query


def shown_url(url: str) -> str:
    """Return the URL without its password, as it may be shown and logged."""
    found = make_url(url)
    return found.difference_update_query(["password"]).render_as_string(hide_password=True)
