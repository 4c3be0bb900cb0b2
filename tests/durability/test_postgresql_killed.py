"""Processes of ours and PostgreSQL itself die while a room saves: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.durability.lane_recording import spoiled
from tests.durability.saving_room import SavingRoom, assert_nothing_wrong, saving_room
from tests.durability.torture import COUNTS, Limit, say, wanted
from tests.postgresql_cluster import Cluster, make_cluster, remove
from tests.served_site import Served, copied_site, prepare_site
from tests.site_databases import ADDRESS, postgresql_only, url_of

pytestmark = postgresql_only

SEED = 20_261_128
KILLS = wanted("KILLS", 8)
VICTIMS = ("server", "kiosk", "connections", "all", "server", "monitoring", "connections", "server and kiosk")
PEOPLE = 4


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A cluster that is stopped without mercy; sites made meanwhile are on it."""
    cluster = make_cluster()
    before = os.environ[ADDRESS]
    os.environ[ADDRESS] = f"{cluster.folder}:{cluster.port}"
    yield cluster
    os.environ[ADDRESS] = before
    remove(cluster)


@pytest.fixture
def on_own(own: Cluster, tmp_path: Path) -> Iterator[Served]:
    """A served site on that cluster; its exam lasts longer than any rig."""
    site = copied_site(prepare_site(tmp_path / "template", minutes="300"), tmp_path / "site")
    assert str(own.port) in url_of(site.folder)
    site.start()
    yield site
    site.end()


def test_what_was_acknowledged_survives_whoever_dies(own: Cluster, on_own: Served) -> None:
    chance, limit = random.Random(SEED), Limit()
    with saving_room(on_own, PEOPLE) as room:
        for number in range(KILLS):
            _kill(own, room, VICTIMS[number % len(VICTIMS)], chance)
            if limit.is_over():
                break
        room.wait_for_more(10)
        room.end()
        assert room.troubles == []
        assert min(len(each.saved) for each in room.participants) >= 10
    on_own.stop()
    assert_nothing_wrong(room.check(room.held()))
    for each in room.participants:
        last = {command["position"]: command["response"] for _, (command, _) in sorted(each.saved.items())}
        assert on_own.responses(each.person) == last
        attempt = on_own.attempt_id(each.person)
        seqs = [row["seq"] for row in on_own.rows("select seq from receipt where attempt_id = ?", attempt)]
        assert sorted(seqs) == list(range(1, max(seqs) + 1))
    checked = on_own.cli("doctor", "--json")
    assert '"doctor_ledger"' in checked.stdout


def _kill(own: Cluster, room: SavingRoom, victim: str, chance: random.Random) -> None:
    served = room.served
    room.wait_for_more(1)
    time.sleep(chance.uniform(0, 0.8))
    held = room.held()
    match victim:
        case "server" | "server and kiosk":
            own.stop("immediate")  # as a power cut of its machine: nothing is flushed, the start recovers
            if victim != "server":
                served.kill("kiosk")
            time.sleep(chance.uniform(0, 0.5))
            own.start()
            served.wait_until_up()
        case "connections":
            assert own.end_backends(str(make_url(url_of(served.folder)).database)) >= 2
        case "all":
            served.kill_all()
            served.start()
        case _:
            served.kill(victim)
            served.wait_until_up()
    COUNTS["kills"] += 1
    assert_nothing_wrong(room.check(held))
    say(f"{COUNTS['kills']} kills, {COUNTS['lost']} lost")


def test_the_rig_notices_a_server_that_does_not_wait_for_its_disk(own: Cluster, tmp_path: Path) -> None:
    """The engine overrules `synchronous_commit=off`; with that taken away, what was promised last is not there."""
    with own.admin() as admin:
        admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        admin.execute("SELECT pg_reload_conf()")
    site = copied_site(prepare_site(tmp_path / "template", minutes="300"), tmp_path / "site")
    site.environment = spoiled("asynchronous")
    site.start()
    lost: list[str] = []
    with saving_room(site, PEOPLE) as room:
        for _ in range(5):
            room.wait_for_more(5)
            held = room.held()
            own.stop("immediate")
            own.start()
            lost = room.check(held).lost
            if lost:
                break
            site.wait_until_up()
        room.end()
    site.stop()
    assert lost
    COUNTS["controls detected"] += 1
