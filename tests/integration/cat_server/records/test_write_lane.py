"""The lane: one commit for all that wait, a refusal harms nobody else, no answer before the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.engine import Reader, _refuse_unsafe, open_engine
from cat_server.records.ledger import Appended, events_since
from cat_server.records.unsafe_database import UnsafeDatabaseError
from cat_server.records.write_lane import NotDurableError, Tx, WriteLane
from cat_server.runtime.clock import SystemClock
from tests.site_databases import migrated_url, sqlite_only


@pytest.fixture
def url(tmp_path: Path) -> str:
    return migrated_url(tmp_path)


@pytest.fixture
def lane(url: str) -> Iterator[WriteLane]:
    started = WriteLane(open_engine(url, checkpoints=True), SystemClock()).start()
    yield started
    started.stop()


def note(tx: Tx, number: int) -> Appended:
    return tx.append(SITE_CHAIN, Event(EventKind.OFFICER_SIGNED_OUT, {"officer_id": str(number)}), SERVER)


def numbers(url: str) -> list[int]:
    reader = Reader(url)
    with reader.view() as view:
        found = [each.number for each in events_since(view.connection, SITE_CHAIN, 0)]
    reader.close()
    return found


def test_what_waits_shares_a_commit_and_everybody_gets_an_own_number(lane: WriteLane, url: str) -> None:
    async def all_at_once() -> list[Appended]:
        return await asyncio.gather(*(lane.run(lambda tx, n=n: note(tx, n)) for n in range(200)))

    appended = asyncio.run(all_at_once())
    assert sorted(each.number for each in appended) == list(range(1, 201))
    assert numbers(url) == list(range(1, 201))
    assert lane.gauge.requests == 200
    assert lane.gauge.commits < 100


def test_an_operation_reads_the_events_of_those_before_it_in_its_batch(lane: WriteLane) -> None:
    def note_and_count(tx: Tx, number: int) -> int:
        before = len(events_since(tx.connection, SITE_CHAIN, 0))
        note(tx, number)
        return before

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(lane.run(lambda tx, n=n: note_and_count(tx, n)) for n in range(50)))

    assert asyncio.run(all_at_once()) == list(range(50))
    assert lane.gauge.commits < 50


def test_a_refusal_takes_back_its_own_events_and_no_others(lane: WriteLane, url: str) -> None:
    def refusing(tx: Tx) -> Appended:
        note(tx, 99)
        raise Refusal("NOT_FOUND")

    async def mixed() -> list[object]:
        operations = [lambda tx: note(tx, 1), refusing, lambda tx: note(tx, 2)]
        return await asyncio.gather(*(lane.run(each) for each in operations), return_exceptions=True)

    first, refusal, second = asyncio.run(mixed())
    assert isinstance(refusal, Refusal)
    assert [first.number, second.number] == [1, 2]  # type: ignore[union-attr]  # appended events
    assert numbers(url) == [1, 2]


def test_a_bug_in_one_operation_is_loud_and_alone(
    lane: WriteLane, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(tx: Tx) -> None:
        note(tx, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lane.run_now(broken)
    lane.run_now(lambda tx: note(tx, 2))
    assert numbers(url) == [1]
    assert "OPERATION_FAILED" in caplog.text


def test_a_kind_gets_all_its_requests_in_one_call(lane: WriteLane) -> None:
    calls: list[int] = []

    def kind(tx: Tx, requests: Sequence[int]) -> list[int]:
        calls.append(len(requests))
        return [note(tx, each).number + 1000 * each for each in requests]

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(lane.submit(kind, n) for n in range(50)))

    outcomes = asyncio.run(all_at_once())
    assert [each // 1000 for each in outcomes] == list(range(50))
    assert sum(calls) == 50
    assert len(calls) < 25


def test_a_bug_about_one_request_of_a_kind_is_nobody_elses_trouble(lane: WriteLane, url: str) -> None:
    def each_noted(tx: Tx, requests: Sequence[int]) -> list[Appended]:
        noted = [note(tx, each) for each in requests]
        if 13 in requests:
            raise KeyError(13)
        return noted

    async def together() -> list[Appended | BaseException]:
        waiting = (lane.submit(each_noted, each) for each in range(20))
        return await asyncio.gather(*waiting, return_exceptions=True)

    outcomes = asyncio.run(together())
    assert [place for place, each in enumerate(outcomes) if isinstance(each, BaseException)] == [13]
    assert isinstance(outcomes[13], KeyError)
    assert numbers(url) == list(range(1, 20))


def test_nothing_is_acknowledged_while_another_process_holds_the_lock(url: str) -> None:
    waiting = WriteLane(open_engine(url), SystemClock()).start()
    holder = open_engine(url)
    with holder.begin():
        future = asyncio.new_event_loop()
        with pytest.raises(TimeoutError):
            future.run_until_complete(asyncio.wait_for(waiting.run(lambda tx: note(tx, 1)), 0.3))
        future.close()
    waiting.stop()
    holder.dispose()


@sqlite_only("its own page limit plays the full disk")
def test_a_full_disk_is_told_and_the_lane_goes_on(lane: WriteLane, url: str) -> None:
    def limit(pages: int) -> None:
        lane.run_now(lambda tx: tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"))

    limit(1)

    def large(tx: Tx) -> None:
        for number in range(2000):
            note(tx, number)

    with pytest.raises(NotDurableError):
        lane.run_now(large)
    assert numbers(url) == []
    limit(1_000_000)
    assert lane.run_now(lambda tx: note(tx, 1)).number == 1


@sqlite_only("its write-ahead log")
def test_what_a_lane_takes_over_lies_in_the_database_before_its_first_commit(
    url: str, tmp_path: Path
) -> None:
    log = tmp_path / "exam.db-wal"
    before = WriteLane(open_engine(url), SystemClock()).start()
    for number in range(30):
        before.run_now(lambda tx, n=number: note(tx, n))
    found = log.stat().st_size
    after = WriteLane(open_engine(url, checkpoints=True), SystemClock(), empties_log=True).start()
    after.run_now(lambda tx: note(tx, 30))
    assert log.stat().st_size < found / 4
    after.stop()
    before.stop()
    assert numbers(url) == list(range(1, 32))


@sqlite_only("its write-ahead log")
def test_nothing_is_promised_while_an_old_reading_keeps_the_log_from_being_moved(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cat_server.records.engine._LOG_PATIENCE_MS", 10)
    before = WriteLane(open_engine(url), SystemClock()).start()
    before.run_now(lambda tx: note(tx, 1))
    reader = Reader(url)
    after = WriteLane(open_engine(url, checkpoints=True), SystemClock(), empties_log=True).start()
    with reader.view() as view:
        assert len(events_since(view.connection, SITE_CHAIN, 0)) == 1
        before.run_now(lambda tx: note(tx, 2))
        with pytest.raises(NotDurableError, match="log"):
            after.run_now(lambda tx: note(tx, 3))
    assert after.run_now(lambda tx: note(tx, 3)).number == 3
    after.stop()
    before.stop()
    reader.close()


def test_who_gives_up_waiting_stops_nobody_else(lane: WriteLane, url: str) -> None:
    async def some_give_up() -> list[object]:
        tasks = [asyncio.create_task(lane.run(lambda tx, n=n: note(tx, n))) for n in range(60)]
        await asyncio.sleep(0)
        for each in tasks[::2]:
            each.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    outcomes = asyncio.run(some_give_up())
    assert all(isinstance(each, asyncio.CancelledError) for each in outcomes[::2])
    assert len({each.number for each in outcomes[1::2]}) == 30  # type: ignore[attr-defined]  # appended events
    assert lane.run_now(lambda tx: note(tx, 99)).number == len(numbers(url))


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_that_may_lose_commits_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(UnsafeDatabaseError, match=r"3\.51\.3"):
        _refuse_unsafe(version)
