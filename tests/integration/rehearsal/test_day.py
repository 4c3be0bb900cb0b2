"""A day's rehearsal: three exam sessions, everything that usually goes wrong, and every number counted again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.integration.rehearsal.actors import Network
from tests.integration.rehearsal.centre import RehearsalSite, prepare
from tests.integration.rehearsal.day import Day, Sitting
from tests.integration.rehearsal.held_papers import hold_papers
from tests.served_site import CHECKOUT, CLI

PEOPLE = int(os.environ.get("REHEARSAL_PEOPLE", "24"))
"""Participants of each exam session; `make rehearsal` takes 500."""


def test_a_day_with_three_exam_sessions(tmp_path: Path) -> None:
    site = prepare(tmp_path / "day", PEOPLE, 3)
    site.start()
    try:
        sittings = asyncio.run(_day(site))
    finally:
        site.end()
    for sitting in sittings:
        package = _verified(site, sitting, tmp_path)
        hold_papers(site, sitting, package, tmp_path / f"papers-{sitting.code}")


async def _day(site: RehearsalSite) -> tuple[Sitting, ...]:
    day = Day(site, Network(site))
    try:
        await day.begin()
        sittings = tuple(day.sitting(f"S{number}") for number in (1, 2, 3))
        await day.register(sittings[0])
        for sitting, following in zip(sittings, (*sittings[1:], None), strict=True):
            await _one(day, sitting, following)
        [stored] = site.rows("select count(*) as n from receipt where outcome = 'saved'")
        assert stored["n"] >= day.saved > 0, "every receipt that a PC has seen is there"
        return sittings
    finally:
        await day.network.close()


async def _one(day: Day, sitting: Sitting, following: Sitting | None) -> None:
    """One exam session from the cut-off to the signatures; registration of the next runs beside it."""
    await day.cut_off(sitting)
    await day.take_seats(sitting)
    await day.room(sitting, "start")
    seated = sitting.slips[2:]
    await day.disqualify(sitting, seated[0])
    for slip in seated[1:3]:
        await day.extend(sitting, slip, 5)
    await day.room(sitting, "pause", reason="Listrik padam sebentar")
    await day.record_incident(sitting, seated[3])
    await day.room(sitting, "resume")
    await day.move(sitting, seated[4])
    added = day.site.cli("exam-session", "forms", "add", sitting.code, "--json")
    assert added.returncode == 0, added.stdout + added.stderr
    working = day.work(sitting, unfinished=3)
    if following is None:
        await working
    else:
        await asyncio.gather(working, day.register(following))
    await day.scores(sitting)
    await day.sign(sitting)
    await day.release(sitting)


def _verified(site: RehearsalSite, sitting: Sitting, folder: Path) -> Path:
    """Export the package and have the independent verifier check it on "another machine"."""
    package, trusted = folder / f"package-{sitting.code}", folder / "trusted.json"
    exported = site.cli("results", "export", sitting.code, "--output", str(package), "--with-keys", "--json")
    assert exported.returncode == 0, exported.stdout + exported.stderr
    trusted.write_text(site.cli("site", "keys").stdout)
    verifier = [sys.executable, str(CHECKOUT / "scripts" / "verify_results.py")]
    for command in (verifier, [*CLI, "results", "verify"]):
        judged = subprocess.run(
            [*command, str(package), "--trusted", str(trusted)], capture_output=True, text=True, check=False
        )
        assert judged.returncode == 0, judged.stdout + judged.stderr
    return package
