"""From files people bring to statistics, through a real bank file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from question_bank.calibration.calibrate import Calibration, Model, calibrate
from question_bank.calibration.findings import Finding
from question_bank.calibration.reading import read_responses
from question_bank.calibration.responses import joined
from question_bank.items import Statistics
from question_bank.reading import ReadBank, read_bank

ITEMS = 12
KEYED = [f"b-{number:02d}" for number in range(ITEMS)]
Write = Callable[[str, Iterable[Iterable[object]], str], Path]


@pytest.fixture
def bank(tmp_path: Path) -> ReadBank:
    """Twelve right-or-wrong items whose keys go A, B, C, D, A ..., and two graded ones."""
    path = tmp_path / "bank.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(
            ["kode", "bagian", "topik", "soal", *"ABCD", "kunci", *(f"nilai {each}" for each in "abcd")]
        )
        for number, item_id in enumerate(KEYED):
            options = [f"{number} {each}" for each in ("satu", "dua", "tiga", "empat")]
            rows.writerow(
                [item_id, "TIU", "", f"Butir {number}", *options, "ABCD"[number % 4], "", "", "", ""]
            )
        for item_id in ("g-1", "g-2"):
            rows.writerow([item_id, "TKP", "", f"Sikap {item_id}", *"wxyz", "", 1, 2, 3, 4])
    read = read_bank(path)
    assert not read.problems
    return read


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, rows: Iterable[Iterable[object]], delimiter: str) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
        return path

    return written


def people(count: int, seed: int = 2, shift: float = 0.0) -> np.ndarray:
    """Return right and wrong of people whose ability is normal around `shift`."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(shift, 1, (count, 1))
    b = np.linspace(-1.5, 1.5, ITEMS)
    return (chance.random((count, ITEMS)) < 1 / (1 + np.exp(-(ability - b)))).astype(int)


def made(bank: ReadBank, path: Path, previous: Statistics | None = None) -> Calibration:
    found, problems = read_responses(path, bank.bank, bank.keys)
    assert found is not None, problems
    return calibrate(bank.bank, bank.keys, found, previous or Statistics(bank.bank.bank_id))


def letters(right: np.ndarray) -> list[list[str]]:
    """Return the answers as letters: the key where it is right, else the letter after it."""
    return [
        ["ABCD"[(item + (0 if is_right else 1)) % 4] for item, is_right in enumerate(row)] for row in right
    ]


def test_letters_scores_and_option_ids_mean_the_same(bank: ReadBank, write: Write) -> None:
    right = people(60)
    by_id = {each.item_id: each for each in bank.bank.items}
    ids = [
        [
            by_id[item_id].source_order["ABCD".index(letter)]
            for item_id, letter in zip(KEYED, row, strict=True)
        ]
        for row in letters(right)
    ]
    ways = [
        write("a.csv", [KEYED, *right.tolist()], ","),
        write(
            "b.csv", [["peserta", *KEYED], *([f"p{n}", *row] for n, row in enumerate(letters(right)))], ";"
        ),
        write("c.csv", [["no", *KEYED], *([n, *row] for n, row in enumerate(ids))], "\t"),
    ]
    scores = [read_responses(each, bank.bank, bank.keys)[0] for each in ways]
    assert all(each is not None and (each.scores == right).all() for each in scores)
    named = scores[1]
    assert named is not None
    assert named.people[:2] == ("p0", "p1")
    assert (named.chosen >= 0).all()


def test_empty_is_not_given_and_a_dash_is_blank(bank: ReadBank, write: Write) -> None:
    path = write(
        "few.csv",
        [["x", "b-00", "b-01", "g-1"], ["1", "A", "", "C"], ["2", "-", "b", "2"], ["", "", "", ""]],
        ";",
    )
    found, problems = read_responses(path, bank.bank, bank.keys)
    assert not problems
    assert found is not None
    assert found.scores.tolist() == [[1, -1, 3], [0, 1, 2]]
    assert found.counts.tolist() == [2, 1, 2]


