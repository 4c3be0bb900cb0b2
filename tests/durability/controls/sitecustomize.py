"""Spoils the product on purpose, so that a rig can prove that it would notice. Python runs this at its start.

The product knows nothing of it and has no setting for it: only a process whose PYTHONPATH leads here is spoiled, by
what DURABILITY_CONTROL names.

`normal`           commits are not synced: `synchronous=NORMAL`
`asynchronous`     PostgreSQL does not wait for its disk: `synchronous_commit=off`
`early`            "saved" is said before the commit
`trusting`         what is read in the log is taken for what is on the disk
`checkpoint_often` not a control: the log is moved into the database so often that many cuts hit that moment
`boot`             not a control: the machine has been started anew, as after a real power cut
`hurried`          not a control: a start has no time for the pages of a large database
`wall`             not a control: the wall clock is off by what a file says, now
`by_the_wall`      the exam clock is measured by that wall clock
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from cat_server.records import engine as engine_module
from cat_server.records import write_lane
from cat_server.records.lane_waiters import LoopWaiter
from cat_server.runtime import clock

WANTED = os.environ.get("DURABILITY_CONTROL", "").split()
LATE_S = 0.3
"""How long the commit comes after the receipt: a cut finds the time between though the machine is slow to make it."""


def _configure_after(pragma: str) -> None:
    open_engine = engine_module.open_engine

    def spoiled(url: str, *, checkpoints: bool = False) -> Engine:
        engine = open_engine(url, checkpoints=checkpoints)
        if checkpoints or "synchronous" in pragma:

            @event.listens_for(engine, "connect")
            def _configure(connection: Any, _record: object) -> None:
                connection.execute(pragma)

        return engine

    engine_module.open_engine = spoiled


def _let_commits_go_unsynced() -> None:
    from cat_server.records import postgresql  # noqa: PLC0415 - only sites on PostgreSQL load it

    postgresql._DURABLE = ("off",)
    postgresql._SESSION = (*postgresql._SESSION, "SET synchronous_commit = off")


def _acknowledge_early() -> None:
    by_kind = write_lane.by_kind

    def spoiled(batch: Sequence[Any]) -> Iterator[tuple[Callable[..., Any], Sequence[Any]]]:
        for kind, members in by_kind(batch):

            def at_once(
                tx: Any, requests: Sequence[Any], kind: Any = kind, members: Any = members
            ) -> Sequence[Any]:
                outcomes = kind(tx, requests)
                for member, outcome in zip(members, outcomes, strict=True):
                    waiter, member.future = member.future, Future()
                    waiter.set_result(outcome)
                    if isinstance(waiter, LoopWaiter):
                        waiter._tidings.tell()
                time.sleep(LATE_S)
                return outcomes  # type: ignore[no-any-return]

            yield at_once, members

    write_lane.by_kind = spoiled  # type: ignore[assignment]


def _trust_the_log() -> None:
    write_lane.empty_log = lambda _: True


def _start_the_machine_anew() -> None:
    number = int(os.environ["DURABILITY_BOOT"])
    now = clock.SystemClock.now

    def spoiled(self: clock.SystemClock) -> clock.Instant:
        found = now(self)
        boot_ms = found.boot_ms - int(os.environ["DURABILITY_BOOTED_AT_MS"])
        return replace(found, boot_id=f"{found.boot_id[:-6]}{number:06}", boot_ms=boot_ms)

    clock.SystemClock.now = spoiled  # type: ignore[method-assign]


def _shift_the_wall_clock() -> None:
    offset = Path(os.environ["DURABILITY_WALL"])
    now = clock.SystemClock.now

    def spoiled(self: clock.SystemClock) -> clock.Instant:
        found = now(self)
        at_ms = found.at_ms + int(offset.read_text())
        return replace(found, at_ms=at_ms, boot_ms=at_ms if "by_the_wall" in WANTED else found.boot_ms)

    clock.SystemClock.now = spoiled  # type: ignore[method-assign]


def _have_no_time_for_pages() -> None:
    from cat_server.cli import start_checks  # noqa: PLC0415 - it loads most of the product
    from cat_server.records import health  # noqa: PLC0415

    start_checks.PAGE_CHECK_S = 0
    health._STEPS = 1


if "normal" in WANTED:
    _configure_after("PRAGMA synchronous=NORMAL")
if "checkpoint_often" in WANTED:
    _configure_after("PRAGMA wal_autocheckpoint=50")
if "asynchronous" in WANTED:
    _let_commits_go_unsynced()
if "early" in WANTED:
    _acknowledge_early()
if "trusting" in WANTED:
    _trust_the_log()
if "boot" in WANTED:
    _start_the_machine_anew()
if "hurried" in WANTED:
    _have_no_time_for_pages()
if "wall" in WANTED:
    _shift_the_wall_clock()
