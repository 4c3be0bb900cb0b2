"""The server's bench in small: its JSON has the shape that is read, and every acknowledged answer is in the records."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.bench_server.filled_site import kept_site
from scripts.bench_server.serving import lost_answers
from scripts.bench_server.targets import targets
from tests.site_databases import sqlite_only
from tests.small_bench import small_bench

pytestmark = sqlite_only("the bench measures a site on a file")

KIOSKS = 6


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("bench")
    only = "flat,paced,storms,board,pause,reloads,start-up"
    return small_bench(folder, KIOSKS, only) | {"folder": folder}


def of(content: dict[str, Any], measure: str) -> dict[str, dict[str, Any]]:
    return {row["server"]: row for row in content["rows"] if row["measure"] == measure}


def test_flat_out_has_three_servers_in_one_run_and_loses_nothing(content: dict[str, Any]) -> None:
    rows = of(content, "flat")
    assert set(rows) == {"bare", "cat-server", "usual"}
    for row in rows.values():
        assert row["count"] > 0
        assert row["per_s"] > 0
        assert row["per_cpu_s"] > 0
        assert 0 < row["p50_ms"] <= row["p99_ms"] <= row["max_ms"]
        assert row["cut"] == 0
    assert rows["cat-server"]["lost"] == 0
    assert set(rows["cat-server"]["pss_mib"]) == {"supervisor", "kiosk", "monitoring"}


def test_storms_boards_and_a_pause_are_measured_to_their_end(content: dict[str, Any]) -> None:
    for storm in ("sign-ins", "starts", "finishes", "papers", "pages"):
        row = of(content, storm)["cat-server"]
        assert row["count"] == KIOSKS
        assert row["cut"] == 0
    assert of(content, "finishes")["cat-server"]["lost"] == 0
    assert of(content, "starts")["cat-server"]["largest_bytes"] > 5_000
    assert of(content, "time-up")["cat-server"]["left"] == 0
    board = of(content, "board")["cat-server"]
    assert board["missing"] == 0
    assert board["frames"] > 0
    pause = of(content, "pause")["cat-server"]
    assert pause["lost"] == 0
    assert -50 < pause["in_effect_ms"] < 10_000


def test_targets_say_what_was_reached(content: dict[str, Any]) -> None:
    found = [each["text"] for each in content["targets"]]
    assert found == [each.text for each in targets(content["rows"])]
    assert any("bare ceiling" in each for each in found)
    assert any("pause in effect" in each for each in found)


def test_an_answer_that_is_not_in_the_records_is_counted_as_lost(content: dict[str, Any]) -> None:
    site = kept_site(content["folder"] / f"running-{KIOSKS}")
    claimed = {site.kiosks[0].attempt_id: 3}
    assert lost_answers(site, claimed) == 3
