"""A standby that each commit waits for: nothing is said while it is away, and all that was said is on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.records.engine import Reader, open_engine
from cat_server.records.ledger import events_since
from cat_server.records.postgresql_settings import postgresql_server
from cat_server.records.schema import migrate
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.clock import SystemClock
from tests.postgresql_cluster import Cluster, make_cluster, remove
from tests.site_databases import postgresql_only

pytestmark = postgresql_only


@pytest.fixture
def first() -> Iterator[Cluster]:
    cluster = make_cluster()
    yield cluster
    remove(cluster)


def note(tx: Tx, number: int) -> int:
    event = Event(EventKind.OFFICER_SIGNED_OUT, {"officer_id": str(number)})
    return tx.append(SITE_CHAIN, event, SERVER).number


def in_the_background(lane: WriteLane, number: int) -> Future[Any]:
    told: Future[Any] = Future()

    def run() -> None:
        told.set_result(lane.run_now(lambda tx: note(tx, number)))

    threading.Thread(target=run, daemon=True).start()
    return told


def noted(url: str) -> list[str]:
    reader = Reader(url)
    with reader.view() as view:
        found = [str(each.body["officer_id"]) for each in events_since(view.connection, SITE_CHAIN, 0)]
    reader.close()
    return found


def test_what_was_said_is_on_the_second_machine_when_the_first_is_lost(first: Cluster) -> None:
    database = first.new_database()
    engine = open_engine(first.url(database))
    migrate(engine)
    engine.dispose()
    second = first.make_standby("second")
    lane = WriteLane(open_engine(first.url(database)), SystemClock()).start()
    reader = Reader(first.url(database))
    with reader.view() as view:
        server = postgresql_server(view.connection)
    reader.close()
    assert server is not None
    assert server.standbys == "second"
    for number in range(1, 51):
        assert lane.run_now(lambda tx, n=number: note(tx, n)) == number
    second.stop("immediate")
    told = in_the_background(lane, 51)
    with pytest.raises(TimeoutError):
        told.result(1.5)
    second.start()
    assert told.result(120) == 51  # a standby that is refused at first asks again every five seconds
    first.stop("immediate")  # and never comes back
    second.promote()
    assert noted(second.url(database)) == [str(number) for number in range(1, 52)]
    after = WriteLane(open_engine(second.url(database)), SystemClock()).start()
    assert after.run_now(lambda tx: note(tx, 52)) == 52
    after.stop()
    lane.stop()
    second.stop("immediate")
