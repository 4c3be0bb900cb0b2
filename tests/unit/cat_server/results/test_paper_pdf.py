"""The PDF of a paper: page numbers, repeated heads, hashes on every page, and every letter of every name."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files

from cat_server.results.document import (
    Column,
    Document,
    DocumentPart,
    Facts,
    Frame,
    Heading,
    Origin,
    Paragraph,
    Signature,
    Signatures,
    Table,
)
from cat_server.results.paper_pdf import pdf_of
from cat_server.results.pin_slip import Slip
from cat_server.results.slips import SlipTexts, slips_pdf
from question_bank.printing.paper_fonts import BOLD, REGULAR, face, register_fonts
from tests.pdf_text import pdf_pages, pdf_words

LONG_NAME = (
    "Raden Ajeng Siti Nurhaliza Muḥammad ʿAbd al-Raḥmān Suryokusumo Hadiningrat Wicaksono Putri Bungsu"
)
FRAME = Frame(
    ("Seleksi CPNS 2026", "Pusat Tes"),
    "SEMENTARA",
    "SEMENTARA",
    "Halaman {page} dari {pages}",
    "Sidik",
    "Sidik B",
)
ORIGIN = Origin("s" * 26, "S1", "a" * 64, 7, "b" * 64, "cat-server 0.1.0")
SIGNING = Signatures(
    "Jakarta, Jumat, 27 November 2026",
    (Signature("Koordinator", "Dina", "NIP 123", ""), Signature("Ketua", "", "NIP", "")),
)


def document(*parts: DocumentPart, kind: str = "recap") -> Document:
    return Document(kind, "id", "Rekapitulasi", "Sesi 1", FRAME, (*parts, SIGNING), ORIGIN)


def table(rows: int) -> Table:
    columns = (Column("Nomor", 20, "right"), Column("Nama peserta", 60), Column("Total", 20, "right"))
    return Table(columns, tuple((str(number), LONG_NAME, f"{number}.5") for number in range(1, rows + 1)))


def test_the_hash_can_be_recomputed_from_the_content_alone() -> None:
    made = document(Heading("A"), Paragraph("B"), Facts((("C", "D"),)), table(2))
    assert made.hash == hashlib.sha256(b"cat/document/1\n" + made.content).hexdigest()
    plain = json.loads(made.content)
    again = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert again == made.content
    assert (plain["kind"], plain["language"], plain["origin"]["ledger_number"]) == ("recap", "id", 7)
    assert made.qr_text == f"cat/document/1 recap S1 {made.hash} {'a' * 64}"


def test_whatever_a_paper_says_changes_its_hash() -> None:
    made = document(table(2))
    others = [
        replace(made, kind="minutes"),
        replace(made, language="en"),
        replace(made, title="Rekapitulasi."),
        replace(made, parts=(table(3), SIGNING)),
        replace(made, frame=replace(FRAME, mark="")),
        replace(made, origin=replace(ORIGIN, ledger_number=8)),
        replace(made, origin=replace(ORIGIN, statement_hash="c" * 64)),
    ]
    assert len({made.hash, *(each.hash for each in others)}) == len(others) + 1


def test_five_hundred_rows_repeat_the_head_and_number_and_hash_every_page() -> None:
    made = document(table(500))
    pages = pdf_pages(pdf_of([made]))
    assert len(pages) > 10
    for number, page in enumerate(pages, start=1):
        assert f"Halaman {number} dari {len(pages)}" in page
        assert made.hash in page
        assert ORIGIN.statement_hash in page
        assert "SEMENTARA" in page
    assert all("Nama peserta" in page for page in pages[:-1])
    shown = [each for page in pages for each in page if each.endswith(".5")]
    assert shown == [f"{number}.5" for number in range(1, 501)]
    assert pdf_words(pdf_of([made])).count("Putri Bungsu") == 500


def test_several_papers_count_their_own_pages() -> None:
    first, second = document(table(60)), document(table(1), kind="person")
    pages = pdf_pages(pdf_of([first, second]))
    own = [page for page in pages if first.hash in page]
    assert len(own) > 1
    assert f"Halaman 1 dari {len(own)}" in own[0]
    assert "Halaman 1 dari 1" in pages[-1]
    assert second.hash in pages[-1]


def test_a_cell_and_a_fact_longer_than_a_page_go_on_overleaf() -> None:
    long = " ".join(f"kata{number}" for number in range(3_000))
    columns = (Column("No.", 10), Column("Kejadian", 30), Column("Tindakan", 60))
    made = document(Facts((("Tidak hadir", long),)), Table(columns, (("1", long, "tidak ada"),)))
    words = pdf_words(pdf_of([made])).split()
    assert words.count("kata0") == words.count("kata1500") == words.count("kata2999") == 2


def test_the_same_paper_makes_the_same_bytes() -> None:
    assert pdf_of([document(table(3))]) == pdf_of([document(table(3))])


def test_names_in_any_latin_spelling_print_whole() -> None:
    names = (
        "Dédé Sūryā",
        "Muḥammad ʿAbd al-Raḥmān Ṣāliḥ",
        "Đặng Thị Hồng",
        "Zoë D’Souza-Łukasz",
        "Ŭmit Ŏnal",
    )
    words = pdf_words(pdf_of([document(*(Paragraph(each) for each in names))]))
    for name in names:
        assert name in words
    letters = register_fonts()
    for font in (REGULAR, BOLD):
        for name in names:
            used, text = face(name, font)
            assert {ord(sign) for sign in text} <= letters[used], name


def test_a_name_in_decomposed_form_is_composed_first() -> None:
    assert face("De\u0301de\u0301", REGULAR) == (REGULAR, "Dédé")


def test_embedded_fonts_are_the_listed_files_and_carry_their_licence() -> None:
    folder = files("question_bank.printing") / "fonts"
    listed = dict(
        reversed(line.split("  ", 1)) for line in (folder / "fonts.sha256").read_text().splitlines()
    )
    present = {each.name for each in folder.iterdir() if each.name != "fonts.sha256"}
    assert set(listed) == present
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert all("SIL Open Font License" in (folder / name).read_text() for name in present if "OFL" in name)


def test_servers_start_without_the_pdf_library() -> None:
    loaded = "import monitoring.app, sys; sys.exit('reportlab' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_slips_stand_eight_to_a_sheet_with_pins_in_two_groups() -> None:
    texts = SlipTexts("Kartu PIN peserta", "SKD · Sesi 1", "Nomor peserta", "Kursi", "Rahasiakan PIN Anda.")
    slips = [
        Slip(f"26-{number:04d}", LONG_NAME, "Ruang A", number, f"1234{number:04d}") for number in range(1, 12)
    ]
    pages = pdf_pages(slips_pdf(slips, texts))
    assert [page.count("Kartu PIN peserta") for page in pages] == [8, 3]
    assert "1234 0001" in pages[0]
    assert "1234 0011" in pages[1]
    assert len(pdf_pages(slips_pdf(slips[:1], texts))) == 1
    assert "Putri Bungsu" in " ".join(pages[0])
