from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from question_bank.cli import bank_app

HEADER = "No;Materi;Soal;A;B;Kunci\n"
ROWS = "".join(f"{number};TIU;soal {number};x;y;{'AB'[number % 2]}\n" for number in range(1, 13))


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "soal.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "rusak.csv"
    path.write_text(HEADER + ROWS + "98;TIU;tanpa kunci;x;y;\n99;TIU;;x;y;A\n", encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(bank_app, [str(each) for each in arguments], catch_exceptions=False)


def test_a_good_bank_is_told_with_its_columns_counts_and_the_next_step(bank: Path) -> None:
    result = run("check", bank)
    assert result.exit_code == 0
    assert "butir lawan" not in result.output
    for text in ("Dibaca sebagai", "nomor butir", "A 6 B 6", "Butir", f"bank import {bank}"):
        assert text in result.output


def test_problems_are_all_told_and_the_exit_code_says_so(broken: Path) -> None:
    result = run("check", broken)
    assert result.exit_code == 1
    assert "baris 14, kolom Kunci, butir 98" in result.output
    assert "baris 15, kolom Soal, butir 99" in result.output
    assert result.output.index("butir 99") < result.output.index("--keep-good")
    english = run("check", broken, "--lang", "en")
    assert "row 14, column Kunci, item 98" in english.output


def test_json_is_one_object(broken: Path) -> None:
    result = run("check", broken, "--json")
    content = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (content["items"], content["sections"]) == (12, {"TIU": 12})
    assert [each["code"] for each in content["problems"]] == ["bank_key_missing", "bank_stem_missing"]
    assert content["problems"][0]["place"] == {
        "file": "rusak.csv",
        "row": 14,
        "column": "Kunci",
        "item": "98",
    }
    assert all(each["message"] for each in content["problems"])
    assert content["warnings"] == []


def test_keep_good_takes_the_rest_and_names_what_it_left(broken: Path) -> None:
    result = run("check", broken, "--keep-good")
    assert result.exit_code == 0
    assert "14 (98), 15 (99)" in result.output
    assert json.loads(run("check", broken, "--keep-good", "--json").stdout)["rejected"] == [
        {"row": 14, "item": "98"},
        {"row": 15, "item": "99"},
    ]


def test_keep_good_of_nothing_is_still_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "kosong.csv"
    path.write_text("", encoding="utf-8")
    assert run("check", path, "--keep-good").exit_code == 1


def test_an_unfit_bank_is_told_the_command_that_helps(bank: Path) -> None:
    result = run("check", bank, "--profile", "skd_cpns_2024", "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"]
    tiu = next(
        each
        for each in problems
        if each["code"] == "bank_section_too_few" and each["params"]["section"] == "TIU"
    )
    assert (tiu["params"]["needed"], tiu["params"]["available"]) == (35, 12)
    assert f"cat-server profile from-bank {bank}" in tiu["message"]
    assert "from-bank" in run("check", bank, "--profile", "skd_cpns_2024").output


def test_an_unknown_profile_is_a_problem(bank: Path) -> None:
    assert run("check", bank, "--profile", "tidak_ada").exit_code == 1
    assert run("check", bank, "--profile", "tidak_ada", "--keep-good").exit_code == 1


def test_headings_may_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "lain.csv"
    path.write_text("No,Naskah,P1,P2,Betul\n1,s,x,y,A\n", encoding="utf-8")
    assert run("check", path).exit_code == 1
    mapped = ("--map", "Naskah=soal", "--map", "P1=A", "--map", "P2=option_B", "--map", "Betul=kunci")
    assert run("check", path, *mapped).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "x.csv", "--map", "tanpa"),
        ("check", "x.csv", "--map", "A=ngawur"),
        ("check", "x", "--lang", "xx"),
    ],
)
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_template_is_written_once_and_checks(tmp_path: Path) -> None:
    path = tmp_path / "templat.xlsx"
    assert run("template", path).exit_code == 0
    assert run("check", path).exit_code == 0
    assert run("template", path).exit_code == 1
    assert run("template", tmp_path / "tidak-ada" / "t.csv").exit_code == 1
    assert run("template", tmp_path / "t.doc").exit_code == 2
