"""A roster out of a CSV or XLSX file, with everything that is wrong with it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from cat_server.domain.roster import (
    RosterPerson,
    name_problem,
    nik_problem,
    number_problem,
    parse_birth_date,
    text_problem,
)
from cat_server.runtime.list_files import ListFile, read_list
from question_bank.formats.table import Row
from question_bank.problems import Place, Problem

HEADINGS: dict[str, tuple[str, ...]] = {
    "participant_number": (
        *("nomor peserta", "no peserta", "participant number", "nomor peserta ujian", "no peserta ujian"),
        *("nomor ujian", "no ujian", "nopes", "no pes", "nomor tes", "nomor registrasi", "no registrasi"),
        *("exam number", "registration number", "id peserta", "kode peserta", "nomor"),
    ),
    "name": ("nama", "nama peserta", "nama lengkap", "name", "full name", "participant name", "nama pelamar"),
    "nik": (
        *("nik", "no nik", "nomor nik", "no ktp", "nomor ktp", "ktp", "nomor induk kependudukan"),
        *("national id", "national id number"),
    ),
    "birth_date": (
        *("tanggal lahir", "tgl lahir", "tgl lhr", "birth date", "date of birth", "dob", "birthdate"),
    ),
    "agency": ("instansi", "nama instansi", "agency", "satuan kerja", "satker", "unit kerja", "institution"),
    "position": ("jabatan", "nama jabatan", "jabatan yang dilamar", "jabatan dilamar", "position", "job"),
    "formation": (
        *("formasi", "nama formasi", "lokasi formasi", "kode formasi", "unit penempatan", "penempatan"),
        *("lokasi jabatan", "formation", "vacancy"),
    ),
    "category": (
        *("jenis formasi", "kategori formasi", "kategori", "jenis kebutuhan", "jenis jabatan formasi"),
        *("category", "formation category", "jenis pengadaan"),
    ),
    "accommodation": (
        *("akomodasi", "kebutuhan khusus", "jenis disabilitas", "disabilitas", "accommodation"),
        *("accommodations", "tambahan waktu"),
    ),
    "photo": (
        *("foto", "file foto", "nama file foto", "berkas foto", "nama berkas foto", "pas foto", "pasfoto"),
        *("photo", "photo file", "photo filename", "picture"),
    ),
}
_TEMPLATE = (
    *("Nomor Peserta", "Nama", "NIK", "Tanggal Lahir", "Instansi", "Jabatan", "Formasi", "Kategori"),
    *("Akomodasi", "Foto"),
)
_EXAMPLES = (
    (
        *("24300110001", "Contoh Nama Satu", "3174010101990001", "01-01-1999", "Pemerintah Kota Contoh"),
        *("Analis Kebijakan Ahli Pertama", "Sekretariat Daerah", "umum", "", ""),
    ),
    (
        *("24300110002", "Contoh Nama Dua", "3174014202980002", "02-02-1998", "Pemerintah Kota Contoh"),
        *("Pranata Komputer Terampil", "Dinas Kominfo", "disabilitas", "netra", ""),
    ),
)
_DROPPED = {"", "-", "tidak", "tidak ada", "no", "none", "0"}
SUFFIXES = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class WantedPhoto:
    """The photo of a row: the file that the row names, empty for the one named by the participant number."""

    participant_number: str
    file: str
    place: Place


@dataclass(frozen=True, slots=True)
class ReadRoster:
    """The good people of a file, the row of each by participant number, and how headings were understood.

    `photos` has the photo of every row with a number, also of rows with problems, so that all is said at once.
    """

    people: tuple[RosterPerson, ...] = ()
    rows: dict[str, int] | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()
    photos: tuple[WantedPhoto, ...] = ()

    def place(self, person: RosterPerson, field: str, file: str) -> Place:
        """Return where a person's field stands."""
        heading = next((heading for heading, name in self.headings if name == field), "")
        return Place(file, row=(self.rows or {}).get(person.participant_number.casefold()), column=heading)


def read_roster(path: Path, last_year: int) -> ReadRoster:
    """Return the roster in a file; `last_year` is the latest year of birth that is believed."""
    found, problems, warnings = read_list(path, HEADINGS, ("participant_number", "name"))
    if found is None:
        return ReadRoster(problems=tuple(problems), warnings=tuple(warnings))
    people: list[RosterPerson] = []
    photos: list[WantedPhoto] = []
    numbers: dict[str, int] = {}
    niks: dict[str, int] = {}
    for row in found.rows:
        person, wrong = _person(found, row, last_year)
        number, nik = person.participant_number, person.nik
        first = numbers.setdefault(number.casefold(), row.number) if number else row.number
        if first != row.number:
            wrong.append(
                found.problem(
                    "roster_number_twice", row, "participant_number", {"number": number, "row": first}
                )
            )
        first = niks.setdefault(nik, row.number) if nik else row.number
        if first != row.number:
            wrong.append(found.problem("roster_nik_twice", row, "nik", {"row": first}))
        problems += wrong
        if number:
            place = Place(found.file, found.sheet, row.number, found.heading("photo"))
            photos.append(WantedPhoto(number, found.text(row, "photo"), place))
        if not wrong:
            people.append(person)
    if not found.rows:
        problems.append(Problem("roster_no_people", params={"file": path.name}))
    rows = {number: row for number, row in numbers.items() if number}
    return ReadRoster(tuple(people), rows, tuple(problems), tuple(warnings), found.headings, tuple(photos))


def write_roster_template(path: Path) -> None:
    """Write an example roster as CSV or XLSX.

    Raises:
        FileExistsError: the file exists.
    """
    write_rows(path, (_TEMPLATE, *_EXAMPLES))


def write_rows(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    """Write a small table as CSV (`;`, with a byte order mark, as spreadsheets here expect) or XLSX, all cells text.

    Raises:
        FileExistsError: the file exists.
    """
    if path.suffix.lower() != ".xlsx":
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        return
    # Imported here: the spreadsheet library is large, and the web processes never write one.
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column, text)
            cell.number_format = "@"
    with path.open("xb") as file:
        book.save(file)


def _person(found: ListFile, row: Row, last_year: int) -> tuple[RosterPerson, list[Problem]]:
    values = {field: found.text(row, field) for field in HEADINGS if field != "photo"}
    values["nik"] = (
        re.sub(r"[ .'-]", "", values["nik"]) if "e" not in values["nik"].lower() else values["nik"]
    )
    values["participant_number"] = values["participant_number"].lstrip("'")
    birth_date = parse_birth_date(values["birth_date"], last_year)
    checks = {
        "participant_number": number_problem(values["participant_number"]),
        "name": name_problem(values["name"]),
        "nik": nik_problem(values["nik"]),
        "birth_date": "roster_birth_date_malformed" if birth_date is None else "",
        **{field: text_problem(values[field]) for field in ("agency", "position", "formation", "category")},
    }
    problems = [
        found.problem(code, row, field, {"text": values[field][:60]})
        for field, code in checks.items()
        if code
    ]
    codes = re.split(r"[,;/\s]+", values["accommodation"].strip())
    wanted = [] if values["accommodation"].casefold() in _DROPPED else [each for each in codes if each]
    values["accommodation"] = " ".join(dict.fromkeys(each.lower() for each in wanted))
    values["birth_date"] = birth_date or ""
    return RosterPerson(**values), problems
