"""Papers from a real record: their numbers are the statement's and the package's, and they stay the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from cat_server.domain.refusals import Refusal
from cat_server.queries.papers import Document, PaperKind, PaperSource, paper_pdf, paper_source, papers_of
from cat_server.records import tables
from cat_server.records.statements import latest_statement
from cat_server.records.write_lane import Tx
from cat_server.results.document import Facts, Paragraph, Signatures, Table
from cat_server.results.minutes import COUNTED
from tests.integration.cat_server.results.closed_site import Site
from tests.integration.cat_server.results.exam import SESSION, SITE
from tests.pdf_text import pdf_words

JAKARTA = ZoneInfo("Asia/Jakarta")
LANGUAGES = ("id", "en")


def source_of(site: Site) -> PaperSource:
    return paper_source(site.reader, SESSION, SITE)


def one(site: Site, kind: PaperKind, language: str = "id", **which: str) -> Document:
    (made,) = papers_of(source_of(site), kind, language, JAKARTA, **which)
    return made


def sign(site: Site) -> None:
    site.prepare("Listrik padam tiga menit.")
    site.sign("dina")
    site.sign("agus", "signed_with_objection", "AC mati")


def tables_of(document: Document) -> list[Table]:
    return [each for each in document.parts if isinstance(each, Table)]


def facts_of(document: Document) -> dict[str, str]:
    return {label: value for part in document.parts if isinstance(part, Facts) for label, value in part.rows}


def stated(site: Site) -> dict:  # type: ignore[type-arg]
    with site.reader.view() as view:
        found = latest_statement(view.connection, SESSION)
    assert found is not None
    return json.loads(found.content)  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_is_made_in_both_languages_and_says_the_same_as_its_pdf(
    site: Site, language: str
) -> None:
    sign(site)
    for kind in PaperKind:
        made = papers_of(source_of(site), kind, language, JAKARTA)
        assert len(made) == (6 if kind is PaperKind.PERSON else 1)
        words = pdf_words(paper_pdf(made))
        for document in made:
            assert document.hash in words
            for part in document.parts:
                if isinstance(part, Table):
                    for row in part.rows:
                        for cell in row:
                            assert all(word in words for word in cell.split()), cell
                if isinstance(part, Facts):
                    assert all(word in words for _, value in part.rows for word in value.split())


def test_before_the_sign_off_every_page_says_that_it_is_not_official(site: Site) -> None:
    for kind in PaperKind:
        made = papers_of(source_of(site), kind, "id", JAKARTA)
        assert {each.frame.mark for each in made} == {"SEMENTARA"}
        assert "belum disahkan" in made[0].frame.status
        assert "Data per tanggal 22-11-2025" in made[0].frame.status
    assert "PROVISIONAL" in pdf_words(paper_pdf([one(site, PaperKind.RECAP, "en")]))
    sign(site)
    for kind in PaperKind:
        for each in papers_of(source_of(site), kind, "id", JAKARTA):
            assert each.frame.mark == ""
            assert each.frame.status.startswith("RESMI. Disahkan kedua panitia pada 22-11-2025")


def test_the_recap_is_the_packages_table_to_the_digit(site: Site, tmp_path: Path) -> None:
    sign(site)
    site.export(tmp_path / "package")
    written = (tmp_path / "package" / "results.csv").read_text("utf-8-sig")
    expected = [
        (
            each["rank"] or "–",
            each["participant_number"],
            each["name"].removeprefix("'"),
            *(each[code] or "–" for code in ("TIU", "TKP", "total")),
        )
        for each in csv.DictReader(io.StringIO(written), delimiter=";")
    ]
    table = tables_of(one(site, PaperKind.RECAP))[0]
    assert [row[:6] for row in table.rows] == expected
    assert [row[-1] for row in table.rows] == ["P", "TL", "TL", "TL", "TH", "TH"]


def test_the_minutes_carry_every_field_and_the_statements_numbers(site: Site) -> None:
    sign(site)
    content, made = stated(site), one(site, PaperKind.MINUTES)
    facts = facts_of(made)
    opening = next(each.text for each in made.parts if isinstance(each, Paragraph))
    assert "Sabtu, dua puluh dua November dua ribu dua puluh lima (22-11-2025)" in opening
    assert facts["Kegiatan"] == "Seleksi (SKD)"
    assert facts["Nomor sesi"] == "sesi ke-1 pada hari itu, sesi ke-1 sejak awal kegiatan"
    assert facts["Titik lokasi"] == "Titik Lokasi Jakarta (JKT-01), Asia/Jakarta"
    assert facts["Ruang"] == "Ruang 1 (R1)"
    assert facts["Dasar hukum"] == "Keputusan 1/2026"
    assert facts["Tidak hadir"] == "005"
    assert facts["Registrasi, tidak memulai"] == "006"
    assert facts["Didiskualifikasi"] == "Nihil"
    assert facts["Tambahan waktu"] == "1 menit (Komputer mati), 1 peserta: 001"
    assert facts["Sidik berkas nilai"] == content["scores_hash"]
    assert facts["Sidik bank soal"] == content["bank"]["bank_hash"]
    assert (
        facts["Akhir buku catatan (nomor / sidik)"]
        == f"{content['ledger']['number']} / {content['ledger']['hash']}"
    )
    assert facts["Perangkat lunak"] == content["software"]
    rooms, blocks, counts, happened = tables_of(made)
    assert rooms.rows[0][:3] == ("Ruang 1", "07.56.40 WIB", "08.13.20 WIB")
    assert blocks.rows[0][:3] == ("Ruang 1", "1 (TIU, TKP)", "10 menit")
    assert [int(row[1]) for row in counts.rows] == [content["counts"][name] for name in COUNTED]
    assert [row[3] for row in happened.rows] == [
        "Tambahan waktu 1 menit: Komputer mati",
        "Ujian dihentikan petugas: Atas permintaan",
    ]
    texts = [each.text for each in made.parts if isinstance(each, Paragraph)]
    assert "Listrik padam tiga menit." in texts
    assert "Agus menandatangani dengan keberatan: AC mati" in texts
    signatures = next(each for each in made.parts if isinstance(each, Signatures))
    assert [(each.role, each.person) for each in signatures.blocks] == [
        ("Koordinator Tim Pelaksana CAT", "Dina"),
        ("Ketua/Wakil Panitia Seleksi Instansi", "Agus"),
        ("Saksi", ""),
    ]


def test_a_paper_is_the_same_on_any_later_day(site: Site, tmp_path: Path) -> None:
    sign(site)
    kinds = [each for each in PaperKind if each is not PaperKind.HANDOVER]
    before = [each.hash for kind in kinds for each in papers_of(source_of(site), kind, "id", JAKARTA)]
    handed = one(site, PaperKind.HANDOVER)
    site.export(tmp_path / "package")
    assert [each.hash for kind in kinds for each in papers_of(source_of(site), kind, "id", JAKARTA)] == before
    assert (
        before[0] == hashlib.sha256(b"cat/document/1\n" + one(site, PaperKind.ATTENDANCE).content).hexdigest()
    )
    after = tables_of(one(site, PaperKind.HANDOVER))[0]
    assert [row[2] for row in tables_of(handed)[0].rows][3:] == [row[2] for row in after.rows][3:]
    assert {one(site, kind).hash for kind in (PaperKind.MINUTES, PaperKind.RECAP)} <= {
        row[2] for row in after.rows
    }
    assert "belum ditulis" not in {row[2] for row in after.rows}


def test_a_score_changed_behind_the_sign_off_stops_every_paper(site: Site) -> None:
    sign(site)

    def change(tx: Tx) -> None:
        score = tables.table_of(tables.ScoreRow)
        tx.connection.execute(
            update(score).where(score.c.attempt_id == "attempt-002", score.c.section == "").values(points=99)
        )

    site.lane.run_now(change)
    for kind in PaperKind:
        with pytest.raises(Refusal) as refused:
            papers_of(source_of(site), kind, "id", JAKARTA)
        assert refused.value.code == "PAPER_DIFFERS"


def test_the_attendance_list_names_everyone_and_alternates_the_lines_to_sign(site: Site) -> None:
    rows = tables_of(one(site, PaperKind.ATTENDANCE))[0].rows
    assert [row[1] for row in rows] == ["001", "002", "003", "004", "005", "006"]
    assert [row[5] for row in rows] == ["Hadir", "Hadir", "Hadir", "Hadir", "Tidak hadir", "Gugur"]
    assert [bool(row[6]) for row in rows] == [True, False] * 3
    assert [bool(row[7]) for row in rows] == [False, True] * 3
    in_room = tables_of(one(site, PaperKind.ATTENDANCE, room_id="r" * 26))[0].rows
    assert [row[1] for row in in_room] == ["001", "002", "003", "004", "006"]
    with pytest.raises(Refusal):
        one(site, PaperKind.ATTENDANCE, room_id="nowhere")


def test_one_participants_page_shows_points_thresholds_and_rank(site: Site) -> None:
    made = one(site, PaperKind.PERSON, attempt_id="attempt-003")
    sections = tables_of(made)[0].rows
    assert sections[0] == ("TIU – Intelegensia", "3/3", "15", "15", "9", "memenuhi")
    assert sections[-1] == ("Total", "5/5", "24", "25", "–", "memenuhi")
    facts = facts_of(made)
    assert facts["TIU + TKP"] == "24 (batas 15: memenuhi)"
    assert facts["Peringkat dalam sesi ini"] == "1 dari 4 peserta"
    assert facts["Ket."] == "P – memenuhi ambang batas"
    absent = one(site, PaperKind.PERSON, "en", attempt_id="attempt-005")
    assert facts_of(absent)["Code"] == "TH – absent or not started"
    assert tables_of(absent) == []


def test_the_recap_ranks_within_each_formation_that_has_vacancies(site: Site) -> None:
    def plan(tx: Tx) -> None:
        person, formation = tables.table_of(tables.ParticipantRow), tables.table_of(tables.FormationRow)
        tx.connection.execute(
            update(person).where(person.c.participant_number.in_(("001", "004"))).values(formation="B")
        )
        for name, vacancies in (("A", 1), ("B", 2), ("C", 3)):
            tx.connection.execute(
                insert(formation).values(
                    exam_event_id="e" * 26, agency="BKN", position="+Analis", formation=name, quota=vacancies
                )
            )

    site.lane.run_now(plan)
    made = one(site, PaperKind.RECAP)
    whole, first, second = tables_of(made)
    assert [row[0] for row in whole.rows] == ["1", "2", "2", "4", "–", "–"]
    assert [row[:2] for row in first.rows] == [("1", "003"), ("–", "002"), ("–", "005"), ("–", "006")]
    assert [row[:2] for row in second.rows] == [("–", "001"), ("–", "004")]
    assert [row[-1] for row in first.rows] == ["P/L", "TL", "TH", "TH"]
    assert [row[-1] for row in whole.rows] == ["P/L", "TL", "TL", "TL", "TH", "TH"]
    page = one(site, PaperKind.PERSON, attempt_id="attempt-003")
    assert facts_of(page)["Ket."] == "P/L – memenuhi ambang batas dan masuk batas jumlah"
    limits = [
        dict(part.rows)
        for part in made.parts
        if isinstance(part, Facts) and "Jumlah kebutuhan" in dict(part.rows)
    ]
    assert [each["Jumlah kebutuhan"] for each in limits] == ["1", "2"]
    assert [each["Batas jumlah lanjut"].split()[0] for each in limits] == ["3", "6"]
