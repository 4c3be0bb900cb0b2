"""Reading by many keys brings the rows of exactly these keys, whatever their number."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    tuple_,
)

from cat_server.records.engine import open_engine
from cat_server.records.many_keys import ManyKeys
from tests.site_databases import empty_url

TABLE = Table(
    "seat", MetaData(), Column("room", String, primary_key=True), Column("number", Integer, primary_key=True)
)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 100])
def test_as_many_keys_as_there_are(tmp_path: Path, count: int) -> None:
    engine = open_engine(empty_url(tmp_path))
    by_number = ManyKeys(
        select(TABLE.c.number).where(TABLE.c.number.in_(bindparam("numbers", expanding=True))), "numbers"
    )
    both = tuple_(TABLE.c.room, TABLE.c.number)
    by_both = ManyKeys(select(TABLE).where(both.in_(bindparam("wanted", expanding=True))), "wanted")
    with engine.begin() as connection:
        TABLE.metadata.create_all(connection)
        rows = [{"room": room, "number": number} for room in "AB" for number in range(120)]
        connection.execute(insert(TABLE), rows)
        for _ in range(2):  # the second time with what was compiled
            found = by_number.rows(connection, range(10, 10 + count))
            assert sorted(found) == sorted([(number,) for number in range(10, 10 + count)] * 2)
            wanted = [("B", number) for number in range(count)]
            assert sorted(by_both.rows(connection, wanted)) == wanted
    engine.dispose()
