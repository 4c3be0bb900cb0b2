"""From a closed exam session to official results."""

# ruff: noqa: ANN001 - fixtures have the types of the conftest, which tests do not import

from __future__ import annotations

import json
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from cat_server.domain.refusals import Refusal
from cat_server.queries.checklist import SiteIdentity, checklist, current_statement
from cat_server.records.session_record import read_session_record
from cat_server.records.statements import latest_statement
from tests.site_databases import IS_POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Callable

SESSION = "s" * 26
SITE = SiteIdentity("JKT-01", "Titik Lokasi Jakarta", "Asia/Jakarta", "cat-server 0.1.0")
WIB = timezone(timedelta(hours=7), "WIB")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


UNGUARD = "ALTER TABLE ledger DISABLE TRIGGER USER" if IS_POSTGRESQL else "DROP TRIGGER ledger_no_update"


def change(site, statement: str) -> None:
    site.lane.run_now(lambda tx: tx.connection.execute(text(statement)) and None)


def failed(site, keys) -> dict[str, list[str]]:
    found = checklist(site.reader, SESSION, keys, SITE)
    return {
        each.code: [detail.code for detail in each.details]
        for each in found.checks
        if each.is_blocking and not each.is_ok
    }


def test_a_sound_session_passes_and_names_who_may_still_hold_answers(site, keys) -> None:
    found = checklist(site.reader, SESSION, keys, SITE)
    assert found.is_ready
    assert failed(site, keys) == {}
    assert (found.counts.expected, found.counts.present, found.counts.absent, found.counts.forfeited) == (
        6,
        4,
        1,
        1,
    )
    unsent = next(each for each in found.checks if each.code == "check_unsent")
    assert [
        (each.params["name"], each.params["seat"], each.params["answers"]) for each in unsent.details
    ] == [("Eko", "R1/4", 3)]


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE score SET points = points + 1 WHERE attempt_id = 'attempt-001' AND section = ''", "check_scores"),
        ("UPDATE score SET meets = NOT meets WHERE attempt_id = 'attempt-001' AND section = 'TIU'", "check_scores"),
        ("DELETE FROM score WHERE attempt_id = 'attempt-002'", "check_scores"),
        ("UPDATE answer SET response = '[\"o2\"]' WHERE attempt_id = 'attempt-002' AND position = 1", "check_tables"),
        ("DELETE FROM answer WHERE attempt_id = 'attempt-002' AND position = 1", "check_tables"),
        ("UPDATE attempt SET state = 'RUNNING' WHERE id = 'attempt-002'", "check_ended"),
        ("UPDATE attempt SET state = 'ABSENT' WHERE id = 'attempt-006'", "check_ended"),
        ("UPDATE attempt SET state = 'SEATED' WHERE id = 'attempt-006'", "check_counts"),
        ("UPDATE attempt SET form_no = 7 WHERE id = 'attempt-002'", "check_tables"),
        ("UPDATE attempt_block SET allowed_ms = 1 WHERE attempt_id = 'attempt-002'", "check_tables"),
        ("UPDATE form SET content = (SELECT content FROM form WHERE form_no = 6) WHERE form_no = 7", "check_forms"),
        ("DELETE FROM form WHERE form_no = 7", "check_forms"),
        ("UPDATE form_set SET seed_commitment = 'x'", "check_forms"),
        ("UPDATE sitting SET state = 'RUNNING'", "check_closed"),
        ("UPDATE chain_head SET number = 3 WHERE chain = 'site'", "check_ledger"),
        (UNGUARD, "_"),
    ],
)  # fmt: skip
def test_whatever_is_tampered_with_stops_the_sign_off(site, keys, statement: str, check: str) -> None:
    change(site, statement)
    if check == "_":
        change(
            site,
            f"UPDATE ledger SET private = (SELECT private FROM ledger WHERE length(private) > 0 ORDER BY number LIMIT 1) WHERE chain = '{SESSION}'",
        )
        check = "check_ledger"
    assert check in failed(site, keys)
    assert refusal(site.prepare) == "CHECKLIST_OPEN"


def test_the_statement_is_prepared_once_and_anew_only_when_it_says_something_else(site) -> None:
    one, again = site.prepare(), site.prepare()
    assert (one.version, one.is_new) == (1, True)
    assert (again.version, again.statement_hash, again.is_new) == (1, one.statement_hash, False)
    site.sign("dina")
    assert site.prepare().version == 1
    noted = site.prepare("Satu kejadian")
    assert (noted.version, noted.is_new) == (2, True)
    assert refusal(lambda: site.sign("agus", statement_hash=one.statement_hash)) == "STATEMENT_CHANGED"
    assert not site.sign("agus").is_official
    assert site.sign("dina").is_official


