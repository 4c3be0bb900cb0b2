"""The power of the whole running server is cut, again and again: what people were told is saved is on the disk.

The real command serves a site on a file system of its own; people save over HTTP and keep their receipts. What they
held before the cut counts. Its journal lies on a second disk that is cut too.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.domain.exam_clock import MOST_EXTRAPOLATED_MS
from cat_server.records.engine import open_engine
from cat_server.records.journal_replay import catch_up
from question_bank.console import Console
from tests.durability.accounts import Acknowledged
from tests.durability.lane_recording import spoiled, with_journal
from tests.durability.loop_disk import LoopDisk, skip_without_loop_devices
from tests.durability.saving_room import (
    SavingRoom,
    assert_nothing_wrong,
    boot_ms,
    clock_recoveries,
    saving_room,
    stored_clock,
)
from tests.durability.torture import COUNTS, Limit, say, wanted
from tests.served_site import Served, copied_site

SEED = 20_261_129
CUTS = wanted("CUTS", 2)
CUTS_OF_ONE = 40
"""Then another room begins: the exam lasts no longer, and the ledger gets no longer."""
PEOPLE = 4
MOST_CONTROL_CUTS = 10
"""A server that promises too much is found out by chance: its promise and the cut must be close enough."""
OUTAGE_S = 3.5
"""Long enough that the server must notice that its clock stood still."""


@pytest.fixture(scope="module", autouse=True)
def _file_systems(tmp_path_factory: pytest.TempPathFactory) -> None:
    skip_without_loop_devices(tmp_path_factory.mktemp("trial"))


@dataclass
class Machine:
    """A server with its two disks."""

    served: Served
    disks: tuple[LoopDisk, LoopDisk]
    first: Path
    """The database as it was before the first receipt."""
    boots: int = 0

    @property
    def database(self) -> Path:
        return self.served.folder / "exam.db"

    def power_on(self, control: str = "") -> None:
        self.boots += 1
        self.served.environment = spoiled(f"boot {control}") | {
            "DURABILITY_BOOT": str(self.boots),
            "DURABILITY_BOOTED_AT_MS": str(boot_ms() - 5_000),
        }
        self.served.start()

    def cut_power(self, room: SavingRoom) -> list[Acknowledged]:
        """Cut the power; return the receipts that people had in their hands before.

        A cut takes the kernel some milliseconds, in which it confirms writes that it then drops (a few in a hundred cuts,
        of any program): what a server without power says on the strength of these, nobody hears.
        """
        for each in room.participants:
            each.is_deaf = True
        held = room.held()
        for disk in self.disks:
            disk.cut()
        self.served.kill_all()
        for each in room.participants:
            each.is_deaf = False
        for disk in self.disks:
            disk.unmount()
            disk.check()
            disk.mount()
        return held

    def as_found(self, folder: Path) -> Path:
        """Copy the database as it lies on the disk, and return where to; reading the copy changes nothing."""
        found = folder / "found.db"
        for suffix in ("", "-wal", "-shm"):
            found.with_name(f"found.db{suffix}").unlink(missing_ok=True)
            source = self.database.with_name(f"exam.db{suffix}")
            if source.exists() and suffix != "-shm":
                shutil.copy(source, found.with_name(f"found.db{suffix}"))
        engine = open_engine(f"sqlite:///{found}")
        engine.connect().close()
        engine.dispose()
        return found

    def from_journal(self, folder: Path) -> Path:
        """Return a database made of the first one and the journal alone."""
        found = folder / "journal.db"
        shutil.copy(self.first, found)
        command = SiteCommand(Console(catalogue(), "en", as_json=True), self.served.folder)
        engine = open_engine(f"sqlite:///{found}")
        with contextlib.closing(command):
            comparison = catch_up(engine, self.disks[1].folder, command.keyring.secrets.journal_key)
        engine.dispose()
        assert comparison is not None
        assert not comparison.is_missing
        return found


@contextlib.contextmanager
def machine(template: Path, folder: Path, *, control: str = "", journal: bool = True) -> Iterator[Machine]:
    """Give a machine that is switched on."""
    folder.mkdir()
    disks = (
        LoopDisk(folder / "disk.img", folder / "disk"),
        LoopDisk(folder / "second.img", folder / "second"),
    )
    served = copied_site(template, disks[0].folder / "site")
    settings = served.folder / "site.toml"
    text = re.sub(r"ballast_mib = \d+", "ballast_mib = 8", settings.read_text())
    settings.write_text(re.sub(r"floor_mib = \d+", "floor_mib = 16", text))
    if journal:
        with_journal(served.folder, str(disks[1].folder))
    os.sync()  # the site lies on its disk when the day begins
    built = Machine(served, disks, folder / "first.db")
    try:
        built.power_on(control)
        yield built
    finally:
        if served.process.poll() is None:
            served.kill_all()
        for disk in disks:
            disk.unmount()
        shutil.rmtree(folder)


def test_nothing_acknowledged_is_lost_and_nobody_is_charged_when_the_power_goes(
    template_site: Path, tmp_path: Path
) -> None:
    """The first room has a journal, the next one has none, and so on."""
    chance = random.Random(SEED)
    left, journal = CUTS, True
    limit = Limit()
    while left > 0 and not limit.is_over():
        with (
            machine(template_site, tmp_path / "machine", journal=journal) as cut,
            _base(cut, journal),
            saving_room(cut.served, PEOPLE) as room,
        ):
            for _ in range(min(left, CUTS_OF_ONE)):
                _cut_once(cut, room, chance, tmp_path, journal=journal)
                left -= 1
                if limit.is_over():
                    break
            room.end()
            assert room.troubles == []
            assert_nothing_wrong(room.check(room.held()))
        journal = not journal


@contextlib.contextmanager
def _base(cut: Machine, journal: bool) -> Iterator[None]:
    """Keep the database from which the journal must lead to every receipt."""
    if journal:
        cut.served.stop()
        shutil.copy(cut.database, cut.first)
        cut.power_on()
    yield


def _cut_once(cut: Machine, room: SavingRoom, chance: random.Random, folder: Path, *, journal: bool) -> None:
    room.wait_for_more(3)
    time.sleep(chance.uniform(0, 0.6))
    shown = max(each.told["clock_ms"] for each in room.participants)
    held = cut.cut_power(room)
    COUNTS["power cuts"] += 1
    found = cut.as_found(folder)
    assert_nothing_wrong(room.check(held, found))
    if journal:
        # Synced before the database is: it may know one tick more, which the server plays in before it goes on.
        found = cut.from_journal(folder)
        assert_nothing_wrong(room.check(held, found))
    clock = stored_clock(found)
    assert shown - clock <= MOST_EXTRAPOLATED_MS, "more time was given back than a clock may run ahead"
    recovered = len(clock_recoveries(found))
    time.sleep(OUTAGE_S)
    cut.power_on()
    assert_nothing_wrong(room.check(held))
    stops = clock_recoveries(cut.database)
    assert stops[recovered:] == [clock], "the outage was charged, or nobody was told of it"
    say(f"{COUNTS['power cuts']} power cuts, {COUNTS['lost']} lost")


def test_the_rig_notices_a_server_that_promises_too_much(template_site: Path, tmp_path: Path) -> None:
    """One that says "saved" before its commits, then one that does not sync them."""
    with (
        machine(template_site, tmp_path / "machine", control="early", journal=False) as cut,
        saving_room(cut.served, PEOPLE) as room,
    ):
        known: set[str] = set()
        for control, following in (("early", "normal"), ("normal", "")):
            for _ in range(MOST_CONTROL_CUTS):
                room.wait_for_more(3)
                held = cut.cut_power(room)
                lost = set(room.check(held, cut.as_found(tmp_path)).lost) - known
                known |= lost
                cut.power_on(following if lost else control)
                if lost:
                    break
            assert lost, "no cut took anything from anybody"
            COUNTS["controls detected"] += 1
