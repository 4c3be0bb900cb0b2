"""How old a board is: from the receipt of an answer until a board shows it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.bench_server.bench import Bench
from scripts.bench_server.crowd import run_job
from scripts.bench_server.latencies import summary
from scripts.bench_server.officer import BenchOfficer
from scripts.bench_server.serving import cat_server

MEAN_S = 10.0
"""Seconds between two answers of a participant: five times what people do, so that boards have something to show."""
_LAST_FRAMES_S = 60.0
"""How long the frames of the last answers may take before an answer counts as missing on a board."""


def staleness(bench: Bench, seats: int, boards: int) -> None:
    """Measure how old the boards are while everybody works."""
    site = bench.running(seats)
    bench.tell(f"{boards} boards of {seats:,} seats")
    shown: dict[str, list[tuple[int, float]]] = defaultdict(list)
    frames = [0, 0]

    def take(frame: dict[str, Any], at_s: float) -> None:
        frames[0] += 1
        for row in frame["rows"]:
            shown[row["id"]].append((row["ans"], at_s))

    with cat_server(site, bench.folder / "served", tls=False) as running:
        officer = BenchOfficer(running.monitoring, running.site)
        ready_s = officer.wait_for_the_board()
        loop = asyncio.new_event_loop()
        until = asyncio.Event()
        opened = threading.Event()
        watcher = threading.Thread(
            target=lambda: loop.run_until_complete(officer.watch(boards, take, until, opened.set)),
            daemon=True,
        )
        watcher.start()
        if not opened.wait(60):
            raise TimeoutError("a board has no first frame")
        job = {
            "kind": "paced",
            "mean_s": MEAN_S,
            "warm_up_s": bench.warm_up_s,
            "seconds": bench.seconds * 2,
            "keeps": True,
        }
        measured = run_job(running, seats, job)
        kept = measured.result["kept"]
        deadline_s = time.monotonic() + _LAST_FRAMES_S
        while any(len(each) < boards for each in _frames_of(kept, shown)) and time.monotonic() < deadline_s:
            time.sleep(0.2)
        loop.call_soon_threadsafe(until.set)
        watcher.join(20)
        officer.close()
    waits: list[float] = []
    missing = 0
    for (_, _, at_s), coming in zip(kept, _frames_of(kept, shown), strict=True):
        # every board gets its own copy of the frame that first shows the answer
        if len(coming) < boards:
            missing += 1
        waits += [max(when - at_s, 0.0) for when in coming[:boards]]
    figures = measured.figures() | {
        f"save_{name}": value for name, value in measured.result["latency"].items()
    }
    bench.add(
        "board",
        "cat-server",
        seats,
        boards=boards,
        frames=frames[0],
        missing=missing,
        **(figures | summary(waits) | {"board_ready_s": ready_s}),
    )


def _frames_of(
    kept: Sequence[tuple[str, int, float]], shown: Mapping[str, Sequence[tuple[int, float]]]
) -> Iterator[list[float]]:
    """Return for each answer when frames came that show it, the earliest first."""
    for attempt_id, number, _ in kept:
        yield sorted(when for answered, when in tuple(shown[attempt_id]) if answered >= number)
