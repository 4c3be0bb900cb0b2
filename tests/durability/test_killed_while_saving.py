"""Processes die at random moments while a room saves: what was acknowledged is there, once, and the ledger is whole."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.durability.lane_recording import spoiled
from tests.durability.saving_room import SavingRoom, assert_nothing_wrong, saving_room
from tests.durability.torture import COUNTS, Limit, say, wanted
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import Served, copied_site, wait_until

SEED = 20_261_122
"""Fixed, so that a failure can be looked at again; which commit a kill hits is chance enough."""
KILLS = wanted("KILLS", 6)
KILLS_OF_ONE = 60
"""Then another room begins: the ledger that each start reads gets no longer."""
VICTIMS = {
    1: ("kiosk", "monitoring", "both", "supervisor", "kiosk", "all"),
    3: ("kiosk-1", "kiosk-2", "both", "kiosk-3", "all", "kiosk-1"),
}
"""By the number of kiosk processes; `both` are all web processes at once."""
PEOPLE = 4


@pytest.mark.parametrize("workers", VICTIMS)
def test_what_was_acknowledged_survives_every_kill(workers: int, template_site: Path, tmp_path: Path) -> None:
    """Every process in turn, both web processes at once, the supervisor alone, and the whole tree."""
    chance = random.Random(SEED)
    done = 0
    limit = Limit()
    while done < KILLS and not limit.is_over():
        served = copied_site(template_site, tmp_path / f"site-{done}")
        served.configure(kiosk_workers=workers)
        served.start()
        with saving_room(served, PEOPLE) as room:
            for _ in range(min(KILLS - done, KILLS_OF_ONE)):
                _kill_one(room, VICTIMS[workers][done % len(VICTIMS[workers])], chance)
                done += 1
                if limit.is_over():
                    break
            room.wait_for_more(10)
            room.end()
            assert room.troubles == []
            assert min(len(each.saved) for each in room.participants) >= 10
        served.stop()
        assert_nothing_wrong(room.check(room.held()))
        _check_last_answers(room)


def _kill_one(room: SavingRoom, victim: str, chance: random.Random) -> None:
    served = room.served
    room.wait_for_more(1)
    time.sleep(chance.uniform(0, 0.8))
    held = room.held()
    match victim:
        case "all":
            served.kill_all()
            served.start()
        case "supervisor":
            children = served.children()
            os.kill(served.process.pid, signal.SIGKILL)
            served.process.wait(10)
            # Nobody is left to start them again, so they end by themselves, and only then may another server come.
            wait_until(lambda: not any(_runs(pid) for pid in children.values()), "the orphans end")
            served.start()
        case "both":
            old = served.children()
            for pid in old.values():
                with contextlib.suppress(ProcessLookupError):  # the forge among them may just have ended
                    os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not set(served.children().values()) & set(old.values()), "both are gone")
            served.wait_until_up()
        case _:
            served.kill(victim)
            served.wait_until_up()
    COUNTS["kills"] += 1
    assert_nothing_wrong(room.check(held))
    say(f"{COUNTS['kills']} kills, {COUNTS['lost']} lost")


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


def _check_last_answers(room: SavingRoom) -> None:
    """At the end nobody waits for a receipt any more: the last answer to each item is what the database has."""
    for each in room.participants:
        last = {command["position"]: command["response"] for _, (command, _) in sorted(each.saved.items())}
        assert room.served.responses(each.person) == last
        attempt = room.served.attempt_id(each.person)
        seqs = [
            row["seq"] for row in room.served.rows("select seq from receipt where attempt_id = ?", attempt)
        ]
        assert sorted(seqs) == list(range(1, max(seqs) + 1))
        assert room.served.rows("select * from quarantined_answer where attempt_id = ?", attempt) == []


@pytest.fixture
def early(template_site: Path, tmp_path: Path) -> Iterator[Served]:
    """A served site that says "saved" before the commit."""
    site = copied_site(template_site, tmp_path / "site")
    site.environment = spoiled("early")
    site.start()
    yield site
    site.end()


def test_the_rig_notices_a_server_that_promises_too_much(early: Served) -> None:
    """A kill spares what no sync has reached, so `synchronous=NORMAL` needs a power cut to show; this needs none."""
    with saving_room(early, PEOPLE) as room:
        for _ in range(10):
            room.wait_for_more(1)
            early.kill_all()
            account = room.check(room.held())  # whatever people were told until it died
            early.environment = {}
            early.start()
            if account.lost:
                break
            early.kill_all()
            early.environment = spoiled("early")
            early.start()
        room.end()
    assert account.lost
    COUNTS["controls detected"] += 1


def test_ctrl_c_stops_within_moments_though_boards_are_open(
    served: Served, participants: list[HttpParticipant]
) -> None:
    officer = HttpOfficer(served)
    with (
        officer.browser.stream("GET", f"{officer.room}/events") as board,
        httpx.stream("GET", f"{served.scoreboard_url}/events", timeout=20) as scoreboard,
        participants[0].browser.stream("GET", "/events") as kiosk,
    ):
        for stream in (board, scoreboard, kiosk):
            next(stream.iter_bytes())
        children = served.children()
        assert set(children) >= {"kiosk", "monitoring"}
        took = served.stop()
    assert served.process.returncode == 0
    assert took < 10, "two seconds, and some more for a machine that is busy"
    assert not any(Path(f"/proc/{pid}/exe").exists() for pid in children.values())
    officer.close()
