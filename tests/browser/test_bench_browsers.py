"""The bench's room with a real browser in small: each thing that a person waits for is seen, and no answer is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.bench_server.browser_kiosks import answers_missing
from scripts.bench_server.filled_site import kept_site
from tests.site_databases import sqlite_only
from tests.small_bench import small_bench

pytestmark = [pytest.mark.browser, sqlite_only("the bench measures a site on a file")]

KIOSKS = 6
SEEN = ("seen sign-in", "seen start", "seen save, paced", "seen save, flat", "seen result", "seen score")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """Return where the served site lies and the rows by their measure."""
    folder = tmp_path_factory.mktemp("bench")
    rows = small_bench(folder, KIOSKS, "browsers", "--browsers", "1")["rows"]
    return folder / "served", {row["measure"]: row for row in rows}


def test_a_person_sees_each_step_of_the_exam_among_the_others(
    bench: tuple[Path, dict[str, dict[str, Any]]],
) -> None:
    _, rows = bench
    assert tuple(rows) == SEEN
    for row in rows.values():
        assert row["kiosks"] == KIOSKS
        assert row["browsers"] == 1
        assert row["cut"] == 0
        assert row["lost"] == 0
        assert row["seen"] > 0
        assert 0 < row["p50_ms"] <= row["p99_ms"] <= row["max_ms"] < 60_000
    for storm in ("seen sign-in", "seen start"):
        assert rows[storm]["count"] == KIOSKS
    assert rows["seen start"]["files_fetched"] == 0, "scripts come while people wait"
    assert rows["seen result"]["count"] >= 2 * KIOSKS
    assert rows["seen result"]["max_ms"] <= rows["seen score"]["max_ms"]


def test_an_answer_called_saved_that_is_not_in_the_records_is_counted(
    bench: tuple[Path, dict[str, dict[str, Any]]],
) -> None:
    folder, rows = bench
    attempt_id = kept_site(folder).kiosks[KIOSKS].attempt_id
    saved = sum(rows[measure]["seen"] for measure in ("seen save, paced", "seen save, flat"))
    assert answers_missing(folder, attempt_id, {}, saved) == 0
    assert answers_missing(folder, attempt_id, {}, saved + 1) == 1
    assert answers_missing(folder, attempt_id, {1: "o9", 110: "o1"}, saved) == 2