def test_everything_wrong_is_told_with_its_place(bank: ReadBank, write: Write) -> None:
    path = write("bad.csv", [["x", "b-00", "b-01", "zzz", "b-00"], ["1", "A", "B", "C", "D"]], ",")
    _, problems = read_responses(path, bank.bank, bank.keys)
    assert [(each.code, each.place.row, each.place.column) for each in problems] == [
        ("calibrate_item_unknown", 1, "4"),
        ("calibrate_item_twice", 1, "5"),
    ]
    path = write(
        "worse.csv", [["x", "b-00", "g-1"], ["1", "A", "9"], ["2", "Q", "1"], ["3", "B", "1", "7"]], ","
    )
    _, problems = read_responses(path, bank.bank, bank.keys)
    assert [(each.code, each.place.row, each.place.column) for each in problems] == [
        ("calibrate_cell", 2, "g-1"),
        ("calibrate_cell", 3, "b-00"),
        ("calibrate_row_too_long", 4, ""),
    ]
    path = write("typo.csv", [["x", "b-00", "b-01"], ["1", "1", "2"], ["2", "0"], ["3", "0", "1,5"]], ";")
    _, problems = read_responses(path, bank.bank, bank.keys)
    assert [(each.code, each.place.row, each.place.column) for each in problems] == [
        ("calibrate_cell", 2, "b-01"),
        ("calibrate_row_too_short", 3, ""),
        ("calibrate_cell", 4, "b-01"),
    ]


def test_as_other_programs_write_scores(bank: ReadBank, write: Write, tmp_path: Path) -> None:
    dotted = write(
        "frame.csv", [["", "b-00", "b-01", "g-1"], [0, "1.0", "NaN", "4.0"], [1, "0.0", "1.0", ""]], ","
    )
    commas = write("r.csv", [["b-00", "b-01", "g-1"], ["1,0", "NA", "4"], ["0", "1,", "na"]], ";")
    hinted = tmp_path / "sheet.csv"
    hinted.write_bytes(
        b"\xef\xbb\xbfsep=,\r\n\r\n nama ,b-00,b-01,g-1,,\r\nx, 1 ,,4,,\r\n,,,,,\r\ny,0,1,,,\r\n"
    )
    for path in (dotted, commas, hinted):
        found, problems = read_responses(path, bank.bank, bank.keys)
        assert not problems, path
        assert found is not None
        assert found.scores.tolist() == [[1, -1, 4], [0, 1, -1]]
    hinted.write_bytes(hinted.read_bytes().replace(b"y,0", b"y,Q"))
    assert [each.place.row for each in read_responses(hinted, bank.bank, bank.keys)[1]] == [6]


def test_whole_numbers_from_one_are_options_in_the_authors_order(bank: ReadBank, write: Write) -> None:
    path = write("raw.csv", [["b-00", "b-01", "b-02"], [1, 1, 3], [4, 2, "-"], ["", "2", 2]], ",")
    found, problems = read_responses(path, bank.bank, bank.keys)
    assert not problems
    assert found is not None
    assert found.scores.tolist() == [[1, 0, 1], [0, 1, 0], [-1, 1, 0]]
    options = bank.bank.items[0]
    assert options.options[found.chosen[1, 0]].option_id == options.source_order[3]
    path = write("raw5.csv", [["b-00", "b-01"], [1, 5], [3, 2]], ",")
    _, [problem] = read_responses(path, bank.bank, bank.keys)
    assert (problem.code, problem.place.row, problem.place.column) == ("calibrate_cell", 2, "b-01")


