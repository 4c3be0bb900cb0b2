"""What is known of a bank's items reaches the forms of an exam session, and newer statistics reach the next one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cat_server.actions import create_exam_session
from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.queries.form_drawings import StoredDrawing, certificate_of, drawing_of
from cat_server.queries.site_contents import exam_session_named
from question_bank.assembly.sealed_seed import SECRET_BYTES, SealedSeed
from question_bank.console import Console

Cat = Callable[..., Any]
ROSTER = "Nomor Peserta;Nama;Tanggal Lahir\n" + "".join(
    f"{number:05d};Peserta {number};01-01-1999\n" for number in range(1, 25)
)
CREATE = ("exam-session", "create", "S1", "--event", "E1", "--room", "A", "--profile", "simulation_20x10")


@pytest.fixture
def site(cat: Cat) -> Cat:
    Path("rooms.csv").write_text("Kode;Kursi;Cadangan;Kolom\nA;12;0;4\n", encoding="utf-8")
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    for command in (
        ("site", "init", "--host", "cat.local", "--demo"),
        ("room", "import", "rooms.csv"),
        ("event", "create", "E1", "--name", "Seleksi"),
        ("roster", "import", "roster.csv", "--event", "E1"),
        (
            "bank",
            "synthesize",
            "--items",
            600,
            "--profile",
            "simulation_20x10",
            "--seed",
            "a",
            "-o",
            "syn.csv",
        ),
    ):
        ran = cat(*command)
        assert ran.code == 0, ran.err
    return cat


def drawing(code: str) -> tuple[StoredDrawing, dict[str, Any], str]:
    """Return how a session was drawn, its fairness report, and the sentences of its certificate."""
    opened = SiteCommand(Console(catalogue(), "en", as_json=False), Path("site"))
    try:
        session_id = exam_session_named(opened.reader, code).exam_session_id
        found = drawing_of(opened.reader, session_id)
        assert found is not None
        return found, json.loads(found.report), " ".join(certificate_of(opened.reader, session_id, "en"))
    finally:
        opened.close()


def band(report: dict[str, Any], section: str) -> float:
    return float(next(each for each in report["sections"] if each["code"] == section)["pass_spread_band"])


def surer(number: int) -> None:
    """Write the next statistics as if ten times as many people had answered."""
    with Path("syn.stats-1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["responses"] = str(10 * int(row["responses"]))
        for name in ("a_error", "b_error"):
            row[name] = f"{float(row[name] or 0) / 3:.6f}" if row[name] else ""
    with Path(f"syn.stats-{number}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_banks_statistics_reach_its_sessions_and_newer_ones_narrow_the_next(
    site: Cat, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both sessions are drawn from this seed: from seeds of their own, chance alone outweighs what is known once in a hundred.
    monkeypatch.setattr(create_exam_session, "SealedSeed", lambda _: SealedSeed(b"s" * SECRET_BYTES))
    taken = site("bank", "import", "syn.csv", "--json")
    assert taken.code == 0, taken.err
    assert taken.json["statistics"] == "syn.stats-1.csv"
    assert site(*CREATE, "--bank", "syn").code == 0
    first, report, certificate = drawing("S1")
    assert first.stats_hash == taken.json["stats_hash"]
    assert all(each["tier"] > 1 for each in report["sections"])
    assert "points" in certificate

    surer(2)
    newer = site("bank", "statistics", "syn", "syn.stats-2.csv", "--json")
    assert newer.code == 0, newer.err
    assert newer.json["stats_hash"] != first.stats_hash
    again = site("bank", "statistics", "syn", "syn.stats-2.csv", "--json")
    assert (again.code, again.problems) == (1, ["refusal_STATISTICS_KNOWN"])

    assert site("exam-session", "copy", "S1", "S2").code == 0
    second, narrower, _ = drawing("S2")
    assert second.stats_hash == newer.json["stats_hash"]
    for section in ("TIU", "TKP"):
        assert band(narrower, section) < band(report, section)
    for code in ("S1", "S2"):
        assert site("exam-session", "forms", "verify", code, "--json").json["verified"], code
    assert site("bank", "statistics", "syn", "syn.stats-1.csv").code == 0
    assert drawing("S1")[0].stats_hash == first.stats_hash


def test_statistics_of_another_bank_change_nothing(site: Cat) -> None:
    Path("wrong.csv").write_text("item_id,responses,p\nnobody,100,0.5\n", encoding="utf-8")
    refused = site("bank", "import", "syn.csv", "--statistics", "wrong.csv", "--json")
    assert (refused.code, refused.problems) == (1, ["fair_item_unknown"])
    assert site("bank", "list", "--json").json["banks"] == []

    assert site("bank", "import", "syn.csv").code == 0
    before = site("bank", "list", "--json").json
    refused = site("bank", "statistics", "syn", "wrong.csv", "--json")
    assert (refused.code, refused.problems) == (1, ["fair_item_unknown"])
    assert site("bank", "statistics", "other", "syn.stats-1.csv", "--json").problems == [
        "refusal_BANK_UNKNOWN"
    ]
    assert site("bank", "list", "--json").json == before


def test_rows_left_out_of_the_bank_may_stand_in_its_statistics(site: Cat) -> None:
    lines = Path("syn.csv").read_text(encoding="utf-8-sig").splitlines()
    heading = lines[0].split(";")
    cells = next(csv.reader([lines[5]], delimiter=";"))
    cells[heading.index("Kunci")] = ""
    lines[5] = ";".join(cells)
    Path("syn.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    kept = site("bank", "import", "syn.csv", "--keep-good", "--json")
    assert kept.code == 0, kept.out
    assert kept.json["imported"]
    assert kept.json["statistics"] == "syn.stats-1.csv"
