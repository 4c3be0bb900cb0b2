"""Our own template for items: an empty form that reads back without any mapping."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

SUFFIXES = (".xlsx", ".csv")

HEADINGS = (
    *("ID", "Materi", "Topik", "Subtopik", "Soal", "A", "B", "C", "D", "E", "Kunci"),
    *("Bobot A", "Bobot B", "Bobot C", "Bobot D", "Bobot E", "Tingkat kesulitan", "Acak", "Butir lawan"),
)
_WIDTHS = {"Soal": 60, "A": 24, "B": 24, "C": 24, "D": 24, "E": 24, "Topik": 18, "Tingkat kesulitan": 16}

_EXAMPLES = (
    (
        *("contoh-1", "TIU", "numerik", "deret", "Angka berikutnya dari deret 2, 4, 8, 16, … adalah …."),
        *("18", "24", "32", "30", "20", "C", "", "", "", "", "", "mudah", "ya", ""),
    ),
    (
        *(
            "contoh-2",
            "TKP",
            "pelayanan publik",
            "",
            "Seorang warga datang lima menit sebelum loket tutup. Saya ….",
        ),
        *("meminta warga itu datang besok", "melayaninya sampai selesai", "melayaninya sambil menutup loket"),
        *("memintanya menunggu rekan lain", "melayaninya bila berkasnya lengkap", ""),
        *("1", "5", "3", "2", "4", "sedang", "ya", ""),
    ),
)

_INSTRUCTIONS = (
    ("Kolom", "Isi", "What to write"),
    ("ID", "nomor tetap butir: huruf, angka, titik, garis; boleh kosong", "a lasting id; may be empty"),
    ("Materi", "kode materi, misalnya TWK", "section code"),
    (
        "Topik, Subtopik",
        "kisi-kisi; perlu bila profil meminta jumlah per topik",
        "blueprint topic and subtopic",
    ),
    (
        "Soal",
        "teks soal; boleh <b>, <i>, <u>, <sup>, <sub>, <br>, tabel",
        "item text; simple HTML is allowed",
    ),
    (
        "Gambar",
        '<svg>…</svg> langsung di sel, atau <img src="berkas.png" alt="keterangan"> dengan berkas di folder media',
        "pictures: inline SVG, or PNG, JPEG, WebP files in the folder media beside this file",
    ),
    ("A sampai E", "teks opsi, 2 sampai 10 (tambah kolom F sampai J)", "2 to 10 options; add columns F to J"),
    ("Kunci", "huruf opsi yang benar; beberapa: A,C", "letter of the key; several as A,C"),
    (
        "Bobot A sampai E",
        "untuk soal bertingkat, sebagai ganti kunci",
        "points of graded options instead of a key",
    ),
    ("Tingkat kesulitan", "mudah, sedang, atau sulit", "easy, medium or hard"),
    ("Acak", "ya atau tidak: apakah urutan opsi boleh diacak", "yes or no: may options be shuffled"),
    (
        "Butir lawan",
        "ID butir yang tidak boleh satu naskah dengan butir ini",
        "ids that must not meet this item",
    ),
)


def write_template(path: Path) -> None:
    """Write the template, as XLSX or CSV by the name's ending, with two example rows.

    Raises:
        FileExistsError: the file exists; it is never overwritten.
        OSError: the file cannot be written.
        ValueError: the name has another ending.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"no template ends in {suffix}")
    with path.open("xb") as file:
        if suffix == ".xlsx":
            _workbook().save(file)
    if suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as text:
            csv.writer(text, delimiter=";").writerows((HEADINGS, *_EXAMPLES))


def _workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    items = book.worksheets[0]
    items.title = "Soal"
    items.append(HEADINGS)
    for example in _EXAMPLES:
        items.append(example)
    items.freeze_panes = "A2"
    for index, heading in enumerate(HEADINGS, start=1):
        items.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(heading, 11)
        items.cell(1, index).font = Font(bold=True)
        # As text, a spreadsheet program leaves 1/2 and 08.30 as they are typed.
        for row in range(2, 502):
            cell = items.cell(row, index)
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    instructions = book.create_sheet("Petunjuk")
    for line in _INSTRUCTIONS:
        instructions.append(line)
    for letter, width in (("A", 20), ("B", 64), ("C", 48)):
        instructions.column_dimensions[letter].width = width
    for cell in instructions[1]:
        cell.font = Font(bold=True)
    return book
