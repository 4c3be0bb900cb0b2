"""The demo bank is right where it can be computed, and nothing in it gives a key away."""

from __future__ import annotations

import csv
import importlib
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[4]
Rows = list[dict[str, str]]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("check_demo_bank")


@pytest.fixture
def rows(script: ModuleType) -> Rows:
    loaded: Rows = script.load(script.BANK)
    return loaded


def test_the_bank_has_no_complaints(script: ModuleType) -> None:
    assert script.check() == []


def test_it_is_what_its_sources_give(script: ModuleType) -> None:
    builder = importlib.import_module("build_demo_bank")
    assert builder.bank_text(builder.drafts()) == script.BANK.read_text(encoding="utf-8")


def test_it_is_in_the_manner_of_the_template() -> None:
    with (ROOT / "question_bank" / "demo" / "bank.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file, delimiter=";"))
    expected = "ID;Materi;Topik;Subtopik;Tingkat;Soal;A;B;C;D;E;Kunci;Bobot A;Bobot B;Bobot C;Bobot D;Bobot E"
    assert header == expected.split(";")


def test_every_numeric_figural_and_logical_item_is_computed(script: ModuleType, rows: Rows) -> None:
    computed = [row for row in rows if row["Materi"] == "TIU" and script.computed_answer(row) is not None]
    topics = Counter(row["Topik"] for row in computed)
    assert topics == {"numerik": 54, "figural": 37, "verbal": 14 + 14}


def test_a_wrong_key_of_any_computed_item_is_found(script: ModuleType, rows: Rows) -> None:
    for row in rows:
        if row["Materi"] == "TIU" and script.computed_answer(row) is not None:
            row["Kunci"] = "ABCDE"[("ABCDE".index(row["Kunci"]) + 1) % 5]
    assert len(script.check_answers(rows)) == 54 + 37 + 28


def test_a_changed_number_in_a_stem_is_found(script: ModuleType, rows: Rows) -> None:
    series = next(row for row in rows if row["Soal"].startswith("4, 7, 12"))
    series["Soal"] = series["Soal"].replace("28", "29")
    assert len(script.check_answers(rows)) == 1


def test_a_changed_word_problem_is_found(script: ModuleType, rows: Rows) -> None:
    story = next(row for row in rows if row["Soal"].startswith("Pompa A"))
    story["Soal"] = story["Soal"].replace("12 jam", "3 jam")
    assert len(script.check_answers(rows)) == 1


@pytest.mark.parametrize("subtopic", ["analogi", "serial"])
def test_a_figure_that_no_longer_follows_its_rule_is_found(
    script: ModuleType, rows: Rows, subtopic: str
) -> None:
    figures = [row for row in rows if row["Topik"] == "figural" and row["Subtopik"] == subtopic]
    for row in figures:
        wrong = next(label for label in "ABCDE" if label != row["Kunci"])
        row[row["Kunci"]], row[wrong] = row[wrong], row[row["Kunci"]]
    assert len(script.check_answers(rows)) == len(figures)


def test_no_other_figure_differs_in_anything_simple(script: ModuleType, rows: Rows) -> None:
    """A grey copy of one of the four that keep the pattern would be a second odd one out."""
    oddity = next(
        row
        for row in rows
        if row["Subtopik"] == "ketidaksamaan" and all(row[label].count("<path") == 2 for label in "ABCDE")
    )
    for label in "ABCDE":
        oddity[label] = oddity[label].replace("#a6a6a6", "#ffffff")
    other = next(label for label in "ABCDE" if label != oddity["Kunci"])
    oddity[other] = re.sub(
        'fill="#(?:ffffff|1a1a1a)" stroke="#1a1a1a"', 'fill="#a6a6a6" stroke="#1a1a1a"', oddity[other]
    )
    assert len(script.check_answers(rows)) == 1


def _swap_grades(rows: Rows) -> None:
    rows[-1]["Bobot A"] = rows[-1]["Bobot B"]


def _repeat_stem(rows: Rows) -> None:
    rows[1] |= {heading: rows[0][heading] for heading in ("Soal", *"ABCDE")}


def _repeat_option(rows: Rows) -> None:
    rows[0]["A"] = rows[0]["B"]


def _move_topic(rows: Rows) -> None:
    rows[0]["Topik"] = "kebangsaan"


@pytest.mark.parametrize("damage", [_swap_grades, _repeat_stem, _repeat_option, _move_topic])
def test_a_damaged_form_is_found(script: ModuleType, rows: Rows, damage: Callable[[Rows], None]) -> None:
    damage(rows)
    assert script.check_form(rows)


def test_keys_all_in_one_place_are_found(script: ModuleType, rows: Rows) -> None:
    for row in rows:
        if row["Kunci"]:
            row["A"], row[row["Kunci"]], row["Kunci"] = row[row["Kunci"]], row["A"], "A"
    assert [complaint[:3] for complaint in script.check_giveaways(rows)] == ["TWK", "TIU"]
