"""Opens crash images with the product's own start checks and holds each against what had been acknowledged."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cat_server.cli import start_checks
from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.domain.refusals import Refusal
from cat_server.records.engine import open_engine
from cat_server.records.journal_replay import catch_up
from question_bank.console import Console
from tests.durability.accounts import Account, Acknowledged, Books, hold_against, read_books
from tests.durability.crash_images import Disk, Fate
from tests.durability.disk_shim import Recorded, read_log
from tests.durability.lane_workload import ACKNOWLEDGED_FILE

ONCE_FOR_EACH_CONTENT = ("_migrate", "ledger_problems", "_say_found")
JOURNAL_EVERY = 12
AGAIN_EVERY = 40
PARTS = ("exam.db", "exam.db-wal", ".journal")


@dataclass(slots=True)
class Job:
    """What one worker does: every `workers`-th image of a recording."""

    log: Path
    base: Path
    work: Path
    recovery_log: Path
    worker: int
    workers: int
    images: int
    seed: int


@dataclass(slots=True)
class Tally:
    """What a worker found."""

    images: int = 0
    again: int = 0
    from_journal: int = 0
    checked: int = 0
    images_with_loss: int = 0
    lost: int = 0
    doubled: int = 0
    broken: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, account: Account, what: str) -> None:
        """Count one image."""
        self.images += 1
        self.checked += account.checked
        self.images_with_loss += bool(account.lost)
        self.lost += len(account.lost)
        self.doubled += len(account.doubled)
        self.broken += len(account.broken)
        if not account.is_clean and len(self.first) < 5:
            said = [*account.broken, *account.doubled, *account.lost]
            self.first.append(f"{what}: {said[:3]}")


def start_of(base: Path) -> dict[str, bytes]:
    """Return the content of what a cut can harm, by path."""
    return {str(each): each.read_bytes() for each in sorted(base.rglob("*")) if each.name.endswith(PARTS)}


class Site:
    """A copy of the recorded site that images are put into."""

    def __init__(self, base: Path, folder: Path) -> None:
        shutil.copytree(base, folder)
        self.base, self.folder = base, folder
        self._command = SiteCommand(Console(catalogue(), "en", as_json=True), folder / "site")
        self._refused: dict[bytes, str] = {}
        self._books: dict[bytes, Books] = {}

    def put(self, image: Mapping[str, bytes]) -> None:
        """Make the image what the disk holds. Paths are the recorded site's."""
        for each in self.folder.rglob("*"):
            if each.name.endswith((*PARTS, "-shm")):
                each.unlink()
        for name, content in image.items():
            (self.folder / Path(name).relative_to(self.base)).write_bytes(content)

    def recover(self) -> str:
        """Do what a server does at its start; return why it refused.

        Many images recover to the same content: what only reads it is done once for each content, in full.
        """
        with _left_out(*ONCE_FOR_EACH_CONTENT):
            refused = self._check_records()
        wal = self.folder / "site" / "exam.db-wal"
        if not refused and wal.exists() and wal.stat().st_size:
            refused = "what was recovered still lies in a log that nobody synced"
        if refused:
            return refused
        key = self._key()
        if key not in self._refused:
            self._refused[key] = self._check_records()
        return self._refused[key]

    def _check_records(self) -> str:
        try:
            start_checks.check_records(self._command, new_journal=False)
        except Refusal as refusal:
            return f"{refusal.code} {dict(refusal.params)}"
        finally:
            self._command.close()
        return ""

    def _key(self) -> bytes:
        return hashlib.blake2b((self.folder / "site" / "exam.db").read_bytes()).digest()

    def from_journal(self, database: bytes) -> str:
        """Play the journal alone into the database as it was in the beginning; return why that failed."""
        for suffix in ("", "-wal", "-shm"):
            (self.folder / "site" / f"exam.db{suffix}").unlink(missing_ok=True)
        path = self.folder / "site" / "exam.db"
        path.write_bytes(database)
        engine = open_engine(f"sqlite:///{path}")
        try:
            found = catch_up(engine, self.folder / "second", self._command.keyring.secrets.journal_key)
        finally:
            engine.dispose()
        return "" if found is not None and not found.is_missing else f"the journal does not reach: {found}"

    def account(self, acknowledged: list[Acknowledged]) -> Account:
        """Hold what was acknowledged against the database."""
        key = self._key()
        if key not in self._books:
            self._books[key] = read_books(self.folder / "site" / "exam.db")
        return hold_against(self._books[key], acknowledged)


@contextmanager
def _left_out(*names: str) -> Iterator[None]:
    kept = {name: getattr(start_checks, name) for name in names}
    for name in names:
        setattr(start_checks, name, lambda *_: ())
    try:
        yield
    finally:
        for name, each in kept.items():
            setattr(start_checks, name, each)


