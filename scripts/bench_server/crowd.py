"""Runs jobs of the load generator beside a server, and measures what the server pays for each."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from scripts.bench_server.measures import Cost
from scripts.bench_server.serving import LOAD_CORE, Running


@dataclass(frozen=True, slots=True)
class Measured:
    """What a job did and what the server paid between its begin and its end."""

    result: dict[str, Any]
    before: Cost
    after: Cost

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all server processes."""
        return self.after.total_cpu_s - self.before.total_cpu_s

    def figures(self) -> dict[str, Any]:
        """Return the row of the JSON."""
        seconds, count = self.result["seconds"], self.result["count"]
        cpu_s = max(self.cpu_s, 0.01)
        return {
            "seconds": round(seconds, 3),
            "count": count,
            "per_s": count / seconds,
            "per_cpu_s": count / cpu_s,
            "cores": self.cpu_s / seconds,
            "cpu_s": {
                name: round(spent - self.before.cpu_s.get(name, 0.0), 2)
                for name, spent in self.after.cpu_s.items()
            },
            "pss_mib": {name: round(each, 1) for name, each in self.after.pss_mib.items()},
            "peak_mib": {name: round(each, 1) for name, each in self.after.peak_mib.items()},
            "cut": self.result["cut"],
            **self.result["latency"],
        }


class Crowd:
    """The kiosks of one load generator, which do one job after the other; who has signed in stays so."""

    def __init__(self, running: Running, process: subprocess.Popen[str]) -> None:
        self._running = running
        self._process = process

    def do(
        self,
        job: dict[str, Any],
        *,
        on_ready: Callable[[], None] | None = None,
        on_begin: Callable[[], None] | None = None,
    ) -> Measured:
        """Do a job.

        `on_ready` is called when all are connected and wait, before they begin; `on_begin` once they have begun.
        """
        self.tell(job | {"waits": on_ready is not None})
        costs: dict[str, Cost] = {}
        for line in self._process.stdout or ():
            told = json.loads(line)
            if "result" in told:
                return Measured(told["result"], costs["begin"], costs["end"])
            if told["at"] == "ready":
                assert on_ready is not None  # noqa: S101 - only a job that waits says so
                on_ready()
                self.tell("go")
            else:
                costs[told["at"]] = self._running.cost()
                if told["at"] == "begin" and on_begin is not None:
                    on_begin()
        raise RuntimeError("the load generator failed; its own words are above")

    def tell(self, what: object) -> None:
        """Write a line to the load generator."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()


@contextlib.contextmanager
def crowd(running: Running, kiosks: int, *, is_pinned: bool = False) -> Iterator[Crowd]:
    """Start a load generator for `kiosks` of the site's kiosks."""
    if is_pinned:
        running.pin()
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.bench_server.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process, contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        made = Crowd(running, process)
        made.tell(
            {
                "server": asdict(running.server),
                "kiosks": [asdict(each) for each in running.site.kiosks[:kiosks]],
                "core": LOAD_CORE if is_pinned else None,
            }
        )
        yield made


def run_job(
    running: Running,
    kiosks: int,
    job: dict[str, Any],
    *,
    is_pinned: bool = False,
    on_ready: Callable[[], None] | None = None,
    on_begin: Callable[[], None] | None = None,
) -> Measured:
    """Let `kiosks` of the site's kiosks do one job, as `Crowd.do`."""
    with crowd(running, kiosks, is_pinned=is_pinned) as made:
        return made.do(job, on_ready=on_ready, on_begin=on_begin)
