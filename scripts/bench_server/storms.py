"""Storms: a whole centre does the same in the same second, and the last one served counts."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

from cat_server.runtime.clock import SystemClock
from scripts.bench_server.bench import Bench
from scripts.bench_server.crowd import run_job
from scripts.bench_server.officer import BenchOfficer
from scripts.bench_server.serving import (
    Running,
    bring_to_the_end,
    cat_server,
    ends_at_ms,
    lost_answers,
    not_ended,
)

_LEFT_S = 6.0
_MOST_S = 120.0
_RESTING_CPU_S, _RESTING_FOR_S = 0.4, 4


def sign_ins(bench: Bench, kiosks: int, *, tls: bool) -> None:
    """Measure everybody typing number and PIN at once, until the last sees whom to confirm."""
    site = bench.registered(kiosks)
    bench.tell(f"{kiosks:,} sign in at once")
    with cat_server(site, bench.folder / "served", tls=tls) as running:
        measured = run_job(running, kiosks, {"kind": "storm", "steps": ["sign_in"]})
    _add(bench, "sign-ins", kiosks, measured.figures(), tls=tls)


def starts(bench: Bench, kiosks: int, *, tls: bool) -> None:
    """Measure from the officer's press until the last has the whole paper and its state.

    Papers are made while people wait, so the press comes when the server has nothing left to do.
    """
    site = bench.ready(kiosks)
    bench.tell(f"{kiosks:,} start at once")
    told: dict[str, float] = {}
    with cat_server(site, bench.folder / "served", tls=tls) as running:
        officer = BenchOfficer(running.monitoring, running.site)
        officer.wait_for_the_board()

        def press() -> None:
            told["papers_cpu_s"] = wait_until_idle(running)
            told["sent_s"], told["took_s"] = officer.command("start")

        job = {"kind": "storm", "steps": ["wait_for_start", "start"]}
        measured = run_job(running, kiosks, job, on_ready=press)
        officer.close()
    figures = measured.figures()
    whole = {
        "seconds": figures["seconds"] + told["took_s"],
        "officer_told_s": told["took_s"],
        "papers_cpu_s": told["papers_cpu_s"],
        "largest_bytes": measured.result["largest_bytes"],
    }
    _add(bench, "starts", kiosks, figures | whole, tls=tls)


def finishes(bench: Bench, kiosks: int, *, tls: bool) -> None:
    """Measure everybody delivering the last answer and the finish at once, until the last has its receipts."""
    site = bench.running(kiosks)
    bench.tell(f"{kiosks:,} finish at once")
    with cat_server(site, bench.folder / "served", tls=tls) as running:
        measured = run_job(running, kiosks, {"kind": "storm", "steps": ["save", "finish"]})
    lost = lost_answers(running.site, measured.result["acknowledged"])
    _add(bench, "finishes", kiosks, measured.figures() | {"lost": lost}, tls=tls)


def reloads(bench: Bench, kiosks: int) -> None:
    """Measure everybody loading the paper again after the server was started again (`papers`), and once more (`pages`).

    The first time each paper has to be made, the second time it is there.
    """
    site = bench.running(kiosks)
    for measure, steps in (("papers", ["start"]), ("pages", ["start", "start"])):
        bench.tell(f"{kiosks:,} reload at once: {measure}")
        with cat_server(site, bench.folder / "served", tls=False) as running:
            measured = run_job(running, kiosks, {"kind": "storm", "steps": steps})
        _add(bench, measure, kiosks, measured.figures())


def time_up(bench: Bench, kiosks: int) -> None:
    """Measure how long after everybody's time is up the last attempt is closed by the server itself."""
    site = bench.running(kiosks)
    bench.tell(f"time is up for {kiosks:,}")
    folder = bench.folder / "ending"
    with cat_server(site, folder, tls=False):
        pass
    copy = type(site)(folder, site.exam_session_id, site.room_id, site.password, site.kiosks)
    bring_to_the_end(copy, _LEFT_S)
    with cat_server(copy, bench.folder / "served", tls=False) as running:
        before, clock = running.cost(), SystemClock()
        due_at_ms = ends_at_ms(running.site)
        while not_ended(running.site) and clock.now().at_ms < due_at_ms + _MOST_S * 1000:
            due_at_ms = ends_at_ms(running.site)
            sleep(0.02)
        seconds = (clock.now().at_ms - due_at_ms) / 1000
        figures = {"seconds": seconds, "cpu_s": running.cost().total_cpu_s - before.total_cpu_s}
        left = not_ended(running.site)
    _add(bench, "time-up", kiosks, figures | {"left": left})


def wait_until_idle(running: Running) -> float:
    """Wait until no more papers are made; return the CPU seconds that the kiosk process had spent since its start."""
    spent = [running.cost().cpu_s["kiosk"]]
    deadline = monotonic() + _MOST_S * 5
    while monotonic() < deadline:
        sleep(1)
        spent.append(running.cost().cpu_s["kiosk"])
        # Over some seconds, since a server that others crowd out for one of them looks like one that rests.
        if len(spent) > _RESTING_FOR_S and spent[-1] - spent[-1 - _RESTING_FOR_S] < _RESTING_CPU_S:
            return spent[-1]
    raise TimeoutError("the server does not come to rest")


def _add(bench: Bench, measure: str, kiosks: int, figures: dict[str, Any], *, tls: bool = False) -> None:
    bench.add(measure, "cat-server", kiosks, transport="tls" if tls else "http", **figures)
