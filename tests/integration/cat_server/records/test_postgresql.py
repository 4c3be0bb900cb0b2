"""What the promises rest on where a site is on PostgreSQL: order, durability, and what happens when the server goes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.records.database_errors import is_full
from cat_server.records.database_url import shown_url
from cat_server.records.engine import Reader, connect_as_writer, open_engine
from cat_server.records.ledger import events_since
from cat_server.records.news import NewsListener
from cat_server.records.postgresql_settings import refuse_unsafe
from cat_server.records.schema import migrate
from cat_server.records.unsafe_database import UnsafeDatabaseError
from cat_server.records.write_lane import NotDurableError, Tx, WriteLane
from cat_server.runtime.clock import SystemClock
from tests.postgresql_cluster import OWNER, Cluster, make_cluster, remove
from tests.site_databases import migrated_url, postgresql_only, the_cluster

pytestmark = postgresql_only


@pytest.fixture
def url(tmp_path: Path) -> str:
    return migrated_url(tmp_path)


@pytest.fixture
def lane(url: str) -> Iterator[WriteLane]:
    started = WriteLane(open_engine(url), SystemClock()).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A cluster that these tests may stop and spoil."""
    cluster = make_cluster()
    yield cluster
    remove(cluster)


def note(tx: Tx, number: int) -> int:
    event = Event(EventKind.OFFICER_SIGNED_OUT, {"officer_id": str(number)})
    return tx.append(SITE_CHAIN, event, SERVER).number


def noted(url: str) -> list[str]:
    reader = Reader(url)
    with reader.view() as view:
        told = events_since(view.connection, SITE_CHAIN, 0, 100_000)
    reader.close()
    return [str(each.body["officer_id"]) for each in told]


def name_of(url: str) -> str:
    return str(make_url(url).database)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_could_lose_a_commit_is_refused_while_it_could(own: Cluster, setting: str) -> None:
    url = own.url("postgres")
    connect_as_writer(url)
    with own.admin() as admin:
        admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
        while admin.execute(f"SHOW {setting}").fetchone() == ("on",):
            time.sleep(0.05)
        with pytest.raises(UnsafeDatabaseError) as refused:
            connect_as_writer(url)
        admin.execute(f"ALTER SYSTEM RESET {setting}")
        admin.execute("SELECT pg_reload_conf()")
    assert (refused.value.code, refused.value.params) == ("database_postgresql_unsafe", {"setting": setting})


def test_an_old_server_is_refused() -> None:
    with pytest.raises(UnsafeDatabaseError, match="database_postgresql_old"):
        refuse_unsafe(130_014, lambda _: "on", "C.UTF-8", "UTF8")


@pytest.mark.parametrize("how", ["LOCALE 'C' ENCODING 'SQL_ASCII'", "LOCALE_PROVIDER icu ICU_LOCALE 'id-ID'"])
def test_a_database_that_sorts_otherwise_is_refused(own: Cluster, how: str) -> None:
    with own.admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS other")
        admin.execute(f"CREATE DATABASE other OWNER {OWNER} TEMPLATE template0 {how}")
    with pytest.raises(UnsafeDatabaseError, match="database_postgresql_order"):
        connect_as_writer(own.url("other"))


