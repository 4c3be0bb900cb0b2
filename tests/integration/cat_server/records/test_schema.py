"""Migrations alone make the database, and make what the table definitions say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cat_server.records.engine import open_engine
from cat_server.records.schema import ForeignSchemaError, differences, migrate
from cat_server.records.schema_version import newest_version, version
from tests.site_databases import empty_url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(empty_url(tmp_path))
    migrate(opened)
    yield opened
    opened.dispose()


def test_a_migrated_database_equals_the_table_definitions(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        assert differences(connection) == []
        connection.exec_driver_sql("ALTER TABLE answer ADD COLUMN score INTEGER")
        assert differences(connection) != []


def test_the_version_is_read_without_the_migrations_library(tmp_path: Path) -> None:
    opened = open_engine(empty_url(tmp_path))
    with opened.begin() as connection:
        assert version(connection) is None
    migrate(opened)
    with opened.begin() as connection:
        assert version(connection) == newest_version()
    opened.dispose()


def test_a_database_of_a_newer_program_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ForeignSchemaError):
        migrate(engine)


@pytest.mark.parametrize("change", ["UPDATE ledger SET kind = 'X'", "DELETE FROM ledger"])
def test_history_cannot_be_changed_by_a_slip(engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO ledger VALUES ('site', 1, 'X', '', '', '')")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(change)
