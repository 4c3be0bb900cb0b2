"""The disk of the running server fails or fills up: no receipt is given that it cannot keep, and none is lost."""

from __future__ import annotations

import contextlib
import errno
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.durability import disk_shim
from tests.durability.disk_shim import Call, Faults
from tests.durability.lane_recording import spoiled, with_journal
from tests.durability.saving_room import SavingRoom, assert_nothing_wrong, saving_room
from tests.durability.torture import COUNTS
from tests.served_site import Served, copied_site, wait_until

PEOPLE = 3
MORE_FAILURES = 2


@dataclass(frozen=True)
class Failing:
    """A served site, whose disk obeys the test, and people who save there."""

    served: Served
    faults: Faults
    room: SavingRoom

    def restart_and_check(self) -> None:
        """Nothing is cleaned up: the server dies as it stands, starts again, and what was promised is there."""
        assert self.room.troubles == []
        held = self.room.held()
        self.served.kill_all()
        self.served.start()
        assert_nothing_wrong(self.room.check(held))


@pytest.fixture(scope="module")
def failing(
    template_site: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Failing]:
    folder = tmp_path_factory.mktemp(request.param)
    served = copied_site(template_site, folder / "site")
    settings = served.folder / "site.toml"
    settings.write_text(re.sub(r"ballast_mib = \d+", "ballast_mib = 4", settings.read_text()))
    second = folder / "second"
    second.mkdir()
    if request.param == "journal":
        with_journal(served.folder)
    faults = Faults(folder / "faults")
    library = disk_shim.build(folder)
    served.environment = disk_shim.environment(library, [served.folder, second], faults=faults.path)
    if request.param == "early":
        served.environment |= spoiled("early")
    served.start()
    with saving_room(served, PEOPLE) as room:
        yield Failing(served, faults, room)
        faults.heal()
        room.end()
        assert room.troubles == []
    faults.close()
    served.end()


def health(served: Served) -> str:
    """Return what the server says of itself; nothing while it is too busy to say it."""
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{served.board_url}/healthz", timeout=20).text
    return ""


@pytest.mark.parametrize(
    ("failing", "call", "ending"),
    [
        ("alone", Call.SYNC, "exam.db-wal"),
        ("alone", Call.WRITE, "exam.db-wal"),
        ("journal", Call.SYNC, ".journal"),
    ],
    indirect=["failing"],
)
def test_a_failing_disk_ends_the_process_and_no_receipt_follows(
    failing: Failing, call: Call, ending: str
) -> None:
    failing.room.wait_for_more(3)
    before = failing.served.children()["kiosk"]
    failing.faults.fail(call, ending, errno.EIO)
    # The first to meet the error answers nobody and ends; every process after it meets the same.
    wait_until(lambda: failing.served.children().get("kiosk", before) != before, "the kiosk process ends", 60)
    had, hits = len(failing.room.held()), failing.faults.hits
    assert hits > 0
    wait_until(lambda: failing.faults.hits >= hits + MORE_FAILURES, "others end as well", 60)
    wait_until(
        lambda: "clock_stopped" in health(failing.served),
        "the other process, which can still read, tells the officers",
        60,
    )
    assert len(failing.room.held()) == had
    COUNTS["injected errors"] += failing.faults.hits
    failing.faults.heal()
    failing.room.wait_for_more(3)
    failing.restart_and_check()


@pytest.mark.parametrize("failing", ["alone"], indirect=True)
def test_a_full_disk_is_told_nothing_is_promised_and_saving_resumes(failing: Failing) -> None:
    failing.room.wait_for_more(3)
    kiosk = failing.served.children()["kiosk"]
    participant = failing.room.participants[0]
    failing.faults.fail(Call.WRITE, "exam.db-wal", errno.ENOSPC)
    # Everybody has tried again since the first failure, so whoever had a receipt on its way holds it by now.
    wait_until(lambda: failing.faults.hits > 12, "the server meets the full disk")
    had = len(failing.room.held())
    told = participant.browser.post(
        "/answers",
        json={"v": 1, "epoch": participant.state["epoch"], "control_no": 0, "commands": []},
    )
    assert (told.status_code, told.json()["code"]) == (503, "NOT_DURABLE")
    for path in ("/state", "/paper"):
        assert participant.browser.get(path).status_code == 200, "what is there can still be read"
    hits = failing.faults.hits
    wait_until(lambda: failing.faults.hits > hits, "the server tries again by itself")
    assert len(failing.room.held()) == had
    assert failing.served.children()["kiosk"] == kiosk, "a full disk is no reason to die"
    COUNTS["injected errors"] += failing.faults.hits
    failing.faults.heal()
    failing.room.wait_for_more(3)
    assert failing.served.children()["kiosk"] == kiosk
    failing.restart_and_check()


@pytest.mark.parametrize("failing", ["early"], indirect=True)
def test_the_rig_notices_a_server_that_promises_before_the_disk_has_it(failing: Failing) -> None:
    failing.room.wait_for_more(3)
    failing.faults.fail(Call.WRITE, "exam.db-wal", errno.ENOSPC)
    wait_until(lambda: failing.faults.hits > 3, "the server meets the full disk")
    failing.room.wait_for_more(3)  # receipts come all the same
    held = failing.room.held()
    failing.served.kill_all()
    failing.faults.heal()
    failing.served.start()
    assert failing.room.check(held).lost
    COUNTS["controls detected"] += 1


@pytest.mark.parametrize("failing", ["alone"], indirect=True)
def test_a_checkpoint_that_fails_costs_nothing(failing: Failing) -> None:
    """The log keeps everything as long as the database cannot be written."""
    failing.room.wait_for_more(3)
    failing.faults.fail(Call.SYNC, "exam.db", errno.EIO)
    failing.served.kill("kiosk")  # the next one empties the log before its first commit, and cannot
    wait_until(lambda: failing.faults.hits >= 2, "processes that cannot empty the log end", 60)
    had = len(failing.room.held())
    time.sleep(0.5)
    assert len(failing.room.held()) == had
    COUNTS["injected errors"] += failing.faults.hits
    failing.faults.heal()
    failing.room.wait_for_more(3)
    failing.restart_and_check()
