"""How cost grows: start-up, seats, answers already stored, exam sessions on file."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3  # noqa: TID251 - the filled database is built directly, from outside
from dataclasses import replace
from pathlib import Path

from scripts.bench_server.bench import Bench
from scripts.bench_server.crowd import run_job
from scripts.bench_server.filled_site import FilledSite
from scripts.bench_server.officer import BenchOfficer
from scripts.bench_server.serving import cat_server

_ANSWERS_PER_ATTEMPT = 100
_KIOSKS = 100


def start_up(bench: Bench, seats: int) -> None:
    """Measure from the command until both apps answer, and until the board is there."""
    site = bench.running(seats)
    bench.tell(f"start-up, {seats:,} seats")
    with cat_server(site, bench.folder / "served", tls=False):
        pass  # an installed program is not compiled when it starts
    with cat_server(site, bench.folder / "served", tls=False) as running:
        officer = BenchOfficer(running.monitoring, running.site)
        board_s = running.ready_s + officer.wait_for_the_board()
        officer.close()
        cost = running.cost()
    bench.add(
        "start-up",
        "cat-server",
        seats,
        seconds=running.ready_s,
        board_ready_s=board_s,
        cpu_s=cost.total_cpu_s,
        pss_mib=cost.pss_mib,
    )


def seats_on_file(bench: Bench, seats: int) -> None:
    """Measure 100 kiosks flat out on a site with so many seats."""
    _measure(bench, "seats", seats, bench.running(seats))


def answers_stored(bench: Bench, stored: int) -> None:
    """Measure 100 kiosks flat out on a database that holds so many answers of earlier exam sessions."""
    site = bench.running(_KIOSKS)
    folder = bench.folder / f"stored-{stored}"
    if not folder.exists():
        bench.tell(f"filling a database with {stored:,} answers")
        _fill(site, folder, stored, max(stored // 100_000, 1))
    _measure(bench, "stored", stored, replace(site, folder=folder))


def sessions_on_file(bench: Bench, sessions: int) -> None:
    """Measure 100 kiosks flat out on a site with so many earlier exam sessions."""
    site = bench.running(_KIOSKS)
    folder = bench.folder / f"sessions-{sessions}"
    if not folder.exists():
        bench.tell(f"filling a database with {sessions:,} exam sessions")
        _fill(site, folder, sessions * _ANSWERS_PER_ATTEMPT, sessions)
    _measure(bench, "sessions", sessions, replace(site, folder=folder))


def _measure(bench: Bench, measure: str, size: int, site: FilledSite) -> None:
    bench.tell(f"flat out beside {size:,} {measure}")
    job = {"kind": "flat", "warm_up_s": bench.warm_up_s, "seconds": bench.seconds}
    with cat_server(site, bench.folder / "served", tls=False) as running:
        officer = BenchOfficer(running.monitoring, running.site)
        officer.wait_for_the_board(600)
        officer.close()
        measured = run_job(running, _KIOSKS, job, is_pinned=bench.is_pinned)
    database = (running.site.folder / "exam.db").stat().st_size >> 20
    figures = measured.figures() | {"ready_s": running.ready_s, "database_mib": database}
    bench.add(measure, "cat-server", _KIOSKS, size=size, **figures)


def _fill(site: FilledSite, folder: Path, answers: int, sessions: int) -> None:
    """Copy a site and add signed exam sessions whose attempts hold answers, receipts and ledger events.

    Rows are of the usual size; the hashes of these chains are placeholders, which only `doctor` reads, and
    their events are of a kind that boards pass over.
    """
    shutil.copytree(site.folder, folder)
    with contextlib.closing(sqlite3.connect(folder / "exam.db")) as connection, connection:
        connection.execute("PRAGMA cache_size=-400000")
        names = {"most": max(answers // sessions, sessions)}
        connection.execute(_NUMBERS, names)
        names = {"sessions": sessions, "per": answers // sessions, "each": _ANSWERS_PER_ATTEMPT}
        for statement in _STATEMENTS:
            connection.execute(statement, names)


_NUMBERS = """CREATE TEMP TABLE n AS WITH RECURSIVE c(x) AS
    (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < :most) SELECT x FROM c"""
_STATEMENTS = (
    """INSERT INTO exam_session (id, exam_event_id, code, title, day_ordinal, cumulative_number, state, profile_hash,
       bank_id) SELECT 'filler' || printf('%020d', x), exam_event_id, 'F' || x, 'F', day_ordinal, 1000 + x, 'SIGNED',
       profile_hash, bank_id FROM n, exam_session WHERE x <= :sessions AND exam_session.code = 'BENCH-1'""",
    """INSERT INTO attempt (id, exam_session_id, participant_id, ordinal, state, profile_hash, epoch, pin_hmac,
       has_confirmed_identity, has_accepted_pledge)
       SELECT printf('f%012d%013d', s.x, a.x), 'filler' || printf('%020d', s.x),
       (SELECT id FROM participant LIMIT 1), a.x, 'FINISHED', (SELECT hash FROM profile LIMIT 1), 1, '', 1, 1
       FROM n AS s, n AS a WHERE s.x <= :sessions AND a.x <= max(:per / :each, 1)""",
    """INSERT INTO answer (attempt_id, position, response, is_flagged, epoch, seq, number, saved_at_ms)
       SELECT printf('f%012d%013d', s.x, (a.x - 1) / :each + 1), (a.x - 1) % :each + 1, '["o1"]',
       0, 1, (a.x - 1) % :each + 1, a.x, 1700000000000 FROM n AS s, n AS a
       WHERE s.x <= :sessions AND a.x <= :per""",
    """INSERT INTO receipt (attempt_id, epoch, seq, request_hash, outcome, code, number, hash)
       SELECT printf('f%012d%013d', s.x, (a.x - 1) / :each + 1), 1, (a.x - 1) % :each + 1,
       printf('%064d', a.x), 'saved', '', a.x, printf('%064d', a.x) FROM n AS s, n AS a
       WHERE s.x <= :sessions AND a.x <= :per""",
    """INSERT INTO ledger (chain, number, kind, hash, envelope, private)
       SELECT 'filler' || printf('%020d', s.x), a.x, 'ACTIVITY_OBSERVED', printf('%064d', a.x),
       CAST('{"actor":{"id":"p","kind":"participant"},"approver":"","at_ms":1700000000000,"body":{"attempt_id":"'
       || printf('f%012d%013d', s.x, (a.x - 1) / :each + 1) || '","epoch":1,"position":' || ((a.x - 1) % :each + 1)
       || ',"seq":' || ((a.x - 1) % :each + 1) || '},"boot_id":"","boot_ms":1,"chain":"filler'
       || printf('%020d', s.x) || '","clock_ms":1,"kind":"ACTIVITY_OBSERVED","number":' || a.x || ',"prev":"'
       || printf('%064d', a.x - 1) || '","private_hash":"' || printf('%064d', a.x) || '","v":1}' AS BLOB),
       CAST('{"is_flagged":false,"response":["o1"],"salt":"' || printf('%032d', a.x) || '"}' AS BLOB)
       FROM n AS s, n AS a WHERE s.x <= :sessions AND a.x <= :per""",
    """INSERT INTO chain_head (chain, number, hash)
       SELECT 'filler' || printf('%020d', x), :per, printf('%064d', :per) FROM n
       WHERE x <= :sessions""",
)
