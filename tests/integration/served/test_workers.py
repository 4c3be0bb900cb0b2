"""Three kiosk processes behind one port do what one does: one chain, one clock, one count, and no process that is missed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cat_server.domain.sign_in_guard import FREE_TRIES
from tests.durability.accounts import hold_against, read_books
from tests.durability.saving_room import assert_nothing_wrong, saving_room
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.integration.served.conftest import ServeSite
from tests.served_site import Served, wait_until
from tests.site_databases import snapshot
from tests.socket_owners import kill_worker, kiosk_workers, worker_of

WORKERS = 3


@pytest.fixture
def served(serve_site: ServeSite) -> Served:
    return serve_site(kiosk_workers=WORKERS, connections_per_address=600)


def timekeepers(served: Served) -> list[int]:
    """Return the processes that took the exam clocks over, in their order."""
    lines = [
        json.loads(line)
        for file in (served.folder / "logs").glob("kiosk-*.log")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    taken = [each for each in lines if each["code"] == "TIMEKEEPER_CHANGED"]
    return [each["pid"] for each in sorted(taken, key=lambda each: int(each["at_ms"]))]


@dataclass(frozen=True)
class ClockTold:
    """The exam clock as it was last written, the machine's own clock at that moment, and all stops that were recorded."""

    clock_ms: int
    boot_ms: int
    down_ms: int


