"""Saves through the write lane alone, on a SQLite file and on PostgreSQL, by one process and by several on one database.

    python -m scripts.bench_lanes --server URL [--kiosks 200] [--seconds 6] [--writers 1,2]

URL leads to a PostgreSQL whose role may create databases. Each writer is a process with a lane of its own and its share
of the kiosks, each of which has one save on its way at any time; there is no HTTP, no page and no browser in between.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from sqlalchemy import make_url

from cat_server.actions.save_answers import SaveAnswers, SaveRequest
from cat_server.domain.answers import CommandKind, Submitted
from cat_server.records.copying import fill_database
from cat_server.records.engine import Reader, open_engine
from cat_server.records.write_lane import WriteLane
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.tokens import token_hash
from scripts.bench_server.bench import Bench
from scripts.bench_server.filled_site import FilledSite, Kiosk

_WARM_UP_S = 1.0


@dataclass(frozen=True, slots=True)
class Written:
    """What one writer did in the measured time: acknowledged saves, their waiting times in ms, its processor time."""

    saved: int
    waited_ms: list[float]
    commits: int
    cpu_s: float


def save_without_end(url: str, kiosks: list[Kiosk], seconds: float) -> Written:
    """Save as one process: every kiosk sends its next answer when it has the receipt of the one before."""
    lane = WriteLane(open_engine(url), SystemClock()).start()
    kind = SaveAnswers()
    waited: list[float] = []
    began = time.perf_counter() + _WARM_UP_S

    async def one(kiosk: Kiosk) -> None:
        token, seq = token_hash(kiosk.sign_in), 0
        while (sent := time.perf_counter()) < began + seconds:
            seq += 1
            command = Submitted(seq, CommandKind.ANSWER, seq % 100 + 1, (f"o{seq % 4 + 1}",))
            reply = await lane.submit(kind, SaveRequest(token, 1, (command,)))
            assert reply.receipts[0].outcome == "saved", reply  # noqa: S101 - a bench of refusals says nothing
            if sent >= began:
                waited.append((time.perf_counter() - sent) * 1000)

    async def everybody() -> None:
        await asyncio.gather(*map(one, kiosks))

    used, commits = time.process_time(), lane.gauge.commits
    asyncio.run(everybody())
    used, commits = time.process_time() - used, lane.gauge.commits - commits
    lane.stop()
    return Written(len(waited), waited, commits, used)


def measure(url: str, site: FilledSite, writers: int, seconds: float) -> dict[str, Any]:
    """Let so many processes write to one database, and count what is there afterwards."""
    shares = [(url, list(site.kiosks[place::writers]), seconds) for place in range(writers)]
    with multiprocessing.get_context("spawn").Pool(writers) as pool:
        found = pool.starmap(save_without_end, shares)
    waited = sorted(each for one in found for each in one.waited_ms)
    return {
        "writers": writers,
        "saves_per_s": round(sum(each.saved for each in found) / seconds),
        "median_ms": round(statistics.median(waited), 1),
        "p99_ms": round(waited[int(len(waited) * 0.99)], 1),
        "commits": sum(each.commits for each in found),
        "cpu_s": [round(each.cpu_s, 1) for each in found],
        "lost": sum(each.saved for each in found) - _stored(url, sum(each.saved for each in found)),
    }


def _stored(url: str, acknowledged: int) -> int:
    """Return how many receipts the database holds, at most as many as were acknowledged in the measured time."""
    reader = Reader(url)
    with reader.view() as view:
        count = int(view.connection.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one())
    reader.close()
    return min(count, acknowledged)


def main() -> None:
    """Measure and print, a line of JSON for each row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--kiosks", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--writers", default="1,2")
    passed = parser.parse_args()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="bench-lanes-") as folder:
        bench = Bench(Path(folder), passed.seconds, _WARM_UP_S, console.print)
        site = bench.running(passed.kiosks)
        for writers in map(int, passed.writers.split(",")):
            for name in ("sqlite", "postgresql"):
                shutil.rmtree(copy := Path(folder) / "copy", ignore_errors=True)
                shutil.copytree(site.folder, copy)
                url = f"sqlite:///{copy / 'exam.db'}"
                if name == "postgresql":
                    url = _on_server(passed.server, copy / "exam.db")
                row = {
                    "database": name,
                    "kiosks": passed.kiosks,
                    **measure(url, site, writers, passed.seconds),
                }
                sys.stdout.write(json.dumps(row) + "\n")
                sys.stdout.flush()
                if name == "postgresql":
                    _drop(passed.server, url)


def _on_server(server: str, file: Path) -> str:
    name = f"bench_{time.monotonic_ns()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'".encode()
        )
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    fill_database(file, url, lambda *_: None)
    return url


def _drop(server: str, url: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


if __name__ == "__main__":
    main()
