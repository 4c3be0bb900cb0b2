"""The database of a site in the bench: its SQLite file, or one on a PostgreSQL that the bench starts for itself."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text

from cat_server.records.copying import fill_database
from cat_server.records.engine import Reader, open_engine
from cat_server.runtime.settings import load_settings
from tests.postgresql_cluster import Cluster, make_cluster, remove

_started: list[Cluster] = []


@contextlib.contextmanager
def postgresql() -> Iterator[None]:
    """Let every site that is served meanwhile be on a PostgreSQL of its own."""
    cluster = make_cluster()
    _started.append(cluster)
    try:
        yield
    finally:
        _started.remove(cluster)
        remove(cluster)


def process_ids() -> list[int]:
    """Return the database's own processes by their first, none for a file."""
    return [int((each.data / "postmaster.pid").read_text().split()[0]) for each in _started]


def move_to_server(folder: Path) -> None:
    """Put a site's file into a new database of the PostgreSQL that was started; without one leave it where it is."""
    if not _started:
        return
    cluster, file = _started[0], folder / "exam.db"
    url = cluster.url(cluster.new_database())
    fill_database(file, url, lambda _done, _total: None)
    for each in folder.glob("exam.db*"):
        each.unlink()
    settings = (folder / "site.toml").read_text(encoding="utf-8")
    changed = re.sub(r"^database = .*$", f'database = "{url}"', settings, flags=re.MULTILINE)
    (folder / "site.toml").write_text(changed, encoding="utf-8")


def read(folder: Path, query: str, **values: object) -> list[Any]:
    """Return the rows of a query on a site's database, served or not."""
    reader = Reader(load_settings(folder).database_url)
    try:
        with reader.view() as view:
            return list(view.connection.execute(text(query), values))
    finally:
        reader.close()


def change(folder: Path, statement: str, **values: object) -> None:
    """Run one statement on the database of a site that is not served."""
    engine = open_engine(load_settings(folder).database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    finally:
        engine.dispose()
