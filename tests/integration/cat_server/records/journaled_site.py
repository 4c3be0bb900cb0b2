"""A database with its journal, which tests write to, lose and rebuild."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import text

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.records.engine import open_engine
from cat_server.records.journal import Journal
from cat_server.records.journal_replay import catch_up
from cat_server.records.schema import migrate
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.clock import SystemClock

KEY = bytes(range(32))


class JournaledSite:
    """A database with its journal on "another device", and a copy of the database as it was at the beginning."""

    def __init__(self, folder: Path) -> None:
        self.database, self.base = folder / "exam.db", folder / "base.db"
        self.device = folder / "second"
        self.device.mkdir()
        engine = open_engine(f"sqlite:///{self.database}")
        migrate(engine)
        engine.dispose()
        self.troubles: list[BaseException] = []

    def lane(self, *, is_required: bool = True, journal: bool = True) -> WriteLane:
        kept = Journal(self.device, KEY, is_required=is_required) if journal else None
        engine = open_engine(f"sqlite:///{self.database}")
        return WriteLane(engine, SystemClock(), self.troubles.append, journal=kept).start()

    def write(self, *numbers: int, **how: bool) -> None:
        lane = self.lane(**how)
        for number in numbers:
            lane.run_now(lambda tx, n=number: note(tx, n))
        lane.stop()

    def keep_base(self) -> None:
        for suffix in ("", "-wal"):
            source = self.database.with_name(self.database.name + suffix)
            if source.exists():
                shutil.copy(source, self.base.with_name(self.base.name + suffix))

    def lose_database(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
            kept = self.base.with_name(self.base.name + suffix)
            if kept.exists():
                shutil.copy(kept, self.database.with_name(self.database.name + suffix))

    def content(self) -> list[list[tuple[object, ...]]]:
        engine = open_engine(f"sqlite:///{self.database}")
        with engine.connect() as connection:
            names = [row[0] for row in connection.execute(text("select name from sqlite_master"))]
            tables = [each for each in names if not each.startswith(("sqlite_", "ix_"))]
            found = [
                sorted((tuple(row) for row in connection.execute(text(f"select * from {each}"))), key=repr)
                for each in sorted(tables)
                if connection.execute(
                    text("select type from sqlite_master where name = :n"), {"n": each}
                ).scalar()
                == "table"
            ]
        engine.dispose()
        return found

    def catch_up(self, key: bytes = KEY) -> object:
        engine = open_engine(f"sqlite:///{self.database}")
        try:
            return catch_up(engine, self.device, key)
        finally:
            engine.dispose()

    def segments(self) -> list[Path]:
        return sorted(self.device.iterdir())


def note(tx: Tx, number: int) -> None:
    event = Event(EventKind.OFFICER_SIGNED_OUT, {"officer_id": str(number)}, {"name": f"Rahasia {number}"})
    tx.append(SITE_CHAIN, event, SERVER)