def test_of_very_many_problems_the_number_is_told(bank: ReadBank, write: Write) -> None:
    path = write("all.csv", [["b-00", "b-01"], *[["?", "?"]] * 150], ",")
    _, problems = read_responses(path, bank.bank, bank.keys)
    assert len(problems) == 201
    assert (problems[-1].code, problems[-1].params) == ("calibrate_more_problems", {"count": 100})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "calibrate_unreadable"),
        (b"\x00\x01\x02", "calibrate_unreadable"),
        (b"nama;nilai\nA;1\n", "calibrate_no_items"),
        (b"x;b-00;b-01\n", "calibrate_nobody"),
        (b"x;b-00;b-01\n\n;;\n", "calibrate_nobody"),
        (b"x;b-00;b-01\nany;A;B\n", "calibrate_one_person"),
        (b"x;b-00\nani;A\nbudi;B\n", "calibrate_one_item"),
    ],
)
def test_a_file_without_answers_is_named_as_such(
    bank: ReadBank, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    found, problems = read_responses(path, bank.bank, bank.keys)
    assert found is None
    assert [each.code for each in problems] == [code]


def test_shares_groups_and_parameters_agree_with_what_was_answered(bank: ReadBank, write: Write) -> None:
    right = people(1_000)
    found = made(bank, write("all.csv", [KEYED, *right.tolist()], ","))
    [section] = found.sections
    assert (section.model, section.people, section.median_responses) == (Model.TWO_PL, 1_000, 1_000)
    for each, share in zip(found.items, right.mean(axis=0), strict=True):
        assert each.statistics.p_micro == round(share * 1_000_000)
        assert each.statistics.responses == 1_000
        groups = each.statistics.group_means_micro
        assert len(groups) == 5
        assert sorted(groups) == list(groups)
    locations = [each.statistics.irt.b_micro / 1e6 for each in found.items if each.statistics.irt]
    assert locations == pytest.approx(np.linspace(-1.5, 1.5, ITEMS), abs=0.35)
    assert not any(each.findings for each in found.items)


def test_few_people_get_shares_alone_and_some_a_common_slope(bank: ReadBank, write: Write) -> None:
    few = made(bank, write("30.csv", [KEYED, *people(30).tolist()], ","))
    assert few.sections[0].model is Model.NONE
    assert all(each.statistics.irt is None and each.statistics.p_micro is not None for each in few.items)
    some = made(bank, write("150.csv", [KEYED, *people(150).tolist()], ","))
    assert some.sections[0].model is Model.RASCH
    slopes = {each.statistics.irt.a_micro for each in some.items if each.statistics.irt}
    assert len(slopes) == 1


def test_a_wrong_key_an_unused_option_and_an_item_all_know_are_found(bank: ReadBank, write: Write) -> None:
    right = people(400)
    right[:, 5] = 1
    answers = letters(right)
    for person, row in enumerate(answers):
        # Of item 2 (key C) the able choose A, the others the key: the key sheet has the wrong one.
        row[2] = "A" if right[person].sum() > 7 else "C"
    found = made(bank, write("odd.csv", [KEYED, *answers], ","))
    findings = {each.item_id: each.findings for each in found.items}
    assert Finding.KEY_SUSPECT in findings["b-02"]
    assert Finding.NEGATIVE in findings["b-02"]
    assert Finding.ALL_RIGHT in findings["b-05"]
    assert Finding.OPTION_UNUSED in findings["b-00"]
    easy = next(each.statistics.irt for each in found.items if each.item_id == "b-05")
    assert easy is not None
    assert easy.b_micro < -3_000_000
    assert easy.b_error_micro > 500_000


def test_the_next_calibration_is_linked_brought_together_and_surer(bank: ReadBank, write: Write) -> None:
    first = made(bank, write("1.csv", [KEYED, *people(800).tolist()], ","))
    abler = people(800, seed=7, shift=0.8)
    chance = np.random.default_rng(0)
    abler[:, 4] |= chance.random(800) < 0.6  # an item that became known
    second = made(bank, write("2.csv", [KEYED, *abler.tolist()], ","), first.statistics)
    assert second.sections[0].fitted.shift == pytest.approx(0.8, abs=0.15)
    drifted = [each.item_id for each in second.items if Finding.DRIFT in each.findings]
    assert drifted == ["b-04"]
    for before, after in zip(first.items, second.items, strict=True):
        old, new = before.statistics.irt, after.statistics.irt
        assert old is not None
        assert new is not None
        if after.item_id == "b-04":
            assert after.statistics.responses == 800
        else:
            assert after.statistics.responses == 1_600
            assert new.b_error_micro < old.b_error_micro
            assert abs(new.b_micro - old.b_micro) < 4 * old.b_error_micro


def test_graded_items_get_means_by_group_and_parts_are_joined(bank: ReadBank, write: Write) -> None:
    chance = np.random.default_rng(6)
    attitude = chance.normal(size=500)
    points = np.clip(np.rint(2.5 + attitude[:, None] + chance.normal(0, 0.7, (500, 2))), 1, 4).astype(int)
    halves = [
        read_responses(write(f"{n}.csv", [["g-1", "g-2"], *part.tolist()], ","), bank.bank, bank.keys)[0]
        for n, part in enumerate((points[:250], points[250:]))
    ]
    parts = [each for each in halves if each is not None]
    found = calibrate(bank.bank, bank.keys, joined(parts), Statistics(bank.bank.bank_id))
    assert [(each.model, each.is_graded, each.people) for each in found.sections] == [(Model.NONE, True, 500)]
    for each, mean in zip(found.items, points.mean(axis=0), strict=True):
        assert each.statistics.irt is None
        assert each.statistics.p_micro == round(mean / 4 * 1_000_000)
        weakest, *_, strongest = each.statistics.group_means_micro
        assert 1_000_000 <= weakest < mean * 1_000_000 < strongest <= 4_000_000
