from __future__ import annotations

from pathlib import Path

import pytest

from question_bank.formats.template import write_template
from question_bank.reading import read_bank


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_the_template_reads_back_whole(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"templat{suffix}"
    write_template(path)
    found = read_bank(path)
    assert found.problems == found.warnings == ()
    assert [each.item_id for each in found.bank.items] == ["contoh-1", "contoh-2"]
    assert all(field for _, field in found.columns)


def test_both_templates_hold_the_same_items(tmp_path: Path) -> None:
    for suffix in (".xlsx", ".csv"):
        write_template(tmp_path / f"templat{suffix}")
    one, other = (read_bank(tmp_path / f"templat{suffix}") for suffix in (".xlsx", ".csv"))
    assert one.bank == other.bank
    assert one.keys.keys == other.keys.keys


def test_a_template_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "templat.csv"
    path.write_text("milik orang")
    with pytest.raises(FileExistsError):
        write_template(path)
    assert path.read_text() == "milik orang"
    with pytest.raises(ValueError, match=r"\.doc"):
        write_template(tmp_path / "templat.doc")
