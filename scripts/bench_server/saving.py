"""Saves: flat out beside bare and usual, paced like people, and while an officer pauses the exam."""

from __future__ import annotations

from typing import Any

from cat_server.runtime.clock import SystemClock
from scripts.bench_server.bench import Bench
from scripts.bench_server.crowd import run_job
from scripts.bench_server.officer import BenchOfficer
from scripts.bench_server.serving import cat_server, lost_answers, paused_at_ms, rival

MEAN_S = 50.0
"""Seconds between two answers of a participant."""


def flat_out(bench: Bench, kiosks: int, *, tls: bool) -> None:
    """Measure saves without pause: bare, ours and usual one after the other, each pinned to one core."""
    site = bench.running(kiosks)
    job = {"kind": "flat", "warm_up_s": bench.warm_up_s, "seconds": bench.seconds}
    transport = "tls" if tls else "http"
    for name in ("bare", "cat-server", "usual"):
        bench.tell(f"flat out, {kiosks:,} kiosks, {transport}: {name}")
        folder = bench.folder / "served"
        served = (
            cat_server(site, folder, tls=tls)
            if name == "cat-server"
            else rival(name, site, bench.folder / "rival", tls=tls)
        )
        with served as running:
            measured = run_job(running, kiosks, job, is_pinned=bench.is_pinned)
        lost = lost_answers(running.site, measured.result["acknowledged"]) if name == "cat-server" else None
        bench.add("flat", name, kiosks, transport=transport, lost=lost, **measured.figures())


def paced(bench: Bench, kiosks: int, *, tls: bool) -> None:
    """Measure saves as people make them, an answer every 50 s with bursts."""
    site, transport = bench.running(kiosks), "tls" if tls else "http"
    bench.tell(f"paced, {kiosks:,} kiosks, {transport}")
    job = {"kind": "paced", "mean_s": MEAN_S, "warm_up_s": bench.warm_up_s, "seconds": bench.seconds * 3}
    with cat_server(site, bench.folder / "served", tls=tls) as running:
        measured = run_job(running, kiosks, job, is_pinned=bench.is_pinned)
    lost = lost_answers(running.site, measured.result["acknowledged"])
    figures = measured.figures() | {"own_lateness": measured.result["own_lateness"]}
    bench.add("paced", "cat-server", kiosks, transport=transport, lost=lost, **figures)


def pause(bench: Bench, kiosks: int) -> None:
    """Measure how long an officer's pause takes to be in the records while all save flat out, and to be told."""
    site = bench.running(kiosks)
    bench.tell(f"a pause while {kiosks:,} kiosks save flat out")
    clock = SystemClock()
    told: dict[str, float] = {}
    with cat_server(site, bench.folder / "served", tls=False) as running:
        officer = BenchOfficer(running.monitoring, running.site)
        officer.wait_for_the_board()

        def press() -> None:
            told["sent_at_ms"] = clock.now().at_ms
            told["sent_s"], told["took_s"] = officer.command("pause", reason="bench")

        job = {"kind": "flat", "warm_up_s": bench.warm_up_s, "seconds": bench.seconds}
        measured = run_job(running, kiosks, job, on_begin=press)
        officer.close()
    first, last = measured.result["paused_s"] or (float("nan"), float("nan"))
    figures: dict[str, Any] = {
        "in_effect_ms": paused_at_ms(running.site) - told["sent_at_ms"],
        "officer_told_ms": told["took_s"] * 1000,
        "first_kiosk_told_ms": (first - told["sent_s"]) * 1000,
        "last_kiosk_told_ms": (last - told["sent_s"]) * 1000,
        "lost": lost_answers(running.site, measured.result["acknowledged"]),
    }
    bench.add("pause", "cat-server", kiosks, **figures, **measured.figures())
