"""Backups are made again and again by a process of their own, and only a change is told."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from cat_server.runtime.backup_schedule import BackupSchedule


def test_failures_and_the_return_are_told_once_each(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text("0")
    program = (
        "import json, pathlib, sys; p = pathlib.Path(sys.argv[1]); n = int(p.read_text()); p.write_text(str(n + 1))\n"
        "bad = n in (1, 2)\n"
        "print(json.dumps({'problems': [{'message': 'full'}]} if bad else {'file': f'f{n}'}))\n"
        "sys.exit(bad)"
    )
    told: list[tuple[str, str]] = []
    enough = threading.Event()

    def tell(code: str, message: str) -> None:
        told.append((code, message))
        if len(told) == 3:
            enough.set()

    schedule = BackupSchedule([sys.executable, "-c", program, str(state)], 0.01, tell)
    schedule.start()
    assert enough.wait(30)
    schedule.stop()
    assert told == [("works", "f0"), ("failed", "full"), ("works", "f3")]
    assert not schedule.make_one()


def test_a_crash_is_told_by_its_last_line_and_a_running_backup_is_stopped() -> None:
    told: list[tuple[str, str]] = []
    crash = BackupSchedule(
        [sys.executable, "-c", "raise OSError('gone')"], 60, lambda *each: told.append(each)
    )
    assert not crash.make_one()
    assert told == [("failed", "OSError: gone")]
    slow = BackupSchedule([sys.executable, "-c", "import time; time.sleep(60)"], 60, lambda *_: None)
    slow.start()
    slow.stop()
    slow._thread.join(30)  # a machine that stands still is no sign that the backup goes on
    assert not slow._thread.is_alive()


def test_neither_a_backup_that_cannot_be_begun_nor_a_closed_terminal_ends_the_schedule(
    tmp_path: Path,
) -> None:
    program = tmp_path / "program"
    told: list[str] = []
    enough = threading.Event()

    def tell(code: str, _message: str) -> None:
        told.append(code)
        if code == "works":
            enough.set()
        else:
            program.write_text('#!/bin/sh\necho \'{"file": "f"}\'\n')
            program.chmod(0o700)
        raise BrokenPipeError

    schedule = BackupSchedule([str(program)], 0.01, tell)
    schedule.start()
    assert enough.wait(30)
    schedule.stop()
    assert told == ["failed", "works"]
