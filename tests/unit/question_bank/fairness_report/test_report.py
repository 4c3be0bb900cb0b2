"""The report says what the statistics allow, gives nothing of the bank away, and is the same for everybody who makes it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.fairness import measure
from question_bank.assembly.neighbours import SeatPlace
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.bank_commands import bank_app
from question_bank.fairness_report.content import ReportSource, report_content
from question_bank.fairness_report.page import report_page
from question_bank.fairness_report.pdf import report_pdf
from question_bank.fairness_report.report_type import report_hash
from question_bank.items import ItemStatistics, Statistics
from question_bank.profile_reading import load_profile
from question_bank.reading import ReadBank, read_bank
from question_bank.statistics_file import read_statistics
from tests.pdf_text import pdf_pages

PLACES = [SeatPlace("Aula Utama", 1 + number // 4, 1 + number % 4) for number in range(12)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic bank for the short simulation."""
    made = tmp_path_factory.mktemp("report")
    command = ["synthesize", "--items", "400", "--profile", "simulation_20x10", "--seed", "x"]
    assert CliRunner().invoke(bank_app, [*command, "-o", str(made / "syn.csv")]).exit_code == 0
    return made


@pytest.fixture(scope="module")
def bank(folder: Path) -> ReadBank:
    return read_bank(folder / "syn.csv")


@pytest.fixture(scope="module")
def known(folder: Path, bank: ReadBank) -> Statistics:
    return read_statistics(folder / "syn.stats-1.csv", bank.bank)[0]


def content(bank: ReadBank, known: Statistics, commitment: str = "") -> bytes:
    profile, _ = load_profile("simulation_20x10")
    assert profile is not None
    drawn = draw_forms(
        bank.bank, bank.keys, known, profile, seats=12, spares=2, seed=SealedSeed(b"s" * 32), places=PLACES
    )
    found = measure(bank.bank, bank.keys, known, profile, drawn, PLACES)
    return report_content(ReportSource(bank.bank, known, profile, drawn, PLACES, found, commitment))


def stripped(known: Statistics, **values: object) -> Statistics:
    return Statistics(known.bank_id, {each: ItemStatistics(**values) for each in known.items})  # type: ignore[arg-type]


def test_the_certificate_tells_both_numbers_in_the_first_paragraph(bank: ReadBank, known: Statistics) -> None:
    made = content(bank, known)
    section = json.loads(made)["sections"][0]
    assert float(section["pass_spread_band"]) > float(section["pass_spread"]) > 0
    for language, mark in (("id", ","), ("en", ".")):
        page = report_page(made, language)
        certificate = re.search(r'<section class="certificate".*?</section>', page, re.DOTALL)
        assert certificate is not None
        for name in ("pass_spread", "pass_spread_band"):
            assert f"{float(section[name]):.1f}".replace(".", mark) in certificate[0]
        assert "SIMULASI" in page


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"label": "easy"}, "NOT measured: an estimate"),
        ({}, "NOT measured: there are no statistics"),
        ({"p_micro": 500_000, "responses": 300}, "allowing for their uncertainty"),
    ],
)
def test_it_never_claims_more_than_the_statistics_allow(
    bank: ReadBank, known: Statistics, values: dict[str, object], expected: str
) -> None:
    made = content(bank, stripped(known, **values))
    page = report_page(made, "en")
    assert page.count(expected) == 3
    assert "chance of passing by at most" not in page
    assert all(each["pass_chances"] == [] for each in json.loads(made)["sections"])


def test_the_page_needs_nothing_else_and_gives_no_content_and_no_key_away(
    bank: ReadBank, known: Statistics
) -> None:
    made = content(bank, known)
    page = report_page(made, "id")
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page)
    for item in bank.bank.items:
        assert item.stem not in page
        assert item.stem not in made.decode()
        assert all(option.html not in page for option in item.options)
    assert not re.search(r'"o[1-5]"', made.decode())
    assert len(json.loads(made)["items"]) == len(bank.bank.items)


def test_the_same_inputs_make_the_same_bytes_and_one_other_figure_another_hash(
    bank: ReadBank, known: Statistics
) -> None:
    made = content(bank, known)
    assert content(bank, known) == made
    assert report_pdf(made, "en") == report_pdf(made, "en")
    first = next(iter(known.items))
    other = Statistics(known.bank_id, {**known.items, first: replace(known.items[first], responses=4_999)})
    assert report_hash(content(bank, other)) != report_hash(made)


def test_names_are_escaped_and_the_seal_is_told(bank: ReadBank, known: Statistics) -> None:
    told = json.loads(content(bank, known, commitment="c" * 64))
    told["profile"]["title"] = "<b>Seleksi</b> & lain"
    made = json.dumps(told).encode()
    page = report_page(made, "id")
    assert "<b>Seleksi" not in page
    assert "&lt;b&gt;Seleksi&lt;/b&gt; &amp; lain" in page
    assert "c" * 64 in page
    first = "".join(pdf_pages(report_pdf(made, "id"))[0]).replace(" ", "")
    assert "<b>Seleksi</b>&lain" in first


def test_the_paper_has_every_section_the_mark_and_a_fingerprint_on_each_page(
    bank: ReadBank, known: Statistics
) -> None:
    made = content(bank, known)
    pages = pdf_pages(report_pdf(made, "id"))
    assert all(any(report_hash(made) in text for text in page) for page in pages)
    assert all("SIMULASI" in page for page in pages)
    words = " ".join(" ".join(page) for page in pages)
    for each in json.loads(made)["sections"]:
        assert each["title"] in words


def test_the_command_writes_both_kinds_and_refuses_others(folder: Path) -> None:
    command = [
        "fairness",
        str(folder / "syn.csv"),
        "--profile",
        "simulation_20x10",
        "--forms",
        "12",
        "--seed",
        "s",
    ]
    for name, start in (("r.html", b"<!DOCTYPE html>"), ("r.pdf", b"%PDF-")):
        ran = CliRunner().invoke(bank_app, [*command, "--seats", "3x4", "--report", str(folder / name)])
        assert ran.exit_code == 0, ran.output
        assert (folder / name).read_bytes().startswith(start)
    assert CliRunner().invoke(bank_app, [*command, "--report", str(folder / "r.docx")]).exit_code == 2
    assert not (folder / "r.docx").exists()
