from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import openpyxl
import pytest

from cat_server.runtime.roster_file import read_roster, write_roster_template

GOOD = "Nomor Peserta;Nama;NIK;Tgl. Lahir;Instansi;Kategori;Akomodasi\n"


def written(tmp_path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_template_reads_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"template{suffix}"
    write_roster_template(path)
    read = read_roster(path, 2026)
    assert read.problems == ()
    assert [each.participant_number for each in read.people] == ["24300110001", "24300110002"]
    assert read.people[1].accommodation == "netra"
    assert read.people[0].birth_date == "1999-01-01"
    with pytest.raises(FileExistsError):
        write_roster_template(path)


def test_every_problem_is_named_at_once_with_its_place(tmp_path: Path) -> None:
    text = (
        GOOD + "001;Andi;3174010101990001;31-02-1999;;;\n"
        ";Budi;;;;;\n"
        "003;;123;;;;\n"
        "001;Citra;3174010101990001;;;;\n"
        "2,43E+10;Dewi;;;;;\n"
        "005;Eka;3,17401E+15;1899-01-01;;;\n"
    )
    read = read_roster(written(tmp_path, text), 2026)
    found = [(each.code, each.place.row, each.place.column) for each in read.problems]
    assert found == [
        ("roster_birth_date_malformed", 2, "Tgl. Lahir"),
        ("roster_number_missing", 3, "Nomor Peserta"),
        ("roster_name_missing", 4, "Nama"),
        ("roster_nik_malformed", 4, "NIK"),
        ("roster_number_twice", 5, "Nomor Peserta"),
        ("roster_nik_twice", 5, "NIK"),
        ("roster_number_rounded", 6, "Nomor Peserta"),
        ("roster_nik_rounded", 7, "NIK"),
        ("roster_birth_date_malformed", 7, "Tgl. Lahir"),
    ]
    assert read.people == ()


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [("No,No. Peserta,Nama Lengkap,Instansi", ","), ("no\tNO PESERTA\tNAMA\tInstansi", "\t")],
)
def test_other_peoples_headings_are_understood(tmp_path: Path, header: str, delimiter: str) -> None:
    row = delimiter.join(["1", "0012", "Siti", "Kota X"])
    read = read_roster(written(tmp_path, f"Daftar Peserta Ujian\n\n{header}\n{row}\n"), 2026)
    assert read.problems == ()
    assert read.people[0].participant_number == "0012"
    assert read.people[0].agency == "Kota X"


def test_a_file_without_the_needed_columns_says_which(tmp_path: Path) -> None:
    read = read_roster(written(tmp_path, "Nama;Instansi\nAndi;X\n"), 2026)
    assert [each.code for each in read.problems] == ["list_no_column_participant_number"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 40, b"PK\x03\x04broken"])
def test_files_that_are_no_list_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    read = read_roster(path, 2026)
    assert read.people == ()
    assert len(read.problems) >= 1
    assert read_roster(tmp_path / "missing.csv", 2026).problems[0].code == "bank_file_missing"


def test_spreadsheet_numbers_and_dates_are_read_as_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Nomor Peserta", "Nama", "Tanggal Lahir"])
    sheet.append([24300110001, "Andi", dt.datetime(1999, 12, 31)])  # noqa: DTZ001 - as a spreadsheet stores it
    path = tmp_path / "roster.xlsx"
    book.save(path)
    read = read_roster(path, 2026)
    assert read.problems == read.warnings == ()
    assert (read.people[0].participant_number, read.people[0].birth_date) == ("24300110001", "1999-12-31")


def test_five_hundred_rows_take_no_time(tmp_path: Path) -> None:
    rows = "".join(f"{number:011d};Peserta {number};;01-01-1999;;;\n" for number in range(500))
    path = written(tmp_path, GOOD + rows)
    started = time.process_time()  # what other processes of the machine take does not count
    assert len(read_roster(path, 2026).people) == 500
    assert time.process_time() - started < 5
