"""Records the write lane while a room saves, and has crash images of the recording opened and checked."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.durability import disk_shim, lane_workload
from tests.durability.disk_shim import Call, Faults
from tests.durability.image_worker import Job, Tally
from tests.durability.torture import COUNTS, say
from tests.served_site import CHECKOUT

CONTROLS = Path(__file__).with_name("controls")
JOURNAL = '[journal]\npath = "../second"\nrequired = true\n'


def with_journal(site: Path, path: str = "../second") -> None:
    """Give a site a journal in a folder beside it."""
    settings = site / "site.toml"
    lines = JOURNAL.replace("../second", path)
    text = re.sub(r"\[journal\]\n(?:.+\n)+", lines, settings.read_text(encoding="utf-8"))
    settings.write_text(text, encoding="utf-8")


def spoiled(control: str) -> dict[str, str]:
    """Return the environment of a process that `controls/sitecustomize.py` changes."""
    return {"PYTHONPATH": f"{CONTROLS}:{CHECKOUT}", "DURABILITY_CONTROL": control}


@contextmanager
def fast_folder() -> Iterator[Path]:
    """Give a folder in memory where there is one: images need no disk to be true."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@dataclass(frozen=True, slots=True)
class LaneRecording:
    """A log of what the lane did to the disk, and the folder (site and second device) as it was before."""

    log: Path
    base: Path
    folder: Path
    library: Path

    def check(self, images: int, seed: int) -> Tally:
        """Open that many images, spread evenly over the recording, and add up what was found."""
        workers = min(os.cpu_count() or 1, 8)
        with tempfile.TemporaryDirectory(dir=self.folder) as work:
            running = [self._worker(Path(work), each, workers, images, seed) for each in range(workers)]
            outputs = [each.communicate()[0] for each in running]
            assert [each.returncode for each in running] == [0] * workers
        total = Tally()
        for output in outputs:
            found = Tally(**json.loads(output))
            for name, value in asdict(found).items():
                setattr(total, name, getattr(total, name) + value)
        return total

    def _worker(self, work: Path, number: int, workers: int, images: int, seed: int) -> subprocess.Popen[str]:
        log = work / f"recovery-{number}"
        job = Job(self.log, self.base, work, log, number, workers, images, seed)
        recorded = disk_shim.environment(self.library, [work / f"again-{number}"], log)
        passed = {name: str(each) if isinstance(each, Path) else each for name, each in asdict(job).items()}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.durability.image_worker", json.dumps(passed)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=disk_shim.preloaded(PYTHONPATH=str(CHECKOUT), **recorded),
        )


@dataclass(frozen=True, slots=True)
class Studio:
    """Makes recordings from a prepared site in which people sit and the exam runs."""

    template: Path
    folder: Path
    library: Path

    def record(
        self,
        name: str,
        *,
        seed: int,
        commits: int,
        control: str = "",
        journal: bool = False,
        failing: str = "",
        after: int = 0,
        then: str = "--again",
    ) -> LaneRecording:
        """Record a room that saves until there have been so many commits.

        `failing`: a sync of a file with this ending fails, `after` so many; the process ends, and another one goes on
        with what people's outboxes still hold: `--again`, as a web process that is started again, or `--anew`, as a
        server that looks at its records first.
        """
        base = self.folder / name
        shutil.rmtree(base, ignore_errors=True)
        shutil.copytree(self._seated(journal=journal), base)
        kept = Path(shutil.copytree(base, self.folder / f"{name}-before"))
        log, faults = self.folder / f"{name}.log", Faults(self.folder / f"{name}.faults")
        environment = disk_shim.environment(self.library, [base], log, faults.path)
        environment |= spoiled(f"checkpoint_often {control}")
        if failing:
            faults.fail(Call.SYNC, failing, errno.EIO, skip=after, times=1)
            assert self._run(base, environment, seed, commits) == 70
            assert faults.hits == 1
            COUNTS["injected errors"] += 1
            faults.heal()
            assert self._run(base, environment, seed + 1, commits, then) == 0
        else:
            assert self._run(base, environment, seed, commits) == 0
        faults.close()
        shutil.rmtree(base)
        kept.rename(base)  # under the paths that were recorded
        return LaneRecording(log, base, self.folder, self.library)

    def _seated(self, *, journal: bool) -> Path:
        """Return a site in which people sit, made once: signing in is slow on purpose."""
        made = self.folder / ("seated-with-journal" if journal else "seated")
        if not made.exists():
            draft = made.with_name(f"{made.name}-draft")
            shutil.copytree(self.template, draft / "site")
            (draft / "second").mkdir()
            if journal:
                with_journal(draft / "site")
            lane_workload.seat_people(draft / "site")
            draft.rename(made)
        return made

    @staticmethod
    def _run(base: Path, environment: dict[str, str], seed: int, commits: int, *more: str) -> int:
        command = [sys.executable, "-m", "tests.durability.lane_workload", str(base / "site"), *more]
        passed = ("--commits", str(commits), "--seed", str(seed))
        return subprocess.run(
            [*command, *passed],
            cwd=CHECKOUT,
            env=disk_shim.preloaded(**environment),
            timeout=120,
            check=False,
        ).returncode


def count(tally: Tally) -> None:
    """Add what a rig found to what is shown at the end."""
    COUNTS["crash images"] += tally.images
    COUNTS["cut again while recovering"] += tally.again
    COUNTS["rebuilt from the journal alone"] += tally.from_journal
    COUNTS["acknowledged and checked"] += tally.checked
    COUNTS["lost"] += tally.lost
    COUNTS["doubled"] += tally.doubled
    COUNTS["broken"] += tally.broken
    say(f"{COUNTS['crash images']} crash images, {COUNTS['lost']} lost")
