"""What is aimed at, beside what this run reached. A target whose parts were not measured is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A target: `reached` in the unit that `text` names, `is_met` by the `least` or `most` that it states."""

    text: str
    wanted: str
    reached: float
    is_met: bool


def targets(rows: Iterable[Row]) -> list[Target]:
    """Return every target that the rows can say something about."""
    found = list(rows)
    return [*_rates(found), *_paced(found), *_at_once(found), *_others(found)]


def _rates(rows: list[Row]) -> Iterator[Target]:
    for kiosks in sorted({each["kiosks"] for each in rows if each["measure"] == "flat"}):
        bare, ours, usual = (_flat(rows, name, kiosks) for name in ("bare", "cat-server", "usual"))
        if bare and ours:
            yield _least("of the bare ceiling per CPU-second", kiosks, ours / bare, 0.55, 0.75)
        if usual and ours:
            yield _least("times the usual endpoint per CPU-second", kiosks, ours / usual, 30, 75)
    few, many = _flat(rows, "cat-server", 100), _flat(rows, "cat-server", 5_000)
    if few and many:
        yield _least("of the per-CPU rate at 100 kiosks", 5_000, many / few, 0.70)


def _paced(rows: list[Row]) -> Iterator[Target]:
    for row in _of(rows, "paced", 1_000):
        yield _most("paced save p99, ms", 1_000, row["p99_ms"], 50)
        yield _most("paced, share of a core", 1_000, row["cores"], 1 / 3)
        yield _most("memory of all processes, MiB", 1_000, sum(row["pss_mib"].values()), 150)


def _at_once(rows: list[Row]) -> Iterator[Target]:
    for measure in ("starts", "finishes"):
        for kiosks, seconds in ((1_000, 1.5), (5_000, 8.0)):
            for row in _of(rows, measure, kiosks):
                yield _most(f"{measure} at once, s", kiosks, row["seconds"], seconds)


def _others(rows: list[Row]) -> Iterator[Target]:
    for row in _of(rows, "board"):
        yield _most(f"age of {row['boards']} boards p99, ms", row["kiosks"], row["p99_ms"], 1_000)
    for row in _of(rows, "pause"):
        yield _most("pause in effect, ms", row["kiosks"], row["in_effect_ms"], 250)
    for row in _of(rows, "start-up"):
        yield _most("start to ready, s", row["kiosks"], row["seconds"], 2)


def _flat(rows: list[Row], server: str, kiosks: int) -> float:
    for row in _of(rows, "flat", kiosks):
        if row["server"] == server:
            return float(row["per_cpu_s"])
    return 0.0


def _of(rows: list[Row], measure: str, kiosks: int = 0) -> Iterator[Row]:
    """Yield the rows of a measure over plain HTTP."""
    for row in rows:
        is_plain = row.get("transport", "http") == "http"
        if row["measure"] == measure and is_plain and kiosks in (0, row["kiosks"]):
            yield row


def _least(text: str, kiosks: int, reached: float, least: float, aim: float = math.inf) -> Target:
    wanted = f"≥ {least:g}" + (f" (aim {aim:g})" if aim < math.inf else "")
    return Target(f"{text}, {kiosks:,} kiosks", wanted, reached, reached >= least)


def _most(text: str, kiosks: int, reached: float, most: float) -> Target:
    return Target(f"{text}, {kiosks:,} kiosks", f"≤ {most:.3g}", reached, reached <= most)
