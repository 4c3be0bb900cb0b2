"""What the papers tell of a troubled exam session, by the actions that made the trouble; and the command for all."""

# ruff: noqa: ANN001 - fixtures of pytest's own and of the conftest

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from typer.testing import CliRunner

from cat_server.actions.control_sitting import close_sitting, pause_sitting, resume_sitting
from cat_server.actions.disqualify import disqualify
from cat_server.actions.grant_time import grant_time
from cat_server.actions.pause_attempt import pause_attempt, resume_attempt
from cat_server.actions.void_attempt import void_attempt
from cat_server.cli.results import results_app
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR
from cat_server.queries.papers import PaperKind, paper_source, papers_of
from cat_server.records.write_lane import Tx
from cat_server.results.document import Heading, Table
from cat_server.results.occurrences import TOLD
from question_bank.items import KeySheet
from question_bank.messages import LANGUAGES, Catalogue
from tests.integration.cat_server.results.test_whole_session import SITE, keys, sign_by_both, write_all_scores
from tests.integration.conftest import Centre
from tests.pdf_text import pdf_pages

__all__ = ["keys"]


def record(centre: Centre, attempt_id: str, code: str, description: str) -> None:
    body = {
        "incident_id": code, "code": code, "room_id": centre.room_id, "seat_id": "", "attempt_id": attempt_id,
        "occurred_at_ms": centre.clock.now().at_ms, "duration_s": 95,
    }  # fmt: skip

    def operation(tx: Tx) -> None:
        private = {"description": description, "measure": "Dipindah ke cadangan"}
        tx.append(centre.exam_session_id, Event(EventKind.INCIDENT_RECORDED, body, private), OPERATOR)

    centre.lane.run_now(operation)


def rows_of(centre: Centre, kind: PaperKind, heading: str) -> list[tuple[str, ...]]:
    source = paper_source(centre.reader, centre.exam_session_id, SITE)
    (made,) = papers_of(source, kind, "id", ZoneInfo("Asia/Jakarta"))
    place = made.parts.index(Heading(heading))
    table = made.parts[place + 1]
    return list(table.rows) if isinstance(table, Table) else []


