from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from question_bank.profile_cli import profile_app
from question_bank.profile_reading import load_profile, shipped_profiles

BANK = "No;Materi;Soal;A;B;Kunci\n" + "".join(
    f"{n};{'TWK' if n % 2 else 'TIU'};Soal nomor {n};ya {n};tidak {n};A\n" for n in range(1, 9)
)


def run(*words: str) -> Result:
    return CliRunner().invoke(profile_app, list(words))


@pytest.fixture
def bank_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "Bank Latihan.csv"
    file.write_text(BANK, encoding="utf-8")
    return file


def test_list_names_every_shipped_profile() -> None:
    listed = run("list")
    assert listed.exit_code == 0
    assert all(name in listed.stdout for name in shipped_profiles())
    assert [each["profile_id"] for each in json.loads(run("list", "--json").stdout)["profiles"]] == list(
        shipped_profiles()
    )


@pytest.mark.parametrize(("lang", "word"), [("id", "Ambang batas"), ("en", "Thresholds")])
def test_check_of_a_good_profile_speaks_both_languages(lang: str, word: str) -> None:
    checked = run("check", "skd_cpns_2024", "--lang", lang)
    assert checked.exit_code == 0
    assert word in checked.stdout
    assert "TWK ≥ 65, TIU ≥ 80, TKP ≥ 166" in checked.stdout


def test_check_of_a_bad_file_exits_1_and_names_all(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('id = "x"\nversion = 0\nminuets = 3\n', encoding="utf-8")
    checked = run("check", str(file), "--json", "--lang", "en")
    assert checked.exit_code == 1
    content = json.loads(checked.stdout)
    assert {"profile_out_of_range", "profile_missing", "profile_unknown_key"} <= {
        each["code"] for each in content["problems"]
    }
    first = content["problems"][0]
    assert first["place"] == {"file": "bad.toml", "row": 2, "column": "version"}
    assert first["message"].endswith("from 1 to 1000000.")
    assert "row 2" in run("check", str(file), "--lang", "en").stderr


def test_usage_exits_2() -> None:
    assert run("check").exit_code == 2
    assert run("check", "generic", "--lang", "fr").exit_code == 2
    assert run("from-bank", "x.csv", "--minutes", "0").exit_code == 2


def test_what_show_prints_is_a_profile_to_start_from(tmp_path: Path) -> None:
    shown = run("show", "simulation_20x10")
    assert shown.exit_code == 0
    file = tmp_path / "mine.toml"
    file.write_text(shown.stdout, encoding="utf-8")
    assert load_profile(str(file)) == load_profile("simulation_20x10")
    assert "Thresholds" in run("show", "generic", "--lang", "en").stdout
    assert run("show", "nothing_like_it").exit_code == 1


def test_from_bank_writes_a_profile_and_says_what_is_next(bank_file: Path) -> None:
    written = run("from-bank", str(bank_file), "--lang", "en")
    assert written.exit_code == 0, written.output
    assert "--profile bank-latihan.toml" in written.stdout
    profile, problems = load_profile("bank-latihan.toml")
    assert problems == []
    assert profile is not None
    assert [(each.code, each.items) for each in profile.sections] == [("TWK", 2), ("TIU", 2)]


def test_from_bank_never_overwrites(bank_file: Path) -> None:
    assert run("from-bank", str(bank_file)).exit_code == 0
    again = run("from-bank", str(bank_file), "--json")
    assert again.exit_code == 1
    assert [each["code"] for each in json.loads(again.stdout)["problems"]] == ["profile_file_exists"]
    other = run(
        "from-bank", str(bank_file), "--output", "other.toml", "--items", "8", "--minutes", "3", "--json"
    )
    assert other.exit_code == 0
    content = json.loads(other.stdout)
    assert content["profile"]["items"] == 8
    assert content["profile"]["blocks"][0]["allotted_ms"] == 180_000
    assert [each["code"] for each in content["warnings"]] == ["profile_bank_every_item"]
    nowhere = run("from-bank", str(bank_file), "--output", "no/such/folder.toml", "--json")
    assert [each["code"] for each in json.loads(nowhere.stdout)["problems"]] == ["profile_file_unwritable"]


def test_from_bank_passes_on_what_is_wrong_with_the_bank(bank_file: Path) -> None:
    bank_file.write_text(BANK.replace("ya 3;tidak 3;A", "ya 3;tidak 3;"), encoding="utf-8")
    result = run("from-bank", str(bank_file), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"]
    assert not Path("bank-latihan.toml").exists()
