"""Files that are not what the server left: found when it opens them, mended from the journal, and never served."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.durability.accounts import Acknowledged
from tests.durability.disk_shim import preloaded
from tests.durability.image_worker import Site, noted, start_of
from tests.durability.lane_recording import fast_folder, with_journal
from tests.durability.lane_workload import ACKNOWLEDGED_FILE, seat_people
from tests.durability.saving_room import assert_nothing_wrong
from tests.http_clients import HttpParticipant
from tests.served_site import CHECKOUT, CLI, Served

SEED = 20_261_130
PAGE = 4096
DAMAGES = 60
CUTS = 24


@dataclass(frozen=True)
class Left:
    """What a lane left that was killed: its files by path, a place to open them in, and what it had acknowledged."""

    files: dict[str, bytes]
    site: Site
    acknowledged: list[Acknowledged]

    def path(self, ending: str) -> str:
        return next(each for each in self.files if each.endswith(ending))


@pytest.fixture
def left(template_site: Path, request: pytest.FixtureRequest) -> Iterator[Left]:
    with fast_folder() as folder:
        base = folder / "base"
        (base / "second").mkdir(parents=True)
        shutil.copytree(template_site, base / "site")
        if request.param == "journal":
            with_journal(base / "site")
        seat_people(base / "site")
        command = [sys.executable, "-m", "tests.durability.lane_workload", str(base / "site")]
        environment = preloaded(PYTHONPATH=str(CHECKOUT))
        ran = subprocess.run(
            [*command, "--commits", "40", "--seed", str(SEED), "--killed"],
            env=environment,
            cwd=CHECKOUT,
            check=False,
        )
        assert ran.returncode < 0
        acknowledged = noted(base / "site" / ACKNOWLEDGED_FILE)
        yield Left(start_of(base), Site(base, folder / "opened"), acknowledged)


@pytest.mark.parametrize("left", ["journal"], indirect=True)
def test_a_log_that_was_cut_off_is_made_good_from_the_journal(left: Left) -> None:
    """Cut at the header, inside a frame, between frames, at nothing: the journal has what the log lost."""
    log = left.path("-wal")
    chance = random.Random(SEED)
    lengths = {0, 1, 31, 32, 32 + 24, 32 + 24 + PAGE, len(left.files[log]) - 1}
    while len(lengths) < CUTS:
        lengths.add(chance.randrange(len(left.files[log])))
    for length in sorted(lengths):
        left.site.put(left.files | {log: left.files[log][:length]})
        assert left.site.recover() == "", length
        assert_nothing_wrong(left.site.account(left.acknowledged))


@pytest.mark.parametrize("left", ["alone"], indirect=True)
def test_a_log_that_was_cut_off_without_a_journal_gives_a_whole_ledger_and_nothing_doubled(
    left: Left,
) -> None:
    """What is gone is gone, which is why there is a journal; what is left must be sound."""
    log = left.path("-wal")
    chance = random.Random(SEED)
    lost = 0
    for length in (0, *(chance.randrange(len(left.files[log])) for _ in range(CUTS))):
        left.site.put(left.files | {log: left.files[log][:length]})
        assert left.site.recover() == "", length
        account = left.site.account(left.acknowledged)
        assert (account.doubled, account.broken) == ([], [])
        lost += len(account.lost)
    assert lost > 0, "the cuts took nothing: this proves nothing"


@pytest.mark.parametrize("left", ["alone"], indirect=True)
@pytest.mark.parametrize("damage", ["zeros", "torn"])
def test_a_page_that_was_damaged_is_found_or_holds_nothing_that_was_acknowledged(
    left: Left, damage: str
) -> None:
    left.site.put(left.files)
    assert left.site.recover() == ""
    sound = (left.site.folder / "site" / "exam.db").read_bytes()
    database = left.path("exam.db")
    chance = random.Random(SEED)
    pages = range(len(sound) // PAGE)
    refused = 0
    for page in [0, *chance.sample(pages, DAMAGES)]:
        at = page * PAGE + (0 if damage == "zeros" else 1024)
        content = bytearray(sound)
        content[at : (page + 1) * PAGE] = bytes((page + 1) * PAGE - at)
        left.site.put({database: bytes(content)})
        if left.site.recover():
            refused += 1
        elif content != sound:
            assert_nothing_wrong(left.site.account(left.acknowledged))
    assert refused > DAMAGES // 2


def test_a_second_server_on_the_same_site_is_refused_and_the_first_goes_on(
    served: Served, participants: list[HttpParticipant]
) -> None:
    ran = subprocess.run(
        [*CLI, "serve", "--site", str(served.folder), "--lang", "en"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=CHECKOUT,
    )
    assert ran.returncode == 1
    assert str(served.folder) in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    for each in participants:
        assert each.answer(1, "o1")["outcome"] == "saved"
