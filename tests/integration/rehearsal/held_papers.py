"""Holds the printed papers of an exam session against a count of its own ledger, number by number."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.integration.rehearsal.centre import FORMATIONS, QUOTA, RehearsalSite
from tests.integration.rehearsal.day import Sitting
from tests.integration.rehearsal.recount import Recount, Score, in_order, recount, scores

TIES = ("TKP", "TIU", "TWK")


def hold_papers(site: RehearsalSite, sitting: Sitting, package: Path, folder: Path) -> None:
    """Write the papers by the command and compare what is printed with what the events say."""
    done = site.cli("results", "papers", sitting.code, "--output", str(folder), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    texts = {path.stem: _text(path) for path in sorted(folder.rglob("*.pdf"))}
    told = recount(site.folder, sitting.code)
    _hold_what_was_done(sitting, told)
    marked = scores(told, package, {person["number"]: person["category"] for person in site.roster})
    _hold_screens(sitting, marked)
    _hold_minutes(_one(texts, "minutes"), told)
    _hold_recap(_one(texts, "recap"), told, marked, site)
    attendance = _one(texts, "attendance")
    assert all(number in attendance for number in sitting.numbers)
    incidents = " ".join(_one(texts, "incidents").split())
    assert incidents.count("Gangguan suara") == told.kinds["INCIDENT_RECORDED"] == 1


def _hold_what_was_done(sitting: Sitting, told: Recount) -> None:
    """The ledger says what the rehearsal did, to everybody it did it to."""
    assert told.numbers("ABSENT") == sitting.absent
    assert told.numbers("FORFEITED") == sorted(sitting.never_signed_in)
    assert told.numbers("DISQUALIFIED") == sorted(sitting.disqualified)
    assert told.numbers("FORCE_CLOSED") == sitting.unfinished
    extended = sorted(each.number for each in told.people.values() if each.granted_ms)
    assert extended == sorted(sitting.extended)
    assert told.kinds["SITTING_PAUSED"] == told.kinds["SITTING_RESUMED"] == 1
    assert told.kinds["SEAT_MOVED"] == len(sitting.moved)


def _hold_screens(sitting: Sitting, marked: list[Score]) -> None:
    """Every score that stood on a participant's screen is the one that follows from the answers."""
    by_number = {each.number: each for each in marked}
    assert sitting.scores
    for number, shown in sitting.scores.items():
        own = by_number[number]
        assert {each["code"]: int(each["points"]) for each in shown["sections"]} == own.sections
        assert (int(shown["total"]["points"]), shown["total"]["meets"]) == (own.total, own.meets)


def _hold_minutes(text: str, told: Recount) -> None:
    states = told.states
    wanted = {
        "Peserta terdaftar": len(told.people),
        "Hadir dan mengikuti ujian": states["FINISHED"] + states["TIMED_OUT"] + states["FORCE_CLOSED"],
        "Tidak hadir": states["ABSENT"],
        "Sudah registrasi tetapi tidak memulai (gugur)": states["FORFEITED"],
        "Didiskualifikasi": states["DISQUALIFIED"],
        "Menyelesaikan sendiri": states["FINISHED"],
        "Berakhir karena waktu habis": states["TIMED_OUT"],
        "Dihentikan petugas": states["FORCE_CLOSED"],
        "Mendapat tambahan waktu": sum(bool(each.granted_ms) for each in told.people.values()),
    }
    for name, count in wanted.items():
        found = re.search(rf"^\s*{re.escape(name)}\s+(\d+)\s*$", text, re.MULTILINE)
        assert found, f"{name} is not in the minutes"
        assert int(found[1]) == count, name
    assert all(number in text for number in told.numbers("ABSENT")), "the absent are named by number"


CODES = {"ABSENT": "TH", "FORFEITED": "TH", "DISQUALIFIED": "DIS"}


def _hold_recap(text: str, told: Recount, marked: list[Score], site: RehearsalSite) -> None:
    """Each participant's line has their points; each formation sends on whom BKN's rules send on."""
    disqualified = set(told.numbers("DISQUALIFIED"))
    for each in marked:
        line = _line(text, each.number)
        for points in (*(each.sections[code] for code in ("TWK", "TIU", "TKP")), each.total):
            assert re.search(rf"\b{points}\b", line), (each.number, points, line)
    formation = {person["number"]: person["formation"] for person in site.roster}
    for person in told.people.values():
        if person.state in CODES:
            assert re.search(rf"\b{CODES[person.state]}\b", _line(text, person.number)), person
    sent = 0
    for code in {formation[each.number] for each in marked}:
        passed = [
            each
            for each in marked
            if each.meets and formation[each.number] == code and each.number not in disqualified
        ]
        ranked = in_order(passed, TIES)
        going = {each.number for rank, each in ranked if rank <= 3 * QUOTA}
        for each in passed:
            wanted = "P/L" if each.number in going else "P"
            assert re.search(rf"(?<![\w/]){re.escape(wanted)}(?![\w/])", _line(text, each.number, last=True))
        sent += len(going)
    assert sent, "somebody goes on"
    assert len({*formation.values()}) == FORMATIONS


def _line(text: str, number: str, *, last: bool = False) -> str:
    """Return the line of a table that holds a participant number, with those it wraps into."""
    lines = text.splitlines()
    found = [place for place, line in enumerate(lines) if number in line]
    assert found, f"{number} is not on the paper"
    place = found[-1] if last else found[0]
    return " ".join(lines[place : place + 2])


def _one(texts: dict[str, str], kind: str) -> str:
    [name] = [each for each in texts if f"-{kind}-id" in each]
    return texts[name]


def _text(path: Path) -> str:
    """Return a PDF's text as it lies on the page."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout
