"""The server's numbers: for Prometheus without a sign-in and without anybody's data, as curves for who looks after it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from cat_server.queries.health import Health
from monitoring.metrics import metrics_text

HEALTH = Health(
    can_save=True,
    trouble="",
    waiting=0,
    journal="required",
    journal_trouble="",
    backup_age_s=61,
    disk_free_mib=2_048,
    is_ballast_gone=False,
    kiosks_seen=12,
    database="SQLite 3.53.4",
    database_version="0007",
    ledger_events=345,
    commit_ms=1.5,
    now_ms=1_795_000_000_000,
    timezone="Asia/Jakarta",
    ports=(8080, 8081, 8082),
    look_at=(),
)
LANE = {
    "commits": 4,
    "requests": 30,
    "rolled_back": 1,
    "total_ms": 12.5,
    "classes": [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    "queue": 7,
}


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Read an exposition with Prometheus' own parser."""
    return {
        (each.name, *(each.labels[name] for name in sorted(each.labels))): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_prometheus_reads_what_the_server_tells() -> None:
    found = samples(metrics_text(HEALTH, {"kiosk": LANE, "monitoring": {**LANE, "requests": 2}}).decode())
    assert found["cat_can_save",] == 1
    assert found["cat_journal_failing",] == 0
    assert found["cat_disk_free_bytes",] == 2_048 * 1024**2
    assert found["cat_backup_age_seconds",] == 61
    assert found["cat_write_requests_total", "kiosk"] == 30
    assert found["cat_write_requests_total", "monitoring"] == 2
    assert found["cat_write_rollbacks_total", "kiosk"] == 1
    assert found["cat_write_queue", "kiosk"] == 7
    assert found["cat_commit_seconds_bucket", "0.001", "kiosk"] == 1
    assert found["cat_commit_seconds_bucket", "0.005", "kiosk"] == 3
    assert found["cat_commit_seconds_bucket", "+Inf", "kiosk"] == 4
    assert found["cat_commit_seconds_count", "kiosk"] == 4
    assert found["cat_commit_seconds_sum", "kiosk"] == 0.0125


def test_without_a_backup_or_a_process_there_is_no_line_for_it() -> None:
    none = replace(
        HEALTH, can_save=False, journal_trouble="gone", backup_age_s=None, is_ballast_gone=True, kiosks_seen=0
    )
    found = samples(metrics_text(none, {}).decode())
    assert found["cat_can_save",] == 0
    assert found["cat_journal_failing",] == found["cat_disk_reserve_gone",] == 1
    assert not [name for name in found if name[0].startswith(("cat_backup", "cat_write", "cat_commit"))]


def test_who_may_see_them(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        async with stage.officer("technician") as client:
            page = await client.get("/server")
            assert page.status_code == 200
            assert page.text.count("data-curve=") == 5
            numbers = (await client.get("/server/numbers")).json()
            assert numbers["health"]["can_save"] is True
        async with stage.officer("witness") as client:
            assert (await client.get("/server")).status_code == 403
            assert (await client.get("/server/numbers")).status_code == 403
            assert "/server" not in (await client.get("/")).text
            open_to_all = await client.get("/metrics", headers={"cookie": ""})
            assert open_to_all.status_code == 200
            assert open_to_all.headers["content-type"].startswith("text/plain")

    asyncio.run(check())
