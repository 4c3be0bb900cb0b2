"""Disks as a power cut may leave them, image after image: the product's own start finds every acknowledged answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability import disk_shim
from tests.durability.image_worker import Tally
from tests.durability.lane_recording import Studio, count, fast_folder
from tests.durability.torture import COUNTS, Limit, wanted

SEED = 20_261_128
COMMITS = 60
CONTROL_COMMITS = 20
IMAGES = wanted("IMAGES", 200)
IMAGES_OF_ONE = 5_000
CONTROL_IMAGES = 36


@pytest.fixture(scope="module")
def studio(template_site: Path) -> Iterator[Studio]:
    with fast_folder() as folder:
        yield Studio(template_site, folder, disk_shim.build(folder))


def assert_nothing_wrong(tally: Tally) -> None:
    count(tally)
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, 0), tally.first


@pytest.mark.parametrize("journal", [False, True], ids=["alone", "with a journal"])
def test_what_was_acknowledged_is_on_every_disk_that_a_power_cut_can_leave(
    studio: Studio, journal: bool
) -> None:
    """Half of all images in each of the two; each recording is another room with other chances."""
    left, seed = IMAGES // 2, SEED + journal
    limit = Limit()
    while left > 0 and not limit.is_over():
        images = min(left, IMAGES_OF_ONE)
        recording = studio.record("room", seed=seed, commits=COMMITS, journal=journal)
        tally = recording.check(images, seed)
        recording.log.unlink()
        assert tally.images == images
        assert tally.checked > images
        assert_nothing_wrong(tally)
        left, seed = left - images, seed + 2


@pytest.mark.parametrize(
    ("failing", "after", "then"),
    [
        ("exam.db-wal", 3, "--again"),
        ("exam.db-wal", 4, "--again"),
        ("exam.db-wal", 4, "--anew"),
        (".journal", 4, "--again"),
        (".journal", 4, "--anew"),
    ],
)
def test_a_sync_that_failed_once_costs_no_acknowledged_answer(
    studio: Studio, failing: str, after: int, then: str
) -> None:
    """The kernel forgets what it could not write: what a program still reads then may be nowhere on the disk."""
    assert_nothing_wrong(_after_failed_sync(studio, failing, after, then=then))


def test_the_rig_notices_a_lane_that_takes_what_it_reads_for_what_is_on_the_disk(studio: Studio) -> None:
    """Whether what failed was somebody's answer, or only a tick of the clock, is for chance to say."""
    assert any(_after_failed_sync(studio, "exam.db-wal", after, "trusting").lost for after in (3, 4, 5, 6))
    COUNTS["controls detected"] += 1


def _after_failed_sync(
    studio: Studio, failing: str, after: int, control: str = "", then: str = "--again"
) -> Tally:
    recording = studio.record(
        f"failing-{control}",
        seed=SEED,
        commits=2 * after,
        control=control,
        journal=failing == ".journal",
        failing=failing,
        after=after,
        then=then,
    )
    tally = recording.check(min(max(IMAGES // 8, 40), 1_000), SEED)
    recording.log.unlink()
    return tally


@pytest.mark.parametrize("control", ["normal", "early"])
def test_the_rig_notices_a_lane_that_promises_too_much(studio: Studio, control: str) -> None:
    recording = studio.record(control, seed=SEED, commits=CONTROL_COMMITS, control=control)
    tally = recording.check(CONTROL_IMAGES, SEED)
    assert tally.images == CONTROL_IMAGES
    assert tally.lost > 0
    assert tally.images_with_loss > 3
    COUNTS["controls detected"] += 1