def main() -> None:
    """Work through the images of this worker and print the tally."""
    content = json.loads(sys.argv[1])
    job = Job(**{name: Path(each) if isinstance(each, str) else each for name, each in content.items()})
    print(json.dumps(asdict(_work(job, _say_progress))))


def _say_progress(done: int, of: int) -> None:
    print(f"{done}/{of}", file=sys.stderr, flush=True)


def _work(job: Job, progress: Callable[[int, int], None]) -> Tally:
    records = list(read_log(job.log))
    site = Site(job.base, job.work / f"once-{job.worker}")
    again = Site(job.base, job.work / f"again-{job.worker}")
    tally = Tally()
    has_journal = (job.base / "second").is_dir() and any((job.base / "second").iterdir())
    start = start_of(job.base)
    database = next(content for name, content in start.items() if name.endswith("exam.db"))
    for number, disk, acknowledged in _cuts(records, start, job):
        chance = random.Random(f"{job.seed} {number}")
        fate = list(Fate)[number % len(Fate)]
        image = disk.after_cut(fate, chance)
        site.put(image)
        account = _recovered(site, acknowledged)
        tally.add(account, f"image {number} {fate}")
        if has_journal and tally.images % JOURNAL_EVERY == 0 and account.is_clean:
            _check_journal(site, database, acknowledged, tally, number)
        if tally.images % AGAIN_EVERY == 0:
            _cut_again(again, image, acknowledged, job, tally, chance)
        if tally.images % 500 == 0:
            progress(number, job.images)
    return tally


def _recovered(site: Site, acknowledged: list[Acknowledged]) -> Account:
    refused = site.recover()
    if refused:
        return Account(len(acknowledged), broken=[refused])
    return site.account(acknowledged)


def _check_journal(
    site: Site, database: bytes, acknowledged: list[Acknowledged], tally: Tally, number: int
) -> None:
    trouble = site.from_journal(database)
    account = Account(len(acknowledged), broken=[trouble]) if trouble else site.account(acknowledged)
    tally.add(account, f"image {number} from the journal alone")
    tally.images -= 1
    tally.from_journal += 1


def _cut_again(
    again: Site,
    image: Mapping[str, bytes],
    acknowledged: list[Acknowledged],
    job: Job,
    tally: Tally,
    chance: random.Random,
) -> None:
    """The power goes once more while the server recovers; only `again` is recorded in this process."""
    again.put(image)
    moved = {str(again.folder / Path(name).relative_to(job.base)): each for name, each in image.items()}
    job.recovery_log.write_bytes(b"")
    again.recover()
    records = list(read_log(job.recovery_log))
    for cut in sorted(chance.sample(range(len(records) + 1), min(3, len(records) + 1))):
        disk = Disk(moved)
        for each in records[:cut]:
            disk.apply(each)
        fate = chance.choice(list(Fate))
        found = disk.after_cut(fate, chance)
        again.put(
            {str(job.base / Path(name).relative_to(again.folder)): each for name, each in found.items()}
        )
        tally.add(_recovered(again, acknowledged), f"again at {cut} {fate}")
        tally.images -= 1
        tally.again += 1


def _cuts(
    records: list[Recorded], start: Mapping[str, bytes], job: Job
) -> Iterator[tuple[int, Disk, list[Acknowledged]]]:
    """Yield this worker's images in the order of time: the disk so far, and what had been acknowledged by then."""
    disk = Disk(start)
    acknowledged: list[Acknowledged] = []
    relevant = [each for each in records if _is_part(each)]
    begun = next(index for index, each in enumerate(relevant) if each.path.endswith(ACKNOWLEDGED_FILE))
    points = len(relevant) - begun
    number = 0
    for index, each in enumerate(relevant):
        if each.path.endswith(ACKNOWLEDGED_FILE):
            acknowledged += [_acknowledged(json.loads(line)) for line in each.content.splitlines()]
        else:
            disk.apply(each)
        if index < begun:
            continue
        until = (index - begun + 1) * job.images // points
        while number < until:
            if number % job.workers == job.worker:
                yield number, disk, acknowledged
            number += 1


def _is_part(recorded: Recorded) -> bool:
    name = recorded.path
    return name.endswith((*PARTS, ACKNOWLEDGED_FILE, "/site", "/second"))


def noted(path: Path) -> list[Acknowledged]:
    """Return what a room wrote down as acknowledged."""
    return [_acknowledged(json.loads(line)) for line in path.read_bytes().splitlines()]


def _acknowledged(line: dict[str, Any]) -> Acknowledged:
    return Acknowledged(**(line | {"response": tuple(line["response"])}))


if __name__ == "__main__":
    main()