def clock_of(served: Served) -> ClockTold:
    """Read the clock of the one sitting that runs, at one instant."""
    with snapshot(served.folder) as rows:
        [clock] = rows("select clock_ms, boot_ns from sitting where state = 'RUNNING'")
        stops = rows("select envelope from ledger where kind = 'CLOCK_RECOVERED'")
    down_ms = sum(json.loads(bytes(each["envelope"]))["body"]["down_ms"] for each in stops)
    return ClockTold(clock["clock_ms"], clock["boot_ns"] // 1_000_000, down_ms)


@contextlib.contextmanager
def without_new_processes(served: Served) -> Iterator[None]:
    """Keep the supervisor from starting anything in place of what dies."""
    os.kill(served.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(served.process.pid, signal.SIGCONT)


def through(participant: HttpParticipant, served: Served, wanted: int) -> httpx.Client:
    """Return another browser with the same cookies, served by the process that is wanted."""
    for _ in range(100):
        client = httpx.Client(
            base_url=served.kiosk_url(),
            headers=participant.browser.headers,
            cookies=participant.browser.cookies,
            timeout=20,
        )
        client.get("/up")
        if worker_of(served, client) == wanted:
            return client
        client.close()
    raise AssertionError("no connection came to that process")


@pytest.fixture
def sitting(served: Served) -> Iterator[list[HttpParticipant]]:
    """Eight at work."""
    people = [HttpParticipant(served, served.next_person()) for _ in range(8)]
    for each in people:
        each.get_ready()
    officer = HttpOfficer(served)
    officer.command("start")
    officer.close()
    for each in people:
        assert each.learn()["state"] == "RUNNING"
    yield people
    for each in people:
        each.close()


def test_new_connections_are_spread_over_all_and_a_dead_process_gets_none(served: Served) -> None:
    def spread(count: int) -> Counter[int]:
        clients = [httpx.Client(base_url=served.kiosk_url(), timeout=20) for _ in range(count)]
        for each in clients:
            assert each.get("/up").status_code == 200
        found = Counter(worker_of(served, each) for each in clients)
        for each in clients:
            each.close()
        return found

    pids = set(kiosk_workers(served))
    assert len(pids) == WORKERS
    by_pid = spread(60)
    assert set(by_pid) == pids
    assert min(by_pid.values()) >= 5, by_pid
    kill_worker(dead := min(pids))
    began = time.monotonic()
    while time.monotonic() - began < 1:
        after = spread(12)
        assert dead not in after
    wait_until(lambda: len(kiosk_workers(served)) == WORKERS, "another is started")


def test_an_exam_goes_on_when_the_process_that_keeps_time_is_killed_under_load(served: Served) -> None:
    with saving_room(served, 6) as room:
        room.wait_for_more(5)
        before = kiosk_workers(served)
        keeper = timekeepers(served)[-1]
        assert keeper in before
        held, clock_before = room.held(), clock_of(served)
        with without_new_processes(served):
            os.kill(keeper, signal.SIGKILL)
            wait_until(
                lambda: timekeepers(served)[-1] != keeper, "another keeps time, none was started for it", 20
            )
            heir = timekeepers(served)[-1]
            assert heir in before
            room.wait_for_more(5)
            wait_until(lambda: clock_of(served).clock_ms > clock_before.clock_ms, "the exam clock goes on")
        wait_until(lambda: len(kiosk_workers(served)) == WORKERS, "another is started")
        room.wait_for_more(5)
        clock_after = clock_of(served)
        assert timekeepers(served)[-1] == heir, "who keeps time keeps it"
        room.end()
        assert room.troubles == []
        assert_nothing_wrong(room.check(held))
        assert_nothing_wrong(room.check(room.held()))
        people = [each.person for each in room.participants]
    missed_ms = clock_after.boot_ms - clock_before.boot_ms - (clock_after.clock_ms - clock_before.clock_ms)
    assert missed_ms >= 0, "the exam clock never runs faster than time"
    assert clock_after.down_ms - clock_before.down_ms <= missed_ms, "no stop is recorded that was none"
    for person in people:
        rows = served.rows("select seq from receipt where attempt_id = ?", served.attempt_id(person))
        assert sorted(row["seq"] for row in rows) == list(range(1, len(rows) + 1))


def test_one_seat_through_two_processes_keeps_order_and_says_the_same_twice(
    served: Served, sitting: list[HttpParticipant]
) -> None:
    pids = kiosk_workers(served)
    who = sitting[0]
    one, other = (through(who, served, pid) for pid in pids[:2])

    def post(client: httpx.Client, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        body = {
            "v": 1,
            "epoch": who.state["epoch"],
            "control_no": who.state["control_no"],
            "commands": commands,
        }
        reply = client.post("/answers", json=body)
        assert reply.status_code == 200, reply.text
        receipts: list[dict[str, Any]] = reply.json()["receipts"]
        return receipts

    acknowledged = []
    for round_ in range(10):
        position = round_ + 1
        first, second = who.command("answer", position, "o1"), who.command("answer", position, "o2")
        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(post, (one, other), (second, second)))
        assert told[0] == told[1], "the same command through both is one event with one receipt"
        late = post(other if round_ % 2 else one, first)[0]
        assert late["outcome"] == "saved"
        who.saved[first["seq"]], who.saved[second["seq"]] = (first, late), (second, told[0][0])
        acknowledged += [late["number"], told[0][0]["number"]]
    assert len(set(acknowledged)) == 20
    assert served.responses(who.person) == {position: ["o2"] for position in range(1, 11)}
    account = hold_against(read_books(served.folder), [])
    assert account.is_clean
    for each in (one, other):
        each.close()


def beat_all(people: list[HttpParticipant]) -> None:
    """Give a sign of life of everybody, as kiosks do again and again; each is at another item."""
    for place, who in enumerate(people):
        beat = {
            "v": 1,
            "epoch": who.state["epoch"],
            "position": place + 1,
            "unsent": place,
            "offline_ready": True,
            "lost_focus": 0,
            "control_no": who.state["control_no"],
        }
        assert who.browser.post("/heartbeat", json=beat).status_code == 200


def test_the_board_shows_kiosks_of_all_processes_connected_and_numbers_are_of_all(
    served: Served, sitting: list[HttpParticipant]
) -> None:
    pids = kiosk_workers(served)
    for place, who in enumerate(sitting):
        own = through(who, served, pids[place % WORKERS])
        who.browser.close()
        who.browser = own
    officer = HttpOfficer(served)

    def shown() -> bool:
        beat_all(sitting)
        rows = officer.rows()
        return all(
            rows[who.person["participant_number"]]["pos"] == place + 1
            and rows[who.person["participant_number"]]["off"] == 0
            for place, who in enumerate(sitting)
        )

    wait_until(shown, "all are on the board", 20)
    for who in sitting:
        for position in range(1, 4):
            who.answer(position, "o1")

    def requests() -> float:
        text = httpx.get(f"{served.board_url}/metrics").text
        return next(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "cat_write_requests_total" and sample.labels == {"process": "kiosk"}
        )

    wait_until(lambda: requests() >= 3 * len(sitting), "the sum of all is told")
    before = requests()
    kill_worker(pids[0])
    wait_until(lambda: len(kiosk_workers(served)) == WORKERS, "another is started")
    assert requests() >= before
    officer.close()


def test_a_pause_reaches_the_streams_of_all_processes(served: Served, sitting: list[HttpParticipant]) -> None:
    officer = HttpOfficer(served)
    clients = [through(sitting[place], served, pid) for place, pid in enumerate(kiosk_workers(served))]
    heard: Counter[int] = Counter()
    listening_to = threading.Barrier(WORKERS + 1)

    def listen(place: int) -> None:
        with clients[place].stream("GET", "/events") as stream:
            told = (line for line in stream.iter_lines() if line.startswith("data:"))
            assert '"RUNNING"' in next(told)
            listening_to.wait(60)
            if any('"PAUSED"' in line for line in told):
                heard[place] += 1

    listening = [threading.Thread(target=listen, args=(place,), daemon=True) for place in range(WORKERS)]
    for each in listening:
        each.start()
    listening_to.wait(60)
    officer.command("pause", reason="uji coba", code="POWER_FAILURE")
    for each in listening:
        each.join(30)
    assert heard == {0: 1, 1: 1, 2: 1}
    officer.close()
    for each in clients:
        each.close()


def test_wrong_pins_count_together_through_whichever_process_they_come(served: Served) -> None:
    person = served.next_person()
    guesser = HttpParticipant(served, person)
    guesser.browser.get("/go")
    clients = [through(guesser, served, pid) for pid in kiosk_workers(served)]
    wrong = {"participant_number": person["participant_number"], "pin": "00000000"}
    said = [clients[each % WORKERS].post("/sign_in", data=wrong).text for each in range(FREE_TRIES + WORKERS)]
    assert ["detik" in each for each in said] == [False] * FREE_TRIES + [True] * WORKERS
    right = clients[0].post("/sign_in", data={**wrong, "pin": person["pin"]})
    assert right.status_code == 409
    for each in clients:
        each.close()
    guesser.close()
