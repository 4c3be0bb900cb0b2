from __future__ import annotations

from pathlib import Path

import pytest

from cat_server.domain.selection import Formation, FormationKey
from cat_server.runtime.formation_file import read_formations, write_formation_template


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_template_reads_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"formations{suffix}"
    write_formation_template(path)
    read = read_formations(path)
    assert read.problems == read.warnings == ()
    key = FormationKey("Pemerintah Kota Contoh", "Pranata Komputer Terampil", "Dinas Kominfo")
    assert read.formations[1] == Formation(key, 1)


def test_every_problem_is_named_at_once_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "formations.csv"
    path.write_text(
        "Instansi;Nama Jabatan;Jenis Formasi;Jumlah Kebutuhan\n"
        "Kota;Guru;umum;2\n;;;x\nKOTA;guru ;Umum;1\nKota;Dokter;;2,5\nKota;Bidan;;\nKota;Arsiparis;;0\n",
        encoding="utf-8",
    )
    read = read_formations(path)
    assert [(each.code, each.place.row, each.place.column) for each in read.problems] == [
        ("formation_no_position", 3, "Nama Jabatan"),
        ("formation_quota_malformed", 3, "Jumlah Kebutuhan"),
        ("formation_twice", 4, "Nama Jabatan"),
        ("formation_quota_malformed", 5, "Jumlah Kebutuhan"),
        ("formation_quota_malformed", 6, "Jumlah Kebutuhan"),
    ]
    assert [(each.code, each.place.row) for each in read.warnings] == [("formation_quota_zero", 7)]
    assert [(each.key.position, each.quota) for each in read.formations] == [("Guru", 2), ("Arsiparis", 0)]


def test_needed_columns_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "formations.csv"
    path.write_text("Instansi;Formasi\nKota;umum\n", encoding="utf-8")
    codes = [each.code for each in read_formations(path).problems]
    assert codes == ["list_no_column_position", "list_no_column_quota"]
    assert read_formations(tmp_path / "none.csv").problems[0].code == "bank_file_missing"
