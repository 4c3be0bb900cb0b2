"""Which database the sites of tests are on: SQLite files, or a PostgreSQL of the test run's own.

`CAT_TEST_DATABASE=postgresql` gives every new site a database of its own there, those that commands make too.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3  # noqa: TID251 - read from outside, as another program would
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

import cat_server.cli.site_creation as creation
from cat_server.records.engine import open_engine
from cat_server.records.schema import migrate
from cat_server.runtime.settings import load_settings
from tests.postgresql_cluster import Cluster, make_cluster, remove

IS_POSTGRESQL = os.environ.get("CAT_TEST_DATABASE") == "postgresql"
ADDRESS = "CAT_TEST_CLUSTER"
_MADE: list[str] = []


def sqlite_only(reason: str) -> pytest.MarkDecorator:
    """Mark tests that are about SQLite's own files or words."""
    return pytest.mark.skipif(IS_POSTGRESQL, reason=f"SQLite alone: {reason}")


postgresql_only = pytest.mark.skipif(not IS_POSTGRESQL, reason="CAT_TEST_DATABASE=postgresql")
"""Mark tests that ask PostgreSQL something; they run in the second run of the integration tests."""

DATABASE_IS_BUSY = (sqlite3.OperationalError, psycopg.OperationalError)


class Row(dict[str, Any]):
    """A row by name, or by place."""

    def __getitem__(self, key: str | int) -> Any:
        return list(self.values())[key] if isinstance(key, int) else super().__getitem__(key)


def begin_run() -> Cluster | None:
    """Start the run's cluster and let new sites use it; None for SQLite."""
    if not IS_POSTGRESQL:
        return None
    if os.environ.get(ADDRESS):  # a worker of a run that has one
        use_for_new_sites()
        return None
    cluster = make_cluster()
    os.environ[ADDRESS] = f"{cluster.folder}:{cluster.port}"
    here = Path(__file__).parent
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(here / "new_sites"), str(here.parent), os.environ.get("PYTHONPATH", "")]
    )
    use_for_new_sites()
    return cluster


def end_run(cluster: Cluster) -> None:
    """Take the run's cluster away."""
    remove(cluster)


def the_cluster() -> Cluster:
    """Return the cluster of this run, in whichever process."""
    folder, _, port = os.environ[ADDRESS].rpartition(":")
    return Cluster(Path(folder), int(port))


def use_for_new_sites() -> None:
    """Let `create_site` put every site without a database of its own into a new one of the cluster."""
    make = creation.create_site

    def create_site(folder: Path, values: dict[str, object], hosts: tuple[str, ...] = ()) -> Any:
        return make(folder, {"database": new_url()} | values, hosts)

    creation.create_site = create_site


def new_url(template: str = "template0") -> str:
    """Return the URL of a new database, empty or a copy."""
    cluster = the_cluster()
    name = cluster.new_database(template)
    _MADE.append(name)
    return cluster.url(name)


def empty_url(folder: Path) -> str:
    """Return the URL of a new, empty database: a file in `folder`, or one of the cluster."""
    return new_url() if IS_POSTGRESQL else f"sqlite:///{folder / 'exam.db'}"


def migrated_url(folder: Path) -> str:
    """Return the URL of a new database with every table and no row."""
    url = empty_url(folder)
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def url_of(site: Path) -> str:
    """Return the URL of a site's database."""
    return load_settings(site).database_url


def copied(template: Path, site: Path) -> Path:
    """Copy a site that nobody serves, its database too."""
    shutil.copytree(template, site)
    if IS_POSTGRESQL:
        name = make_url(url_of(template)).database
        assert name is not None
        move_to(site, new_url(name))
    return site


def move_to(site: Path, url: str) -> None:
    """Write another database into `site.toml`."""
    text = (site / "site.toml").read_text(encoding="utf-8")
    line = f"database = {json.dumps(url)}"
    (site / "site.toml").write_text(re.sub(r"(?m)^database = .*$", lambda _: line, text), encoding="utf-8")


Query = Callable[..., list[Row]]


@contextlib.contextmanager
def snapshot(database: Path | str) -> Iterator[Query]:
    """Read a database from outside as it is at one instant: a site's by its folder, another by its file or URL."""
    url = _url(database)
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield lambda query, *values: _named(connection.execute(_percent(query), values))
        return
    path = make_url(url).database
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", timeout=20, uri=True)) as connection:
        connection.execute("begin")
        yield lambda query, *values: _named(connection.execute(query, values))


def rows(database: Path | str, query: str, *values: object) -> list[Row]:
    """Return what one query finds."""
    with snapshot(database) as ask:
        return ask(query, *values)


def values(database: Path | str, query: str, *given: object) -> list[tuple[Any, ...]]:
    """Do as `rows` does, by place alone."""
    return [tuple(each.values()) for each in rows(database, query, *given)]


def change(database: Path | str, statement: str, *given: object) -> None:
    """Write to a database from outside, past every trigger and foreign key, as one who has the disk could."""
    url = _url(database)
    if url.startswith("postgresql"):
        with the_cluster().admin(str(make_url(url).database)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(_percent(statement), given)
        return
    with (
        contextlib.closing(sqlite3.connect(str(make_url(url).database), timeout=20)) as connection,
        connection,
    ):
        connection.execute("DROP TRIGGER IF EXISTS ledger_no_update")
        connection.execute(statement, given)


def change_event(database: Path | str, number: int, old: str, new: str) -> None:
    """Change what an event of the site's chain says."""
    [(envelope,)] = values(
        database, "select envelope from ledger where chain = 'site' and number = ?", number
    )
    changed = bytes(envelope).replace(old.encode(), new.encode())
    change(database, "update ledger set envelope = ? where chain = 'site' and number = ?", changed, number)


def drop_since(count: int) -> None:
    """Drop the databases that this process made after the first `count`."""
    gone, _MADE[count:] = _MADE[count:], []
    if gone:
        with the_cluster().admin() as connection:
            for each in gone:
                connection.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")


def made() -> int:
    """Return how many databases this process has made."""
    return len(_MADE)


def _url(database: Path | str) -> str:
    if isinstance(database, str):
        return database
    return url_of(database) if database.is_dir() else f"sqlite:///{database}"


def _percent(query: str) -> str:
    return query.replace("%", "%%").replace("?", "%s")


def _named(cursor: Any) -> list[Row]:
    names = [each[0] for each in cursor.description]
    return [Row(zip(names, each, strict=True)) for each in cursor.fetchall()]
