"""The journal: written before the commit, whole or not at all, and enough to rebuild what was lost."""

from __future__ import annotations

import asyncio

import pytest
from pysqlite3.dbapi2 import OperationalError as Full
from sqlalchemy import RootTransaction, text
from sqlalchemy.exc import OperationalError

from cat_server.domain.refusals import Refusal
from cat_server.records import journal as journal_module
from cat_server.records.engine import open_engine
from cat_server.records.journal_frames import UnreadableRecordError
from cat_server.records.journal_replay import ReplayError
from cat_server.records.write_lane import NotDurableError, Tx, WriteLane
from tests.integration.cat_server.records.journaled_site import JournaledSite, note
from tests.site_databases import sqlite_only

pytestmark = sqlite_only("a journal of statements belongs to a SQLite file")


def test_a_lost_database_is_rebuilt_from_an_older_copy_and_the_journal(site: JournaledSite) -> None:
    site.write(*range(1, 30))
    site.write(*range(30, 40))
    before = site.content()
    site.lose_database()
    assert site.content() != before
    found = site.catch_up()
    assert (found.number, found.played, found.is_missing, found.unreadable_bytes) == (1, 39, False, 0)
    assert site.content() == before
    assert site.catch_up().played == 0
    site.write(40)  # and the journal goes on where it was
    assert site.catch_up().played == 0


def test_the_journal_hides_what_is_private(site: JournaledSite) -> None:
    site.write(1)
    assert b"Rahasia" not in b"".join(each.read_bytes() for each in site.segments())
    site.lose_database()
    with pytest.raises(UnreadableRecordError):
        site.catch_up(bytes(32))


def test_a_refused_operation_leaves_nothing_in_the_journal(site: JournaledSite) -> None:
    def refuse(tx: Tx) -> None:
        note(tx, 99)
        tx.ledger.flush()
        raise Refusal("NOBODY_SEATED")

    async def together(lane: WriteLane) -> list[object]:
        whole = (lane.run(lambda tx: note(tx, 1)), lane.run(refuse), lane.run(lambda tx: note(tx, 2)))
        return await asyncio.gather(*whole, return_exceptions=True)

    lane = site.lane()
    found = asyncio.run(together(lane))
    lane.stop()
    assert isinstance(found[1], Refusal)
    before = site.content()
    site.lose_database()
    site.catch_up()
    assert site.content() == before


def test_what_was_journaled_but_never_committed_is_played_in_at_a_start(
    site: JournaledSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = site.lane()
    _fail_at_commit(monkeypatch)
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 1))
    monkeypatch.undo()
    lane.stop()
    found = site.catch_up()
    assert found.played == 1
    assert site.catch_up().played == 0


def test_what_was_journaled_but_never_committed_is_cut_off_by_a_running_lane(
    site: JournaledSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = site.lane()
    _fail_at_commit(monkeypatch)
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 1))
    monkeypatch.undo()
    lane.run_now(lambda tx: note(tx, 2))
    lane.stop()
    before = site.content()
    site.lose_database()
    assert site.catch_up().played == 1
    assert site.content() == before


def _fail_at_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def commit(_: RootTransaction) -> None:
        raise OperationalError("COMMIT", None, Full("database or disk is full"))

    monkeypatch.setattr(RootTransaction, "commit", commit)


def test_a_torn_end_is_passed_over_and_counted(site: JournaledSite) -> None:
    site.write(1, 2)
    last = site.segments()[-1]
    last.write_bytes(last.read_bytes() + b"\0\0\1\0half a record")
    site.lose_database()
    found = site.catch_up()
    assert (found.played, found.unreadable_bytes) == (2, 17)


@pytest.mark.parametrize("place", [-900, -400, -5])
def test_a_changed_byte_ends_the_journal_there(site: JournaledSite, place: int) -> None:
    site.write(1, 2, 3)
    last = site.segments()[-1]
    content = bytearray(last.read_bytes())
    content[place] ^= 1
    last.write_bytes(content)
    site.lose_database()
    found = site.catch_up()
    assert found.unreadable_bytes > 0
    assert found.played < 3


def test_segments_follow_each_other(site: JournaledSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 2_000)
    site.write(*range(1, 30))
    assert len(site.segments()) > 3
    before = site.content()
    site.lose_database()
    assert site.catch_up().played == 29
    assert site.content() == before


@pytest.mark.parametrize("change", ["delete from chain_head", "drop table chain_head"])
def test_a_record_with_another_effect_is_refused_and_changes_nothing(
    site: JournaledSite, change: str
) -> None:
    site.write(1, 2)
    site.lose_database()
    engine = open_engine(f"sqlite:///{site.database}")
    with engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    before = site.content()
    with pytest.raises(ReplayError):
        site.catch_up()
    assert site.content() == before


def test_two_processes_write_one_journal(site: JournaledSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 4_000)
    lanes = [site.lane(), site.lane()]

    async def together() -> None:
        await asyncio.gather(
            *(lanes[number % 2].run(lambda tx, n=number: note(tx, n)) for number in range(100)),
            *(lanes[number % 2].run(lambda tx, n=number: note(tx, n)) for number in range(1, 101)),
        )

    asyncio.run(together())
    for number in range(20):
        lanes[number % 2].run_now(lambda tx, n=number: note(tx, n))
    for lane in lanes:
        lane.stop()
    before = site.content()
    site.lose_database()
    assert site.catch_up().played >= 20
    assert site.content() == before
