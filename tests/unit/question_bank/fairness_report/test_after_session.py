"""After an exam: what is planted in the answers is found, what is not there is not, and the power is told."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from cat_server.cli.commands import app
from question_bank.fairness_report.group_differences import Size, graded_difference, keyed_difference
from tests.pdf_text import pdf_pages

ITEMS = 30
IDS = [f"it{number:02d}" for number in range(ITEMS)]
PROFILE = """id = "uji"
version = 1
title = "Uji"
decree = "uji"
digits = 0
[[block]]
code = "utama"
minutes = 60
sections = ["S"]
[[section]]
code = "S"
title = "Bagian"
items = 20
rule = { keyed = { correct = "1", wrong = "0", blank = "0" } }
[ranking]
order = "total"
tie = ["S"]
factor = 1
[policy]
offline_grace_s = 0
late_start = "full_time"
registration_cutoff_s = 300
scoreboard = "live"
"""


def answers(people: int, b: np.ndarray, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(people, 1))
    return (chance.random((people, ITEMS)) < 1 / (1 + np.exp(-(ability - b)))).astype(int)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with (tmp_path / "bank.csv").open("w", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["kode", "bagian", "topik", "soal", *"ABCD", "kunci"])
        rows.writerows([each, "S", "", f"Butir {each}", "w", "x", "y", "z", "A"] for each in IDS)
    (tmp_path / "p.toml").write_text(PROFILE)
    write(tmp_path / "before.csv", answers(2_000, np.linspace(-1.5, 1.5, ITEMS), seed=1))
    assert (
        run("bank", "calibrate", tmp_path / "bank.csv", "--responses", tmp_path / "before.csv").exit_code == 0
    )
    return tmp_path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def write(path: Path, scores: np.ndarray) -> None:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", *IDS])
        rows.writerows([f"p{number}", *row] for number, row in enumerate(scores.tolist()))


def report(folder: Path, name: str, *more: object) -> bytes:
    ran = run(
        *(
            "bank",
            "calibrate",
            folder / "bank.csv",
            "--responses",
            folder / "now.csv",
            "--profile",
            folder / "p.toml",
        ),
        *("--report", folder / name, "--lang", "en", *more),
    )
    assert ran.exit_code == 0, ran.output
    return (folder / name).read_bytes()


def test_a_leaked_item_and_one_that_is_harder_for_a_group_are_found(folder: Path) -> None:
    b = np.tile(np.linspace(-1.5, 1.5, ITEMS), (2_000, 1))
    is_focal = np.arange(2_000) % 3 == 0
    b[:, 4] -= 1.5
    b[is_focal, 11] += 1.4
    write(folder / "now.csv", answers(2_000, b, seed=5))
    groups = "\n".join(f"p{number};{'P' if focal else 'L'}" for number, focal in enumerate(is_focal))
    (folder / "groups.csv").write_text(f"peserta;kelompok\n{groups}\n")
    page = report(folder, "after.html", "--groups", folder / "groups.csv").decode()
    drift = page[page.index("Items whose difficulty drifted") :]
    assert "<td>it04</td>" in drift[: drift.index("</table>")]
    differs = page[page.index("Items that differ for group P") :]
    differs = differs[: differs.index("</table>")]
    assert "<td>it11</td>" in differs
    assert differs.count("<tr>") <= 4
    assert "power 80 %" in page
    assert "does not prove equality" in page
    (folder / "bank.stats-2.csv").unlink()  # what was learned just now would no longer be news
    words = " ".join(" ".join(each) for each in pdf_pages(report(folder, "after.pdf")))
    assert "it04" in words
    assert "the answers of 2000 participants" in words


def test_an_ordinary_exam_is_told_as_such_with_what_could_not_be_found(folder: Path) -> None:
    write(folder / "now.csv", answers(800, np.linspace(-1.5, 1.5, ITEMS), seed=9))
    page = report(folder, "after.html").decode()
    assert "no form that is plainly harder or easier" in page
    assert "cannot be found with this many participants" in page


def test_groups_of_strangers_and_a_report_without_rules_are_refused(folder: Path) -> None:
    write(folder / "now.csv", answers(100, np.linspace(-1.5, 1.5, ITEMS), seed=9))
    (folder / "groups.csv").write_text("peserta;kelompok\nx99;L\np1;P\n")
    base = ("bank", "calibrate", folder / "bank.csv", "--responses", folder / "now.csv")
    told = run(*base, "--groups", folder / "groups.csv", "--json")
    assert told.exit_code == 1
    assert [(each["code"], each["place"]["row"]) for each in json.loads(told.stdout)["problems"]] == [
        ("calibrate_group_person", 2)
    ]
    assert not (folder / "bank.stats-2.csv").exists()
    assert run(*base, "--report", folder / "x.html").exit_code == 2
    assert run(*base, "--profile", folder / "p.toml", "--report", folder / "x.txt").exit_code == 2


def test_the_difference_is_mantel_and_haenszels() -> None:
    """One stratum of a two by two table: 40 of 60 against 30 of 70 right."""
    right = np.array([True] * 40 + [False] * 20 + [True] * 30 + [False] * 40)
    is_focal = np.array([False] * 60 + [True] * 70)
    found = keyed_difference(right, is_focal, np.zeros(130))
    assert found is not None
    assert found.value == pytest.approx(-2.35 * np.log((40 * 40) / (20 * 30)))
    assert found.error == pytest.approx(2.35 * np.sqrt(1 / 40 + 1 / 20 + 1 / 30 + 1 / 40))
    assert found.size is Size.B, "large, but not surely more than small"


def test_graded_items_are_compared_within_strata_only() -> None:
    """The focal group is weaker, not worse served: within strata nothing differs."""
    chance = np.random.default_rng(2)
    share = np.concatenate((chance.normal(0.6, 0.1, 2_000), chance.normal(0.45, 0.1, 2_000)))
    is_focal = np.arange(4_000) >= 2_000
    scores = np.rint(1 + 4 * np.clip(share + chance.normal(0, 0.1, 4_000), 0, 1))
    fair = graded_difference(scores, is_focal, share)
    unfair = graded_difference(scores - is_focal, is_focal, share)
    assert fair is not None
    assert unfair is not None
    assert fair.size is Size.A
    assert unfair.size is Size.C
    assert unfair.value < -0.5
