"""Whether the database itself is sound: its program, its pages, its version, its last word."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import OperationalError

from cat_server.domain.attempt import ENDED
from cat_server.records.engine import OLDEST_SQLITE
from cat_server.records.postgresql_settings import checksum_problems
from cat_server.records.schema_version import newest_version, version
from cat_server.records.tables import (
    AnswerRow,
    AttemptRow,
    FormRow,
    FormSetRow,
    LedgerRow,
    ReceiptRow,
    table_of,
)

_ledger = table_of(LedgerRow)
_form_set = table_of(FormSetRow)
_form = table_of(FormRow)
_attempt = table_of(AttemptRow)
_answer = table_of(AnswerRow)
_receipt = table_of(ReceiptRow)
_LARGE = frozenset({_ledger.name, _answer.name, _receipt.name})
"""These grow with every answer; all others stay small."""
_STEPS = 10_000
"""So many steps of SQLite, a few milliseconds, pass between two looks at the clock."""
_OPEN = select(_attempt.c.id).where(_attempt.c.state.not_in([each.value for each in ENDED]))
_OPEN_ANSWERS = select(func.count(), func.sum(func.length(_answer.c.response))).where(
    _answer.c.attempt_id.in_(_OPEN)
)
_OPEN_RECEIPTS = select(func.count(), func.sum(func.length(_receipt.c.hash))).where(
    _receipt.c.attempt_id.in_(_OPEN)
)


@dataclass(frozen=True, slots=True)
class SqliteProgram:
    """The SQLite in use; an unsafe one is known to lose commits (security.md 0.2)."""

    version: str
    oldest: str
    is_safe: bool


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What is wrong with pages, in the database's own words; `is_whole`: every page was read."""

    problems: tuple[str, ...]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class DrawnForms:
    """The drawing of an exam session: how many forms are said to be drawn, how many are there."""

    form_set_id: str
    forms: int
    stored: int


def sqlite_program() -> SqliteProgram:
    """Return which SQLite this process uses."""
    return SqliteProgram(
        sqlite.sqlite_version, ".".join(map(str, OLDEST_SQLITE)), sqlite.sqlite_version_info >= OLDEST_SQLITE
    )


def page_problems(connection: Connection) -> tuple[str, ...]:
    """Return what SQLite's own check of every page, index and foreign key finds: nothing, if all is well.

    PostgreSQL looks after its pages itself; what it has found wrong with them is told.
    """
    if connection.dialect.name == "postgresql":
        return checksum_problems(connection)
    found = _said(connection, "PRAGMA integrity_check(20)")
    strays = [f"{row[0]}: foreign key" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return found + tuple(strays[:20])


def quick_page_check(connection: Connection, within_s: float | None = None) -> PageCheck:
    """Check every page, without the indexes' content and the foreign keys.

    Where that takes longer than `within_s` seconds, only what an open exam session needs has been checked: the pages of
    all tables but those that grow with every answer, and of these the rows of attempts that have not ended and the place
    where the next rows go.
    """
    if connection.dialect.name == "postgresql":
        return PageCheck(checksum_problems(connection))
    with _interrupted_after(connection, within_s):
        try:
            return PageCheck(_said(connection, "PRAGMA quick_check(20)"))
        except OperationalError as error:
            if "interrupted" not in str(error.orig):
                raise
    names = sorted(set(inspect(connection).get_table_names()) - _LARGE)
    found = tuple(each for name in names for each in _said(connection, f"PRAGMA quick_check('{name}')"))
    for rows in (_OPEN_ANSWERS, _OPEN_RECEIPTS):
        connection.execute(rows).all()
    for name in sorted(_LARGE):
        connection.exec_driver_sql(f"SELECT max(rowid) FROM {name}").all()  # noqa: S608 - our own names
    return PageCheck(found, is_whole=False)


@contextmanager
def _interrupted_after(connection: Connection, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    until = time.monotonic() + seconds
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - it is connected
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _said(connection: Connection, pragma: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in connection.exec_driver_sql(pragma) if row[0] != "ok")


def schema_versions(connection: Connection) -> tuple[str, str]:
    """Return the version the database is at (empty: none) and the one this program wants."""
    return version(connection) or "", newest_version()


def last_event_at_ms(connection: Connection) -> int:
    """Return the wall time of the latest event of any chain; 0 where nothing has happened."""
    newest = select(_ledger.c.chain, func.max(_ledger.c.number).label("number")).group_by(_ledger.c.chain)
    last = newest.subquery()
    rows = connection.execute(
        select(_ledger.c.envelope).join(
            last, (last.c.chain == _ledger.c.chain) & (last.c.number == _ledger.c.number)
        )
    )
    return max((int(json.loads(row[0])["at_ms"]) for row in rows), default=0)


def drawn_forms(connection: Connection, exam_session_id: str) -> DrawnForms | None:
    """Return the drawing of an exam session, None where nothing was drawn."""
    stored = select(func.count()).where(_form.c.form_set_id == _form_set.c.id).scalar_subquery()
    row = connection.execute(
        select(_form_set.c.id, _form_set.c.forms, stored.label("stored")).where(
            _form_set.c.exam_session_id == exam_session_id
        )
    ).first()
    return None if row is None else DrawnForms(row.id, row.forms, row.stored)