@pytest.mark.parametrize(("wish", "kept"), [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")])
def test_a_commit_waits_for_the_disk_whatever_the_role_is_set_to(own: Cluster, wish: str, kept: str) -> None:
    with own.admin() as admin:
        admin.execute(f"ALTER ROLE {OWNER} SET synchronous_commit = '{wish}'")
    engine = open_engine(own.url("postgres"))
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == kept
    engine.dispose()


def test_writers_of_several_processes_never_overtake_each_other(url: str) -> None:
    """Each reads, thinks, and writes what follows from it; without the site's lock the count would come out too low."""
    lanes = [WriteLane(open_engine(url), SystemClock()).start() for _ in range(3)]

    def count_on(tx: Tx) -> None:
        found = tx.connection.exec_driver_sql("SELECT count(*), coalesce(max(quota), 0) FROM formation").one()
        time.sleep(0.002)
        tx.connection.exec_driver_sql(
            "INSERT INTO formation VALUES ('e', %s, 'p', 'f', %s)", (str(found[0]), found[1] + 1)
        )

    lanes[0].run_now(
        lambda tx: tx.connection.exec_driver_sql(
            "INSERT INTO exam_event VALUES ('e', 'e', 'e', true, 'open', 'off', 0, false)"
        )
    )
    threads = [
        threading.Thread(target=lambda at=each: [at.run_now(count_on) for _ in range(30)]) for each in lanes
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for each in lanes:
        each.stop()
    reader = Reader(url)
    with reader.view() as view:
        found = view.connection.exec_driver_sql("SELECT quota FROM formation ORDER BY quota").scalars().all()
    reader.close()
    assert found == list(range(1, 91))


def test_an_officer_waits_for_no_more_than_a_transaction_or_two_of_a_busy_lane(url: str) -> None:
    busy, other = (WriteLane(open_engine(url), SystemClock()).start() for _ in range(2))
    is_over = threading.Event()

    def saturate() -> None:
        async def without_end() -> None:
            while not is_over.is_set():
                await asyncio.gather(*(busy.run(lambda tx: note(tx, 1)) for _ in range(40)))

        asyncio.run(without_end())

    threads = [threading.Thread(target=saturate) for _ in range(4)]
    for each in threads:
        each.start()
    passed: list[int] = []
    deadline = time.monotonic() + 60
    while len(passed) < 20 or (busy.gauge.commits <= 15 and time.monotonic() < deadline):
        time.sleep(0.03)
        before = busy.gauge.commits
        other.run_now(lambda tx: note(tx, 2))
        passed.append(busy.gauge.commits - before)
    is_over.set()
    for each in threads:
        each.join()
    busy.stop()
    other.stop()
    assert busy.gauge.commits > 15
    assert sorted(passed)[len(passed) * 3 // 4] <= 3, passed


def test_who_waits_too_long_for_the_lock_is_told_and_the_lane_goes_on(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cat_server.records.postgresql._SESSION", ("SET lock_timeout = '200ms'",))
    lane, holder = WriteLane(open_engine(url), SystemClock()).start(), open_engine(url)
    with holder.begin():
        with pytest.raises(NotDurableError):
            lane.run_now(lambda tx: note(tx, 1))
        with pytest.raises(NotDurableError):
            lane.run_now(lambda tx: note(tx, 2))
    assert lane.run_now(lambda tx: note(tx, 3)) == 1
    lane.stop()
    holder.dispose()
    assert noted(url) == ["3"]


def test_a_lane_outlives_the_end_of_its_connection_in_the_middle(lane: WriteLane, url: str) -> None:
    assert lane.run_now(lambda tx: note(tx, 1)) == 1

    def cut(tx: Tx) -> int:
        note(tx, 2)
        tx.ledger.flush()
        the_cluster().end_backends(name_of(url))
        return note(tx, 3)

    async def among_others() -> list[Any]:
        jobs = [lane.run(lambda tx: note(tx, 10)), lane.run(cut), lane.run(lambda tx: note(tx, 11))]
        return await asyncio.gather(*jobs, return_exceptions=True)

    told = asyncio.run(among_others())
    assert isinstance(told[1], NotDurableError)
    said = [
        number
        for number, outcome in zip(("10", "11"), (told[0], told[2]), strict=True)
        if isinstance(outcome, int)
    ]
    assert lane.run_now(lambda tx: note(tx, 4)) == 2 + len(said)
    assert noted(url) == ["1", *said, "4"]


def test_nothing_is_said_while_the_server_is_away_and_all_goes_on_after_it(own: Cluster) -> None:
    url = own.url(own.new_database())
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    own.stop("fast")
    lane = WriteLane(
        open_engine(url), SystemClock()
    ).start()  # a process that starts before its database does
    reader = Reader(url)
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 1))
    own.start()
    assert lane.run_now(lambda tx: note(tx, 2)) == 1
    with reader.view() as view:
        assert len(events_since(view.connection, SITE_CHAIN, 0)) == 1
    own.stop("immediate")
    with pytest.raises(NotDurableError):
        lane.run_now(lambda tx: note(tx, 3))
    own.start()
    assert lane.run_now(lambda tx: note(tx, 4)) == 2
    with reader.view() as view:
        assert len(events_since(view.connection, SITE_CHAIN, 0)) == 2
    lane.stop()
    reader.close()
    assert noted(url) == ["2", "4"]


def listening(url: str) -> set[object]:
    query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state = 'idle' AND query LIKE 'LISTEN%%'"
    with the_cluster().admin() as admin:
        return {row[0] for row in admin.execute(query, (name_of(url),))}


def end_connections(url: str) -> None:
    """End all connections; return once the listener has another one: until it notices, it looks as if it listened."""
    before = listening(url)
    the_cluster().end_backends(name_of(url))
    while not listening(url) - before:
        time.sleep(0.05)


def test_a_follower_hears_of_a_commit_at_once_and_again_after_its_connection_was_cut(
    lane: WriteLane, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hears(listener: NewsListener) -> bool:
        while not listener.is_listening:
            await listener.wait(0.1)
        while True:  # what is left of earlier news
            started = time.monotonic()
            await listener.wait(60)
            if time.monotonic() - started > 0.5:
                break
        with monkeypatch.context() as patched:
            # This wait alone would last a minute: a busy machine may take as long as it usually does at most.
            patched.setattr("cat_server.records.news._AT_LAST_S", 60)
            waiting = asyncio.create_task(listener.wait(60))
            await asyncio.sleep(0)
        for _ in range(3):
            with contextlib.suppress(NotDurableError):  # its own connection may have been cut too
                await lane.run(lambda tx: note(tx, 1))
                break
        started = time.monotonic()
        await waiting
        return time.monotonic() - started < 20

    async def listen() -> list[bool]:
        listener = NewsListener(make_url(url))
        await listener.wait(60)  # it listens now
        before = await hears(listener)
        end_connections(url)
        return [before, await hears(listener)]

    assert asyncio.run(listen()) == [True, True]


def test_a_reader_sees_one_instant_and_may_not_write(lane: WriteLane, url: str) -> None:
    reader = Reader(url)
    with reader.view() as view:
        assert events_since(view.connection, SITE_CHAIN, 0) == []
        lane.run_now(lambda tx: note(tx, 1))
        assert events_since(view.connection, SITE_CHAIN, 0) == []
        with pytest.raises(DBAPIError, match="read-only"):
            view.connection.exec_driver_sql("DELETE FROM formation")
    with reader.view() as view:
        assert len(events_since(view.connection, SITE_CHAIN, 0)) == 1
    reader.close()


def test_no_password_is_shown() -> None:
    for url in ("postgresql://cat:secret@db/cat", "postgresql://cat@db/cat?password=secret&sslmode=require"):
        assert "secret" not in shown_url(url)
        assert "cat@db" in shown_url(url).replace(":***", "")


def test_a_full_disk_is_known_by_its_state(lane: WriteLane) -> None:
    def raise_full(tx: Tx) -> None:
        tx.connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$")

    with pytest.raises(NotDurableError):
        lane.run_now(raise_full)
    assert "x" in lane.trouble
    lane.run_now(lambda tx: note(tx, 1))
    assert lane.trouble == ""
    assert is_full(DBAPIError("x", None, psycopg.errors.DiskFull()))
