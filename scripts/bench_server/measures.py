"""What a server costs, read from `/proc`: CPU time and memory of it and all its children."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """By process name: CPU seconds so far; memory in MiB, now (a shared page counts in parts), and the most resident ever."""

    cpu_s: dict[str, float]
    pss_mib: dict[str, float]
    peak_mib: dict[str, float]

    @property
    def total_cpu_s(self) -> float:
        """CPU seconds of all processes, children that have ended included."""
        return sum(self.cpu_s.values())


def cost_of(pid: int, beside: Sequence[int] = ()) -> Cost:
    """Return what the process and its children have cost so far; those `beside` it, as one, with it."""
    cpu_s: dict[str, float] = {}
    pss_mib: dict[str, float] = {}
    peak_mib: dict[str, float] = {}
    for each in _tree(pid):
        name = _name(each)
        while name in cpu_s:
            name += "+"
        cpu_s[name] = _cpu_s(each)
        pss_mib[name], peak_mib[name] = _memory_mib(each)
    for each in beside:
        other = cost_of(each)
        cpu_s["database"] = other.total_cpu_s
        pss_mib["database"] = sum(other.pss_mib.values())
        peak_mib["database"] = max(other.peak_mib.values())
    return Cost(cpu_s, pss_mib, peak_mib)


def pin(pid: int, core: int) -> None:
    """Keep the process, its threads and its children on one core."""
    for each in _tree(pid):
        for thread in Path(f"/proc/{each}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {core})


def wait_until_settled(pid: int, seconds: float = 20.0) -> None:
    """Wait until the forge that made a server's processes has ended, so that they are what is counted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if "forge" not in {_name(each) for each in _tree(pid)}:
                return
        time.sleep(0.02)


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(deeper for each in children for deeper in _tree(int(each)))]


def _name(pid: int) -> str:
    """Return what a process calls itself, else the module that it runs."""
    called = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    if called.startswith("cat-"):
        return called.removeprefix("cat-")
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    module = words[words.index("-m") + 1] if "-m" in words else words[0]
    return {"cat_server.cli.main": "supervisor"}.get(module, module.rsplit(".", 1)[-1])


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / _TICKS_PER_S


def _memory_mib(pid: int) -> tuple[float, float]:
    """Return the share of memory that is due to a process, pages of several processes divided among them; and its peak."""
    now = _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss")
    return now / 1024, _kib(Path(f"/proc/{pid}/status"), "VmHWM") / 1024


def _kib(table: Path, name: str) -> int:
    lines = table.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
