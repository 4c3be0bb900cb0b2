from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from question_bank.reading import ReadBank, read_bank

HEADER = ["No", "Materi", "Soal", "A", "B", "C", "Kunci", "Bobot A", "Bobot B", "Bobot C"]


def workbook(*rows: list[object], title: str = "Soal") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(tmp_path: Path, content: bytes) -> ReadBank:
    path = tmp_path / "soal.xlsx"
    path.write_bytes(content)
    return read_bank(path)


def options(found: ReadBank) -> list[str]:
    item = found.bank.items[0]
    texts = {each.option_id: each.html for each in item.options}
    return [texts[each] for each in item.source_order]


def test_a_workbook_reads_like_a_csv_file(tmp_path: Path) -> None:
    book = workbook(
        HEADER, [1, "TIU", "2 + 2 = …", 3, 4, 5.5, "B"], [2.0, "TKP", "Saya", "a", "b", "c", None, 1, 2.5, 5]
    )
    found = read(tmp_path, saved(book))
    assert found.problems == found.warnings == ()
    assert [each.item_id for each in found.bank.items] == ["1", "2"]
    assert options(found) == ["3", "4", "5.5"]
    assert sorted(found.keys.keys["2"].points.values()) == [1_000_000, 2_500_000, 5_000_000]


def test_cells_are_read_as_they_were_typed(tmp_path: Path) -> None:
    book = workbook(HEADER, [1, "TIU", 0.1 + 0.2, 0.25, True, dt.date(1945, 8, 17), "A"])
    book.worksheets[0]["D2"].number_format = "0%"
    found = read(tmp_path, saved(book))
    assert found.bank.items[0].stem == "0.3"
    assert options(found) == ["25%", "TRUE", "17 Agustus 1945"]
    warning = found.warnings[0]
    assert (warning.code, warning.place.row, warning.place.column) == ("bank_cell_is_date", 2, "F")


def test_problems_name_sheet_row_and_column(tmp_path: Path) -> None:
    found = read(
        tmp_path, saved(workbook(["Bank soal"], [], HEADER, [7, "TIU", "s", "x", "y", "z", "Q"], title="SKD"))
    )
    place = found.problems[0].place
    assert (place.sheet, place.row, place.column, place.item) == ("SKD", 4, "Kunci", "7")


def test_the_first_sheet_with_a_header_is_read_and_others_named(tmp_path: Path) -> None:
    book = workbook(["Petunjuk"], ["Isi lembar berikut"], title="Petunjuk")
    for title in ("Paket 1", "Paket 2"):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        sheet.append([1, "TIU", title, "x", "y", "z", "A"])
    found = read(tmp_path, saved(book))
    assert found.bank.items[0].stem == "Paket 1"
    assert [(each.code, each.params["others"]) for each in found.warnings] == [
        ("bank_sheets_left", "Paket 2")
    ]


def test_an_error_in_a_cell_is_a_problem(tmp_path: Path) -> None:
    found = read(tmp_path, saved(workbook(HEADER, [1, "TIU", "s", "x", "#REF!", "z", "A"])))
    assert [each.code for each in found.problems] == ["bank_cell_error"]


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert [each.code for each in read(tmp_path, saved(openpyxl.Workbook())).problems] == ["bank_file_empty"]


def _repacked(content: bytes, name: str, replacement: bytes) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            new.writestr(member, replacement if member == name else old.read(member))
    return buffer.getvalue()


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
@pytest.mark.parametrize(
    "replacement",
    [
        b"",
        b"<a><b></a>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("b"), ord("k")))
        + b"]><z>&j;</z>",
    ],
)
def test_broken_and_hostile_parts_are_refused(tmp_path: Path, member: str, replacement: bytes) -> None:
    content = _repacked(saved(workbook(HEADER, [1, "TIU", "s", "x", "y", "z", "A"])), member, replacement)
    assert [each.code for each in read(tmp_path, content).problems] in (
        ["bank_workbook_broken"],
        ["bank_file_empty"],
    )


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as member:
            for _ in range(520):
                member.write(bytes(1024 * 1024))
    assert [each.code for each in read(tmp_path, buffer.getvalue()).problems] == [
        "bank_file_unpacks_too_large"
    ]


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", b"<x/>")
    assert [each.code for each in read(tmp_path, buffer.getvalue()).problems] == ["bank_file_not_table"]


def _timeless(content: bytes) -> bytes:
    """Return a workbook without the times at which it was saved, so that every run flips the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-01-01T00:00:00Z", old.read(member))
            new.writestr(zipfile.ZipInfo(member), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def test_flipped_bytes_never_make_it_stumble(tmp_path: Path) -> None:
    content = _timeless(saved(workbook(HEADER, [1, "TIU", "s", "x", "y", "z", "A"])))
    chance = random.Random(7)
    for _ in range(60):
        broken = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        read(tmp_path, bytes(broken[: chance.randint(20, len(broken))]))
        found = read(tmp_path, bytes(broken))
        assert found.problems or found.bank.items
