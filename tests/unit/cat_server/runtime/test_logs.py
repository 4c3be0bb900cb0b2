"""What is logged can be read by programs and people, stays within its bounds, and quotes nobody."""

from __future__ import annotations

import json
import logging
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from cat_server.domain.log_entries import ClockStoodStill, CommitSlow, OperationFailed, RolledBack
from cat_server.runtime.logs import MOST_IN_A_MINUTE, start_logs

SECRET = "Siti Rahmawati 47110815"
log = logging.getLogger("cat_server.somewhere")


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    kept = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook)
    yield
    for each in root.handlers[:]:
        each.close()
    root.handlers[:], level, sys.excepthook, threading.excepthook, sys.unraisablehook = kept
    root.setLevel(level)


def lines(folder: Path, process: str = "kiosk") -> list[dict[str, Any]]:
    content = (folder / "logs" / f"{process}.log").read_text(encoding="utf-8")
    return [json.loads(each) for each in content.splitlines()]


def test_a_line_has_time_process_level_code_parameters_and_its_event(tmp_path: Path) -> None:
    start_logs(tmp_path, "kiosk", file_mib=1, files=2)
    log.info(CommitSlow(1_200, 3))
    log.warning(ClockStoodStill("chain-1", 17, 4_000))
    first, second = lines(tmp_path)
    assert first["at_ms"] > 1_700_000_000_000
    assert {name: first[name] for name in ("process", "level", "code", "params")} == {
        "process": "kiosk",
        "level": "info",
        "code": "COMMIT_SLOW",
        "params": {"took_ms": 1_200, "requests": 3},
    }
    assert (second["chain"], second["number"], second["params"]) == ("chain-1", 17, {"down_ms": 4_000})


def test_the_file_is_its_owners_alone_and_only_so_many_of_bounded_size_stay(tmp_path: Path) -> None:
    start_logs(tmp_path, "kiosk", file_mib=1, files=3)
    for each in range(40_000):
        log.warning(RolledBack(each, f"{each} {'x' * 80}"))
        logging.getLogger().handlers[0].filters[0]._seen.clear()  # type: ignore[union-attr]  # no flood here
    found = sorted((tmp_path / "logs").iterdir())
    assert [each.name for each in found] == ["kiosk.log", "kiosk.log.1", "kiosk.log.2"]
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in found)
    assert all(each.stat().st_size <= 1 << 20 for each in found)
    assert lines(tmp_path)[-1]["params"]["requests"] == 39_999


def test_a_flood_of_one_code_is_counted_not_written_and_others_still_pass(tmp_path: Path) -> None:
    start_logs(tmp_path, "kiosk", file_mib=1, files=2)
    for each in range(500):
        log.warning(CommitSlow(each, 1))
    log.error(OperationFailed())
    written = [each["code"] for each in lines(tmp_path)]
    assert written == ["COMMIT_SLOW"] * MOST_IN_A_MINUTE + ["OPERATION_FAILED"]
    record = log.makeRecord(log.name, logging.WARNING, "", 0, CommitSlow(1, 1), (), None)  # type: ignore[arg-type]
    record.created += 61
    log.handle(record)
    assert lines(tmp_path)[-1]["left_out"] == 500 - MOST_IN_A_MINUTE


def test_a_clock_that_is_put_back_silences_nobody(tmp_path: Path) -> None:
    start_logs(tmp_path, "kiosk", file_mib=1, files=2)
    for each in range(MOST_IN_A_MINUTE + 5):
        log.warning(CommitSlow(each, 1))
    record = log.makeRecord(log.name, logging.WARNING, "", 0, CommitSlow(1, 1), (), None)  # type: ignore[arg-type]
    record.created -= 24 * 3600
    log.handle(record)
    assert (len(lines(tmp_path)), lines(tmp_path)[-1]["left_out"]) == (MOST_IN_A_MINUTE + 1, 5)


def test_an_errors_words_are_left_out_its_place_and_its_kind_are_kept(tmp_path: Path) -> None:
    start_logs(tmp_path, "kiosk", file_mib=1, files=2)

    def work() -> None:
        try:
            int(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error

    try:
        work()
    except KeyError:
        log.exception(OperationFailed())
    try:
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("select * from nowhere where name = :name"), {"name": SECRET})
    except Exception:
        log.exception(OperationFailed())
    try:
        (tmp_path / "none" / "file").read_text()
    except OSError:
        log.exception(OperationFailed())
    key, database, disk = lines(tmp_path)
    assert key["error"] == "KeyError"
    assert "ValueError ->" in key["traceback"]
    assert any(each.endswith(" work") and "test_logs.py:" in each for each in key["traceback"])
    assert database["error"] == "OperationalError: no such table: nowhere"
    assert disk["error"] == "FileNotFoundError: No such file or directory"
    assert SECRET not in (tmp_path / "logs" / "kiosk.log").read_text()


def test_libraries_and_what_nothing_caught_get_the_code_unexpected(tmp_path: Path) -> None:
    start_logs(tmp_path, "kiosk", file_mib=1, files=2)
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    of_a_task = f"Task exception was never retrieved\nfuture: {SECRET}"
    logging.getLogger("asyncio").error(of_a_task)
    logging.getLogger("some.library").warning("it says %s", SECRET)
    logging.getLogger("some.library").info("nothing worth a line")
    thread = threading.Thread(target=lambda: int(SECRET))
    thread.start()
    thread.join()
    malformed, task, library, uncaught = lines(tmp_path)
    assert malformed["code"] == "REQUEST_MALFORMED"
    assert task["params"] == {"source": "asyncio", "says": "Task exception was never retrieved"}
    assert library["params"]["says"] == "it says %s"
    assert (uncaught["code"], uncaught["params"]["source"]) == ("UNEXPECTED", "uncaught")
    assert uncaught["level"] == "critical"
    assert uncaught["traceback"]
    assert SECRET not in (tmp_path / "logs" / "kiosk.log").read_text()


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("in the way")
    start_logs(tmp_path, "kiosk", file_mib=1, files=2, echo=lambda line: f"said {line['code']}")
    log.info(CommitSlow(1, 1))
    log.error(OperationFailed())
    told = capfd.readouterr().err.splitlines()
    assert len(told) == 2
    assert str(tmp_path / "logs") in told[0]
    assert told[1] == "said OPERATION_FAILED"
