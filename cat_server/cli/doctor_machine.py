"""Checks of the machine: programs, disk, clock, ports, memory, power-on."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from collections.abc import Iterator

from cat_server.cli.doctor_finding import Check, Finding, go, problem, warning
from cat_server.cli.site_command import SiteCommand
from cat_server.domain.exam_clock import NOTICEABLE_GAP_MS
from cat_server.domain.refusals import Refusal
from cat_server.queries.database_health import database_health, sqlite_program
from cat_server.queries.running import running_rooms
from cat_server.queries.site_contents import rooms
from cat_server.runtime import machine
from cat_server.runtime.addresses import bind
from question_bank.problems import Problem

_GIB = 1 << 30
_PYTHONS = ((3, 11), (3, 12), (3, 13))
_EARLIEST_AT_MS = 1_767_225_600_000
"""2026-01-01: an earlier clock is one whose battery is empty."""
_CLOCK_SLACK_MS = 2_000
_SLOW_SYNC_MS, _TOO_SLOW_SYNC_MS = 30, 250
_FILES_BESIDE_SEATS = 512


def programs(_opened: SiteCommand) -> Iterator[Finding]:
    """Python is one we install for, and SQLite one that loses nothing."""
    if sys.version_info[:2] in _PYTHONS:
        yield go(Problem("doctor_python", params={"version": platform.python_version()}))
    else:
        yield warning(Problem("doctor_python_untested", params={"version": platform.python_version()}))
    found = sqlite_program()
    params = {"version": found.version, "oldest": found.oldest}
    yield (
        go(Problem("doctor_sqlite", params=params))
        if found.is_safe
        else problem(Problem("doctor_sqlite_unsafe", params=params))
    )


def disk(opened: SiteCommand) -> Iterator[Finding]:
    """There is room for days of exams, and a save reaches the disk soon."""
    folder = opened.settings.folder
    free = machine.free_disk_bytes(folder)
    floor = max(opened.settings.disk.floor_mib << 20, _GIB)
    params = {"free": f"{free / _GIB:.1f}"}
    if free < floor:
        yield problem(Problem("doctor_disk_full", params=params))
    elif free < 5 * _GIB:
        yield warning(Problem("doctor_disk_low", params=params))
    else:
        yield go(Problem("doctor_disk", params=params))
    latency = machine.sync_latency_ms(folder)
    params = {"latency": f"{latency:.1f}"}
    if latency > _TOO_SLOW_SYNC_MS:
        yield problem(Problem("doctor_sync_too_slow", params=params))
    elif latency > _SLOW_SYNC_MS:
        yield warning(Problem("doctor_sync_slow", params=params))
    else:
        yield go(Problem("doctor_sync", params=params))


def clock(opened: SiteCommand) -> Iterator[Finding]:
    """The wall clock is plausible and not behind the records; the boot clock runs."""
    now = opened.clock.now()
    shown = dt.datetime.fromtimestamp(now.at_ms / 1000, tz=opened.settings.zone)
    params = {"time": shown.strftime("%Y-%m-%d %H:%M:%S"), "zone": opened.settings.timezone}
    last = database_health(opened.reader).last_event_at_ms
    if now.at_ms < max(_EARLIEST_AT_MS, last - _CLOCK_SLACK_MS):
        yield problem(Problem("doctor_clock_behind", params=params))
    else:
        yield go(Problem("doctor_clock", params=params))
    if now.boot_ms <= 0 or not now.boot_id:
        yield problem(Problem("doctor_boot_clock"))


def ports(opened: SiteCommand) -> Iterator[Finding]:
    """The three ports can be bound on their addresses, or our own server holds them and keeps time."""
    settings = opened.settings
    if machine.is_locked(settings.folder / "serve.lock"):
        yield go(Problem("doctor_ports_served"))
        yield from _stopped_clocks(opened)
        return
    is_free = True
    for addresses, port in settings.doors.values():
        try:
            for each in bind(addresses, port):
                each.close()
        except Refusal as refusal:
            is_free = False
            yield problem(Problem(f"refusal_{refusal.code}", params=refusal.params))
    if is_free:
        numbers = ", ".join(str(port) for _, port in settings.doors.values())
        yield go(Problem("doctor_ports_free", params={"ports": numbers}))


def _stopped_clocks(opened: SiteCommand) -> Iterator[Finding]:
    """Tell of every room whose exam runs though its clock does not: nobody keeps time, or nobody can save."""
    for room in running_rooms(opened.reader, opened.clock.now()):
        if room.away_ms >= NOTICEABLE_GAP_MS:
            params: dict[str, str | int] = {
                "code": room.code,
                "room": room.room,
                "seconds": room.away_ms // 1000,
            }
            yield problem(Problem("doctor_clock_stopped", params=params))


def memory(_opened: SiteCommand) -> Iterator[Finding]:
    """Two processes and a bank fit into memory."""
    free = machine.available_memory_bytes()
    params = {"free": f"{free / _GIB:.1f}"}
    if free < _GIB // 2:
        yield problem(Problem("doctor_memory_full", params=params))
    elif free < _GIB:
        yield warning(Problem("doctor_memory_low", params=params))
    else:
        yield go(Problem("doctor_memory", params=params))


def workers(opened: SiteCommand) -> Iterator[Finding]:
    """There are no more kiosk processes than cores to run them."""
    params = {"count": opened.settings.kiosk_workers, "cpus": os.cpu_count() or 1}
    if params["count"] > params["cpus"]:
        yield warning(Problem("doctor_workers_many", params=params))
    else:
        yield go(Problem("doctor_workers", params=params))


def open_files(opened: SiteCommand) -> Iterator[Finding]:
    """Every seat holds a few connections; the server must be allowed to hold them all."""
    seats = max((len(each.seats) for each in rooms(opened.reader)), default=0)
    needed = 4 * seats + _FILES_BESIDE_SEATS
    soft, _ = machine.open_files_limits()
    params = {"limit": soft, "needed": needed}
    is_by_unit = machine.unit_state() == "enabled"
    if soft >= needed or is_by_unit:
        yield go(Problem("doctor_open_files", params=params))
    else:
        yield problem(Problem("doctor_open_files_few", params=params))


def power_on(_opened: SiteCommand) -> Iterator[Finding]:
    """The server starts when the machine does."""
    state = machine.unit_state()
    if state == "enabled":
        yield go(Problem("doctor_unit"))
    elif state == "disabled":
        yield problem(Problem("doctor_unit_disabled"))
    else:
        yield warning(Problem("doctor_unit_absent"))


MACHINE_CHECKS: tuple[Check, ...] = (
    programs,
    disk,
    clock,
    memory,
    workers,
    open_files,
    ports,
    power_on,
)
