"""`cat-server doctor` finds what is missing, says what to do, and changes nothing."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cat_server.cli.doctor import GROUPS
from cat_server.cli.doctor_finding import found_by
from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.runtime import machine
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.supervisor import SiteLock
from question_bank.console import Console
from tests.site_databases import change, change_event, copied, sqlite_only, values

Cat = Callable[..., Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from typer.testing import CliRunner  # noqa: PLC0415 - only this fixture runs outside `cat`

    from cat_server.cli.commands import app  # noqa: PLC0415 - the same

    folder = tmp_path_factory.mktemp("doctor") / "demo"
    assert CliRunner().invoke(app, ["demo", "prepare", "--site", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def site(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for port in ("KIOSK", "MONITORING", "SCOREBOARD"):
        monkeypatch.setenv(f"CAT_{port}_PORT", "0")
    # What the machine of the tests has to spare while they run says nothing of the doctor.
    monkeypatch.setattr(machine, "sync_latency_ms", lambda _: 2.0)
    monkeypatch.setattr(machine, "available_memory_bytes", lambda: 4 << 30)
    monkeypatch.setattr(machine, "free_disk_bytes", lambda _: 50 << 30)
    return copied(demo, tmp_path / "demo")


def codes(ran: Any, verdict: str = "problem") -> list[str]:
    return [each["code"] for each in ran.json["checks"] if each["verdict"] == verdict]


def test_a_prepared_demo_is_go_and_every_check_speaks(cat: Cat, site: Path) -> None:
    before = {each: each.stat().st_mtime_ns for each in site.rglob("*") if each.suffix in {".key", ".toml"}}
    ran = cat("doctor", "--site", site, "--json")
    assert ran.code == 0, ran.out
    assert ran.json["is_go"] is True
    said = {each["check"] for each in ran.json["checks"]}
    assert said == {check.__name__ for _, checks in GROUPS for check in checks}
    assert "doctor_backup_none" in codes(ran, "warning")
    after = {each: each.stat().st_mtime_ns for each in site.rglob("*") if each.suffix in {".key", ".toml"}}
    assert before == after
    assert cat("doctor", "--site", site, "--lang", "en").out.splitlines()[-2].startswith("GO.")


def test_a_new_site_is_not_ready_and_each_problem_says_what_to_do(cat: Cat) -> None:
    assert cat("site", "init").code == 0
    ran = cat("doctor", "--json")
    assert ran.code == 1
    assert {"doctor_banks_none", "doctor_committee_none", "doctor_rooms_none"} <= set(codes(ran))
    assert all("cat-server" in each["message"] for each in ran.json["problems"] if "none" in each["code"])
    assert "BELUM SIAP" in cat("doctor").out


def test_no_site_and_wrong_usage_have_their_exit_codes(cat: Cat) -> None:
    assert cat("doctor").code == 1
    assert cat("doctor", "--frobnicate").code == 2


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("", "results_ledger_hash"),
        ("UPDATE alembic_version SET version_num = '9999'", "refusal_DATABASE_NEWER"),
        pytest.param(
            "UPDATE attempt SET exam_session_id = 'nowhere'", "doctor_database_damaged",
            marks=sqlite_only("PostgreSQL does not look for rows without the row that they name"),
        ),
        ("UPDATE officer SET is_active = false WHERE committee = 'agency_committee'", "doctor_committee_none"),
    ],
)  # fmt: skip
def test_changed_records_are_found(cat: Cat, site: Path, damage: str, code: str) -> None:
    if damage:
        change(site, damage)
    else:
        change_event(site, 1, "SITE_INIT", "SITE_X")
    ran = cat("doctor", "--site", site, "--json")
    assert ran.code == 1
    assert code in codes(ran)


def test_a_session_today_needs_its_papers_and_its_seed(
    cat: Cat, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SystemClock().now()
    day_ms = 86_400_000
    noon = replace(
        now, at_ms=now.at_ms - now.at_ms % day_ms + day_ms + 5 * 3_600_000
    )  # in Jakarta: no midnight near
    monkeypatch.setattr(SystemClock, "now", lambda _: noon)
    change(site, f"UPDATE exam_session SET planned_start_at_ms = {noon.at_ms}")
    assert "doctor_session_cutoff" in codes(cat("doctor", "--site", site, "--json"), "warning")
    for seed in (site / "keys" / "seeds").iterdir():
        seed.unlink()
    ran = cat("doctor", "--site", site, "--json")
    assert "refusal_SEED_MISSING" in codes(ran)
    assert "doctor_session_cutoff" not in codes(ran)


def test_open_keys_and_lost_banks_are_found(cat: Cat, site: Path) -> None:
    next((site / "banks").glob("*.keys")).unlink()
    (site / "keys" / "seeds").chmod(0o755)
    ran = cat("doctor", "--site", site, "--json")
    assert {"refusal_BANK_UNREADABLE", "doctor_readable"} <= set(codes(ran))
    (site / "keys" / "master.key").chmod(0o644)
    assert "refusal_KEYS_READABLE_BY_OTHERS" in codes(cat("doctor", "--site", site, "--json"))


def test_a_clock_behind_the_last_record_is_found(cat: Cat, site: Path) -> None:
    later = (time.time_ns() // 1_000_000) + 3_600_000
    query = "select number, envelope from ledger where chain = 'site' order by number desc limit 1"
    [(number, envelope)] = values(site, query)
    changed = json.dumps(json.loads(envelope) | {"at_ms": later}).encode()
    change(site, "update ledger set envelope = ? where chain = 'site' and number = ?", changed, number)
    assert "doctor_clock_behind" in codes(cat("doctor", "--site", site, "--json"))


def test_a_port_of_another_program_is_a_problem_and_of_our_own_server_is_not(
    cat: Cat, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("CAT_MONITORING_PORT", str(other.getsockname()[1]))
        assert "refusal_PORT_BUSY" in codes(cat("doctor", "--site", site, "--json"))
        lock = SiteLock(site / "serve.lock")
        ran = cat("doctor", "--site", site, "--json")
        lock.release()
    assert ran.code == 0
    assert "doctor_ports_served" in codes(ran, "go")


@pytest.mark.parametrize(
    ("name", "value", "verdict", "code"),
    [
        ("free_disk_bytes", 1 << 29, "problem", "doctor_disk_full"),
        ("free_disk_bytes", 2 << 30, "warning", "doctor_disk_low"),
        ("sync_latency_ms", 900.0, "problem", "doctor_sync_too_slow"),
        ("sync_latency_ms", 60.0, "warning", "doctor_sync_slow"),
        ("available_memory_bytes", 1 << 28, "problem", "doctor_memory_full"),
        ("open_files_limits", (256, 256), "problem", "doctor_open_files_few"),
        ("unit_state", "disabled", "problem", "doctor_unit_disabled"),
        ("unit_state", "enabled", "go", "doctor_unit"),
    ],
)
def test_a_weak_machine_is_named(
    site: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object, verdict: str, code: str
) -> None:
    monkeypatch.setattr(machine, name, lambda *_: value)
    opened = SiteCommand(Console(catalogue(), "id"), site)
    try:
        found = [each for check in dict(GROUPS)["doctor_machine"] for each in found_by(check, opened)]
    finally:
        opened.close()
    assert (verdict, code) in [(each.verdict.value, each.said.code) for each in found]


def test_more_kiosk_processes_than_cores_are_a_warning(
    cat: Cat, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setenv("CAT_KIOSK_WORKERS", "4")
    assert "doctor_workers" in codes(cat("doctor", "--site", site, "--json"), "go")
    monkeypatch.setenv("CAT_KIOSK_WORKERS", "5")
    assert "doctor_workers_many" in codes(cat("doctor", "--site", site, "--json"), "warning")
