"""What the database says of its own health, for `doctor`."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.queries.access import Reader
from cat_server.records import health, postgresql_settings
from cat_server.records.health import DrawnForms, PageCheck, SqliteProgram, sqlite_program
from cat_server.records.postgresql_settings import PostgresqlServer

__all__ = [
    "DatabaseHealth",
    "DrawnForms",
    "PageCheck",
    "PostgresqlServer",
    "SqliteProgram",
    "database_health",
    "database_version",
    "drawn_forms",
    "postgresql_server",
    "quick_page_check",
    "sqlite_program",
]


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """`page_problems` are SQLite's own words; versions are migrations; `last_event_at_ms` is 0 for none."""

    page_problems: tuple[str, ...]
    version: str
    wanted_version: str
    last_event_at_ms: int


def database_health(reader: Reader) -> DatabaseHealth:
    """Read every page of the database, and what it is."""
    with reader.view() as view:
        found, wanted = health.schema_versions(view.connection)
        problems = health.page_problems(view.connection)
        last = health.last_event_at_ms(view.connection) if found else 0
    return DatabaseHealth(problems, found, wanted, last)


def quick_page_check(reader: Reader, within_s: float | None = None) -> PageCheck:
    """Check every page, without its indexes against its tables, or in `within_s` seconds what an open exam session needs."""
    with reader.view() as view:
        return health.quick_page_check(view.connection, within_s)


def database_version(reader: Reader) -> str:
    """Return the migration that the database is at; empty for none."""
    with reader.view() as view:
        return health.schema_versions(view.connection)[0]


def postgresql_server(reader: Reader) -> PostgresqlServer | None:
    """Return the PostgreSQL server behind the site; None for a SQLite file."""
    with reader.view() as view:
        return postgresql_settings.postgresql_server(view.connection)


def drawn_forms(reader: Reader, exam_session_id: str) -> DrawnForms | None:
    """Return the drawing of an exam session, None where nothing was drawn."""
    with reader.view() as view:
        return health.drawn_forms(view.connection, exam_session_id)
