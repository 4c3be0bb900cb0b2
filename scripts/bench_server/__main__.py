"""What the server takes, beside a bare endpoint and the usual one in the same run: one table, one JSON file.

    python -m scripts.bench_server [--only flat,paced,...] [--kiosks 100,500] [--workers N] [--unpinned] [--quick] [--json FILE] [--sites FOLDER]
        [--databases sqlite,postgresql] [--browsers N]

The server is `cat-server serve` on a real site with everything in force. Server and load share two cores: for saves
the server has one of them and the load generator the other, for storms, boards and pauses both have both. `--sites`
keeps the sites that were made, for the next run. `--browsers` is how many real browsers sit in the room of the measure
`browsers`, `--workers` is `kiosk_workers` of every site. On PostgreSQL, one that the bench starts for itself, the
database's own processes count with the server's; reloads, start-up and growth are measured on SQLite alone.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

from scripts.bench_server import board, browsers, growth, saving, storms
from scripts.bench_server.bench import Bench
from scripts.bench_server.report import print_report, write_json
from scripts.bench_server.site_database import postgresql

MEASURES = ("flat", "paced", "storms", "board", "pause", "reloads", "browsers", "start-up", "growth")
DATABASES = ("sqlite", "postgresql")
_KIOSKS = (100, 500, 1_000, 5_000)
_ROOM, _BOARDS = 1_400, 20
_ROOM_OF_BROWSERS = 1_000
_STORED = (1, 1_000_000, 10_000_000)
_SESSIONS = (1, 100, 1_000)
_ON_FILES_ALONE = ("reloads", "start-up", "growth")


def steps(  # noqa: C901 - one line for each measure
    bench: Bench, only: list[str], passed: argparse.Namespace
) -> list[Callable[[], None]]:
    """Return what to measure, in order."""
    found: list[Callable[[], None]] = []
    kiosks, largest = passed.kiosks, max(passed.kiosks)
    over = [(count, each == "tls") for each in passed.transports for count in kiosks]
    if "flat" in only:
        found += [partial(saving.flat_out, bench, count, tls=tls) for count, tls in over]
    if "paced" in only:
        found += [partial(saving.paced, bench, count, tls=tls) for count, tls in over]
    if "storms" in only:
        for count, tls in [each for each in over if each[0] >= 1_000 or each[0] == largest]:
            for storm in (storms.sign_ins, storms.starts, storms.finishes):
                found.append(partial(storm, bench, count, tls=tls))
            if not tls:
                found.append(partial(storms.time_up, bench, count))
    if "board" in only:
        found.append(partial(board.staleness, bench, min(_ROOM, largest), _BOARDS))
    if "pause" in only:
        found.append(partial(saving.pause, bench, largest))
    if "reloads" in only:
        found.append(partial(storms.reloads, bench, min(_ROOM, largest)))
    found += [
        partial(browsers.browsers, bench, count, passed.browsers, tls=tls)
        for count, tls in over
        if "browsers" in only and count in passed.browser_rooms
    ]
    if "start-up" in only:
        found += [partial(growth.start_up, bench, count) for count in sorted({min(kiosks), largest})]
    if "growth" in only:
        found += [partial(growth.seats_on_file, bench, count) for count in kiosks]
        stored, sessions = (_STORED[:1], _SESSIONS[:2]) if passed.quick else (_STORED, _SESSIONS)
        found += [partial(growth.answers_stored, bench, count) for count in stored]
        found += [partial(growth.sessions_on_file, bench, count) for count in sessions]
    return found


def arguments() -> argparse.Namespace:
    """Return what was asked for: lists as lists, times in seconds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(MEASURES), help="measures, of " + ", ".join(MEASURES))
    parser.add_argument("--kiosks", default="", help="numbers of kiosks")
    parser.add_argument("--transports", default="http,tls")
    parser.add_argument("--databases", default=",".join(DATABASES))
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement at saturation")
    parser.add_argument("--workers", type=int, default=1, help="kiosk processes behind one port")
    parser.add_argument("--browsers", type=int, default=3, help="real browsers among the kiosks of a room")
    parser.add_argument("--unpinned", action="store_true", help="let server and load share all cores")
    parser.add_argument(
        "--quick", action="store_true", help="100 and 500 kiosks, 2 s each, plain HTTP, SQLite"
    )
    parser.add_argument("--sites", type=Path, help="keep the sites here for the next run")
    parser.add_argument("--json", type=Path, default=Path("dist/bench-server.json"))
    passed = parser.parse_args()
    passed.only = passed.only.split(",")
    passed.databases = ["sqlite"] if passed.quick else passed.databases.split(",")
    passed.transports = ["http"] if passed.quick else passed.transports.split(",")
    is_told = bool(passed.kiosks)
    passed.kiosks = (
        sorted(map(int, passed.kiosks.split(",")))
        if passed.kiosks
        else list(_KIOSKS[: 2 if passed.quick else 4])
    )
    # Browsers go into every room that was asked for by its size, else into one of the usual ones.
    usual = max((each for each in passed.kiosks if each <= _ROOM_OF_BROWSERS), default=0)
    passed.browser_rooms = passed.kiosks if is_told else [usual]
    passed.seconds = min(passed.seconds, 2.0) if passed.quick else passed.seconds
    if unknown := (set(passed.only) - set(MEASURES)) | (set(passed.databases) - set(DATABASES)):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return passed


def main() -> None:
    """Measure, print and write."""
    passed = arguments()
    os.environ["CAT_KIOSK_WORKERS"] = str(passed.workers)
    errors = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="cat-bench-") as scratch, errors.status("") as status:

        def tell(text: str) -> None:
            status.update(text)
            if not errors.is_terminal:
                sys.stderr.write(text + "\n")

        folder = passed.sites or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, passed.seconds, min(2.0, passed.seconds), tell, not passed.unpinned)
        settings = {
            name: getattr(passed, name)
            for name in ("kiosks", "transports", "databases", "seconds", "workers")
        }
        for database in passed.databases:
            bench.database = database
            only = [each for each in passed.only if database == "sqlite" or each not in _ON_FILES_ALONE]
            doing = steps(bench, only, passed)
            with postgresql() if database == "postgresql" else contextlib.nullcontext():
                for place, step in enumerate(doing, 1):
                    tell(f"[{database} {place}/{len(doing)}]")
                    step()
                    write_json(bench.rows, passed.json, settings | {"is_pinned": bench.is_pinned})
    print_report(bench.rows, Console(width=max(150, Console().width)))
    sys.stdout.write(f"{passed.json}\n")


if __name__ == "__main__":
    main()
