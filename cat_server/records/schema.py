"""The shape of the database: made and brought up to date by migrations alone, and checked before use."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

from cat_server.records.schema_version import version


class ForeignSchemaError(RuntimeError):
    """The database was made by a newer program, or changed by hand; it is refused, never reset."""


def migrate(engine: Engine, to: str = "head") -> None:
    """Create the database's tables, or bring them up to date (or to the version `to`), all or nothing.

    Raises:
        ForeignSchemaError: the database is at a version that this program does not know.
    """
    config = _config()
    with engine.begin() as connection:
        known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
        found = version(connection)
        if found is not None and found not in known:
            raise ForeignSchemaError(found)
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def differences(connection: Connection) -> list[object]:
    """Return in what the database differs from the table definitions: nothing, if all is well."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
