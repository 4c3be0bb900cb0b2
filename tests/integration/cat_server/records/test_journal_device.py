"""The device that the journal is on: failing, full, taken away, another one, or none at all."""

from __future__ import annotations

import errno
import os

import pytest

from cat_server.records.engine import open_engine
from cat_server.records.journal_replay import compare, stop_journal
from cat_server.records.write_lane import NotDurableError
from tests.integration.cat_server.records.journaled_site import JournaledSite, note
from tests.site_databases import sqlite_only

pytestmark = sqlite_only("a journal of statements belongs to a SQLite file")


class BadDevice:
    """Makes `os.pwrite` or `os.fdatasync` fail as a device would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
        def fail(*_: object) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(f"cat_server.records.journal.os.{call}", fail)


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_a_failing_required_journal_means_no_receipt_and_stops_the_process(
    site: JournaledSite, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    lane = site.lane()
    BadDevice(monkeypatch, call, errno.EIO)
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 1))
    with pytest.raises(NotDurableError, match="stopping"):
        lane.run_now(lambda tx: note(tx, 2))
    monkeypatch.undo()
    lane.stop()
    assert len(site.troubles) == 1
    assert site.catch_up().number == 1


def test_a_full_required_journal_refuses_until_there_is_room(
    site: JournaledSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = site.lane()
    BadDevice(monkeypatch, "pwrite", errno.ENOSPC)
    for _ in range(2):
        with pytest.raises(NotDurableError):
            lane.run_now(lambda tx: note(tx, 1))
    assert lane.journal_trouble
    monkeypatch.undo()
    lane.run_now(lambda tx: note(tx, 2))
    assert (lane.journal_trouble, site.troubles) == ("", [])
    lane.stop()
    before = site.content()
    site.lose_database()
    assert site.catch_up().played == 1
    assert site.content() == before


def test_a_failing_journal_that_is_not_required_ends_and_saving_goes_on(
    site: JournaledSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = site.lane(is_required=False)
    BadDevice(monkeypatch, "fdatasync", errno.EIO)
    lane.run_now(lambda tx: note(tx, 1))
    assert lane.journal_trouble
    monkeypatch.undo()
    lane.run_now(lambda tx: note(tx, 2))
    lane.stop()
    assert site.catch_up() is None  # the database knows that no journal holds it


def test_a_lane_without_journal_ends_the_line_and_the_next_begins_another(site: JournaledSite) -> None:
    site.write(1, journal=False)
    assert site.catch_up() is None
    site.write(2)
    assert len({each.name.split("-")[0] for each in site.segments()}) == 2
    assert site.catch_up().number == 1


def test_another_device_or_a_shorter_journal_is_told(site: JournaledSite) -> None:
    site.write(1)
    site.segments()[-1].write_bytes(site.segments()[-1].read_bytes()[:-1])
    assert site.catch_up().is_missing
    lane = site.lane()
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 2))
    lane.stop()
    site.segments()[-1].unlink()
    engine = open_engine(f"sqlite:///{site.database}")
    with engine.connect() as connection:
        assert compare(connection, site.device).is_missing
    stop_journal(engine)
    with engine.connect() as connection:
        assert compare(connection, site.device) is None
    engine.dispose()
    site.write(3)
    assert site.catch_up().number == 1


def test_a_device_that_was_taken_away_under_an_open_journal_is_noticed(site: JournaledSite) -> None:
    lane = site.lane()
    lane.run_now(lambda tx: note(tx, 1))
    away = site.device.rename(site.device.with_name("away"))
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 2))
    away.rename(site.device)
    lane.run_now(lambda tx: note(tx, 3))
    lane.stop()
    before = site.content()
    site.lose_database()
    assert site.catch_up().played == 2
    assert site.content() == before