def test_only_a_closed_session_gets_a_statement(site) -> None:
    change(site, "UPDATE exam_session SET state = 'RUNNING'")
    assert refusal(site.prepare) == "NOT_CLOSED"


def test_two_committees_make_it_official_and_frozen(site) -> None:
    assert refusal(lambda: site.sign("dina")) == "NO_STATEMENT"
    site.prepare()
    assert refusal(lambda: site.sign("dina", passphrase="salah sekali ini")) == "PASSPHRASE_WRONG"
    assert refusal(lambda: site.sign("sari")) == "SIGN_OFF_NO_COMMITTEE"
    assert refusal(lambda: site.sign("dina", "declined")) == "SIGN_OFF_REASON_MISSING"
    assert not site.sign("dodi", "declined", "Belum cocok").is_official
    assert refusal(lambda: site.sign("dodi")) == "ALREADY_DECIDED"
    assert not site.sign("dina", "signed_with_objection", "Ruang panas").is_official
    shown = current_statement(site.reader, SESSION, WIB)
    assert shown is not None
    assert [each.value for each in shown.missing] == ["agency_committee"]
    assert site.sign("agus").is_official
    with site.reader.view() as view:
        record = read_session_record(view.connection, SESSION)
    assert record is not None
    assert record.identity.state == "SIGNED"
    assert [each.state for each in record.sittings] == ["SIGNED"]
    assert refusal(lambda: site.sign("ani")) == "ALREADY_OFFICIAL"
    assert refusal(site.prepare) == "ALREADY_OFFICIAL"


def test_a_sound_record_stays_sound_after_signing(site, keys) -> None:
    site.prepare()
    site.sign("dina")
    site.sign("agus")
    assert failed(site, keys) == {}


def test_officers_read_every_value_of_the_statement(site) -> None:
    site.prepare("Satu kejadian")
    with site.reader.view() as view:
        stored = latest_statement(view.connection, SESSION)
    assert stored is not None
    shown = current_statement(site.reader, SESSION, WIB)
    assert shown is not None
    text_shown = "\n".join(f"{each.label} {each.value} {each.value_code}" for each in shown.lines)

    def walk(value: object, name: str) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                walk(each, key)
        elif isinstance(value, list):
            for each in value:
                walk(each, name)
        elif name not in ("v", "is_ok", "milliseconds", "clock_ms") and not name.endswith("_at_ms"):
            assert str(value) in text_shown, name

    walk(json.loads(stored.content), "")
    assert "WIB" in text_shown
    assert "0:10:00" in text_shown
    assert "001: 0:01:00 (Komputer mati)" in text_shown


def test_export_needs_official_results_or_says_unofficial(site, tmp_path: Path) -> None:
    assert refusal(lambda: site.export(tmp_path / "a")) == "NOT_OFFICIAL"
    early = site.export(tmp_path / "a", is_unofficial_allowed=True)
    assert not early.is_official
    assert not (early.folder / "statement.json").exists()
    assert json.loads((early.folder / "manifest.json").read_bytes())["status"] == "unofficial"
    assert refusal(lambda: site.export(tmp_path / "a", is_unofficial_allowed=True)) == "EXPORT_EXISTS"
    site.prepare()
    site.sign("dina")
    site.sign("agus")
    made = site.export(tmp_path / "b")
    assert made.is_official
    assert not (made.folder / "keys.json").exists()
    change(site, "UPDATE participant SET name = 'Orang Lain' WHERE participant_number = '001'")
    assert refusal(lambda: site.export(tmp_path / "c")) == "EXPORT_DIFFERS"


def test_a_pc_that_fell_silent_before_the_end_is_named(site, keys) -> None:
    change(
        site,
        "INSERT INTO presence (attempt_id, seen_at_ms, position, unsent, is_offline_ready, lost_focus)"
        " VALUES ('attempt-002', 1, 1, 0, true, 0)",
    )
    found = checklist(site.reader, SESSION, keys, SITE)
    unsent = next(each for each in found.checks if each.code == "check_unsent")
    assert [(each.code, each.params["number"]) for each in unsent.details] == [
        ("check_seat_unsent", "004"),
        ("check_seat_silent", "002"),
    ]
    assert found.is_ready