def trouble(centre: Centre) -> None:
    """Four sit; one is paused alone, one disqualified, one voided and not seated again; the room is paused once."""
    people = dict(zip(("paused", "dismissed", "voided", "plain"), map(centre.seat, range(4)), strict=True))
    centre.start()
    for who in people.values():
        centre.answer(who, 1, "o1")
    lane, attempt_of = centre.lane, {name: who.slip.attempt_id for name, who in people.items()}
    centre.do(pause_attempt(lane, attempt_of["paused"], "Sakit", OPERATOR))
    centre.pass_time(20)
    centre.do(resume_attempt(lane, attempt_of["paused"], OPERATOR))
    centre.do(disqualify(lane, attempt_of["dismissed"], "conduct.cheating", "Menyontek", OPERATOR))
    centre.do(
        void_attempt(
            lane,
            centre.secrets,
            attempt_of["voided"],
            "paper.wrong_form",
            "Tertukar",
            OPERATOR,
            sits_again=False,
        )
    )
    record(centre, people["paused"].slip.attempt_id, "pc.dead", "Layar padam")
    centre.do(pause_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Listrik padam"))
    centre.clock.advance(61)
    centre.do(resume_sitting(centre.lane, centre.exam_session_id, "", OPERATOR))
    all_of_them = [people[name].slip.attempt_id for name in ("paused", "plain")]
    centre.do(grant_time(centre.lane, all_of_them, 60_000, "Listrik padam", OPERATOR))


def test_incidents_exclusions_pauses_and_extra_time_are_listed_with_who_and_how_long(centre: Centre) -> None:
    trouble(centre)
    happened = rows_of(centre, PaperKind.INCIDENTS, "B. Semua kejadian menurut waktu")
    told = {row[3]: row for row in happened}
    assert [row[0] for row in happened] == [str(number) for number in range(1, len(happened) + 1)]
    paused = told["Ujian satu peserta dijeda: Sakit"]
    assert paused[4].endswith("detik")
    dead = told["Komputer mati: Layar padam"]
    assert (dead[4], dead[5], dead[6]) == ("1 menit 35 detik", "Dipindah ke cadangan", "Operator")
    assert told["Ujian di ruang dijeda: Listrik padam"][4] == "1 menit 1 detik"
    granted = told["Tambahan waktu 1 menit: Listrik padam"]
    assert len(granted[2].splitlines()) == 4, "one act for two participants is one line"
    excluded = rows_of(centre, PaperKind.INCIDENTS, "A. Diskualifikasi dan pembatalan")
    assert [row[3] for row in excluded] == [
        "Didiskualifikasi (Bekerja sama atau menyontek): Menyontek",
        "Ujian dibatalkan (Naskah tertukar): Tertukar",
    ]


def test_what_is_recorded_after_the_sign_off_stands_apart(centre: Centre, keys: KeySheet) -> None:
    trouble(centre)
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Selesai"))
    write_all_scores(centre, keys)
    assert sign_by_both(centre, keys) == [False, True]
    before = rows_of(centre, PaperKind.INCIDENTS, "B. Semua kejadian menurut waktu")
    record(centre, "", "room.heat", "Baru dilaporkan")
    assert rows_of(centre, PaperKind.INCIDENTS, "B. Semua kejadian menurut waktu") == before
    later = rows_of(centre, PaperKind.INCIDENTS, "C. Dicatat sesudah hasil disahkan")
    assert [row[3] for row in later] == ["Pendingin ruang mati: Baru dilaporkan"]
    in_minutes = rows_of(centre, PaperKind.MINUTES, "E. Kejadian, perpindahan, dan tambahan waktu")
    assert "Pendingin ruang mati: Baru dilaporkan" not in {row[3] for row in in_minutes}


def test_one_command_writes_every_paper(centre: Centre, keys: KeySheet, tmp_path: Path, monkeypatch) -> None:
    trouble(centre)
    monkeypatch.chdir(tmp_path)
    runner, site = CliRunner(), ["--site", str(tmp_path / "site")]
    early = runner.invoke(results_app, ["papers", "S1", "--language", "id", *site])
    assert early.exit_code == 0, early.output
    assert "SEMENTARA" in early.output
    assert sorted(each.name for each in (tmp_path / "papers-S1").iterdir()) == [
        "S1-attendance-id.pdf",
        "S1-incidents-id.pdf",
    ]
    refused = runner.invoke(results_app, ["papers", "S1", "--kind", "recap", "--lang", "en", *site])
    assert refused.exit_code == 1
    assert runner.invoke(results_app, ["papers", "S1", "--language", "fr", *site]).exit_code == 1
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Selesai"))
    write_all_scores(centre, keys)
    sign_by_both(centre, keys)
    done = runner.invoke(results_app, ["papers", "S1", "--output", "all", "--json", *site])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["is_official"]
    assert len(told["papers"]) == 2 * len(PaperKind)
    for each in told["papers"]:
        pages = pdf_pages(Path(each["file"]).read_bytes())
        assert len(pages) >= each["papers"]
        if each["hash"]:
            assert all(each["hash"] in page for page in pages)


def test_every_kind_that_is_told_has_its_words_in_both_languages() -> None:
    known = Catalogue("cat_server")
    kinds = {each.value for each in TOLD} | {"SITTING_PAUSED", "ATTEMPT_PAUSED"}
    for kind in kinds - {"INCIDENT_RECORDED"}:
        for language in LANGUAGES:
            assert f"paper_happened_{kind}" in known.codes(language)
            assert f"paper_measure_{kind}" in known.codes(language)


def test_a_moved_start_a_forfeit_and_a_late_admission_are_told_with_their_reasons(centre: Centre) -> None:
    seated = centre.check_in(0)

    def operation(tx: Tx) -> None:
        about = {"attempt_id": seated.attempt_id}
        for kind, body, reason in (
            (EventKind.EXAM_SESSION_POSTPONED, {"planned_start_at_ms": 1_795_741_200_000}, "Genset"),
            (EventKind.ATTEMPT_FORFEITED, about, "Tidak membawa KTP"),
            (EventKind.ATTEMPT_REINSTATED, {**about, "state": "SCHEDULED"}, "KTP ditemukan"),
            (EventKind.DOCUMENTS_CHECKED, {**about, "documents": []}, ""),
        ):
            private = {"reason": reason} if reason else {}
            tx.append(centre.exam_session_id, Event(kind, body, private), OPERATOR)

    centre.lane.run_now(operation)
    told = [row[3] for row in rows_of(centre, PaperKind.INCIDENTS, "B. Semua kejadian menurut waktu")]
    assert told == [
        "Rencana mulai dipindah ke 27-11-2026 08.00.00 WIB: Genset",
        "Peserta dinyatakan gugur: Tidak membawa KTP",
        "Peserta diperbolehkan ikut kembali: KTP ditemukan",
    ]
