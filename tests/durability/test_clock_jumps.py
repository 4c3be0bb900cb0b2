"""Somebody sets the clock on the wall while the server runs: nobody gains or loses a moment, and saving goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cat_server.domain.exam_clock import MOST_EXTRAPOLATED_MS
from tests.durability.lane_recording import spoiled
from tests.durability.saving_room import SavingRoom, assert_nothing_wrong, boot_ms, saving_room
from tests.durability.torture import COUNTS
from tests.served_site import Served, copied_site

DAY_MS = 86_400_000
BACK = tuple(-3_600_000 * hours for hours in range(1, 31))
"""One hour after another: a clock that only hides each jump for itself loses a part of a tick every time."""
BETWEEN_S = 0.7
STALL_MS = 3_000
"""What a busy machine may stand still meanwhile, which nobody is charged for; a clock that follows the wall loses more."""
ROUNDING_MS = 2
JUMPS = (DAY_MS, -DAY_MS, 3_600_000, -400 * DAY_MS, 0)


@pytest.fixture
def offset(tmp_path: Path) -> Path:
    file = tmp_path / "offset"
    file.write_text("0")
    return file


@pytest.fixture
def served(
    template_site: Path, tmp_path: Path, offset: Path, request: pytest.FixtureRequest
) -> Iterator[Served]:
    site = copied_site(template_site, tmp_path / "site")
    site.environment = spoiled(getattr(request, "param", "wall")) | {"DURABILITY_WALL": str(offset)}
    site.start()
    yield site
    site.end()


def shift(offset: Path, milliseconds: int) -> None:
    """Set the wall clock; a server that asks meanwhile reads the old time or the new one, never half a file."""
    new = offset.with_name("new-offset")
    new.write_text(str(milliseconds))
    new.replace(offset)


def not_charged_ms(room: SavingRoom, offset: Path, jumps: Sequence[int]) -> tuple[int, int]:
    """Return how much more time passed while the wall clock jumped than a participant was charged for.

    At least and at most: asking for the time left takes a while itself.
    """
    watcher = room.participants[0].browser
    began_ms, before, known_ms = boot_ms(), watcher.get("/state").json(), boot_ms()
    for jump in jumps:
        shift(offset, jump)
        time.sleep(BETWEEN_S)
    room.wait_for_more(3)
    asked_ms, after, ended_ms = boot_ms(), watcher.get("/state").json(), boot_ms()
    assert after["state"] == "RUNNING"
    charged_ms = int(before["remaining_ms"] - after["remaining_ms"])
    return asked_ms - known_ms - charged_ms, ended_ms - began_ms - charged_ms


def test_a_jump_of_the_wall_clock_changes_no_remaining_time(served: Served, offset: Path) -> None:
    with saving_room(served, 2) as room:
        watcher = room.participants[0]
        for jumps in (*zip(JUMPS, strict=True), BACK):
            least, most = not_charged_ms(room, offset, jumps)
            assert most >= -ROUNDING_MS, "somebody was charged for more than what passed"
            assert least <= MOST_EXTRAPOLATED_MS + STALL_MS
        before_ms, after = boot_ms(), watcher.browser.get("/state").json()
        served.kill(
            "kiosk"
        )  # and a process that comes up under another wall time takes the clock over as it was
        shift(offset, -DAY_MS)
        served.wait_until_up()
        room.wait_for_more(2)
        resumed = watcher.browser.get("/state").json()
        assert after["remaining_ms"] - MOST_EXTRAPOLATED_MS <= resumed["remaining_ms"] + boot_ms() - before_ms
        assert resumed["remaining_ms"] <= after["remaining_ms"] + MOST_EXTRAPOLATED_MS
        room.end()
        assert room.troubles == []
        assert_nothing_wrong(room.check(room.held()))


@pytest.mark.parametrize("served", ["wall by_the_wall"], indirect=True)
def test_the_rig_notices_an_exam_clock_that_follows_the_wall(served: Served, offset: Path) -> None:
    with saving_room(served, 2) as room:
        least, _ = not_charged_ms(room, offset, BACK)
        assert least > MOST_EXTRAPOLATED_MS + STALL_MS
        room.end()
    COUNTS["controls detected"] += 1
