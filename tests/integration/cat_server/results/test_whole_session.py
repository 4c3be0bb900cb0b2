"""What the product itself records passes the checklist, is signed, exported and verified by the commands."""

# ruff: noqa: ANN001 - a fixture of pytest's own

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner

from cat_server.actions.control_sitting import close_sitting, pause_sitting, resume_sitting
from cat_server.actions.grant_time import grant_time
from cat_server.actions.officers import NewOfficer, add_officer
from cat_server.actions.prepare_statement import prepare_statement
from cat_server.actions.sign_statement import sign_statement
from cat_server.actions.write_scores import DerivedScore, write_scores
from cat_server.cli.commands import app
from cat_server.cli.results import results_app
from cat_server.cli.site import site_app
from cat_server.domain.ids import OPERATOR
from cat_server.queries.checklist import SiteIdentity, checklist
from cat_server.records.session_record import read_session_record
from cat_server.results.package_folder import read_package
from cat_server.results.package_opening import open_package
from cat_server.results.scores import recomputed_scores
from cat_server.results.verify_records import check_records
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from cat_server.runtime.officer_keys import Cost
from question_bank import demo
from question_bank.canonical import cjson
from question_bank.fairness_report.report_type import report_hash
from question_bank.items import KeySheet
from tests.integration.conftest import Centre, answer

CALIBRATE = ["bank", "calibrate", "bank.csv", "--trusted", "trusted.json", "--json", "--package"]
SITE = SiteIdentity("DEMO", "Demo", "Asia/Jakarta", "cat-server")


def sit_and_close(centre: Centre) -> None:
    """Four take part, one forfeits, seven stay away; every kind of event of an ordinary day."""
    seated = [centre.seat(number) for number in range(4)]
    centre.check_in(4)
    centre.start()
    for position in range(1, 21):
        centre.answer(seated[0], position, f"o{1 + position % 4}")
        centre.answer(seated[1], position, f"o{1 + position % 3}", flagged=position % 2 == 0)
    centre.answer(seated[1], 4)
    centre.send(seated[1], answer(1, 1, "o4"))
    centre.do(pause_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Listrik padam"))
    centre.clock.advance(60)
    centre.do(resume_sitting(centre.lane, centre.exam_session_id, "", OPERATOR))
    centre.do(grant_time(centre.lane, [seated[2].slip.attempt_id], 60_000, "Komputer mati", OPERATOR))
    centre.answer(seated[2], 7, "o2")
    centre.pass_time(3)
    centre.finish(seated[0])
    centre.finish(seated[1])
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Waktu selesai"))


def write_all_scores(centre: Centre, keys: KeySheet) -> None:
    with centre.reader.view() as view:
        record = read_session_record(view.connection, centre.exam_session_id)
    assert record is not None
    scores, unscorable = recomputed_scores(record, keys)
    assert unscorable == []
    derived = [DerivedScore(each, record.head.number, score) for each, score in scores.items()]
    centre.do(write_scores(centre.lane, centre.exam_session_id, record.bank.keys_hash, derived))


def sign_by_both(centre: Centre, keys: KeySheet) -> list[bool]:
    """Sign as one officer of each committee; return after each whether results are official."""
    cheap, session = Cost(memory_kib=64, iterations=1, lanes=1), centre.exam_session_id
    signers = [
        add_officer(centre.lane, NewOfficer("dewi", "Dewi", "coordinator", "delivery_team"), cheap),
        add_officer(centre.lane, NewOfficer("bambang", "Bambang", "chair", "agency_committee"), cheap),
    ]
    prepared = centre.do(prepare_statement(centre.lane, centre.reader, session, keys, SITE, OPERATOR))
    return [
        centre.do(
            sign_statement(
                centre.lane,
                centre.reader,
                session,
                each.officer.officer_id,
                prepared.statement_hash,
                "signed",
                each.passphrase,
            )
        ).is_official
        for each in signers
    ]


def calibrate_from_package(runner: CliRunner, folder: Path, listed: dict[str, Any]) -> None:
    """Hold the bank's new statistics against the scores of those who sat."""
    bank = folder / "bank.csv"
    bank.write_bytes((Path(demo.__file__).parent / "bank.csv").read_bytes())
    calibrated = runner.invoke(app, [*CALIBRATE, "package.zip"])
    assert calibrated.exit_code == 0, calibrated.output
    told = json.loads(calibrated.stdout)
    assert (told["people"], told["statistics"]) == (4, "bank.stats-1.csv")
    assert sum(each["responses"] for each in told["items"]) == 4 * 20
    right = sum(each["p"] * each["responses"] for each in told["items"] if each["section"] != "TKP")
    points = sum(
        int(score) for line in listed["results"] for code, score in line["sections"].items() if code != "TKP"
    )
    assert right == pytest.approx(points / 5)


def hold_the_report(package: Path, standalone: ModuleType) -> None:
    """The fairness report is bound by ledger and statement: another one is found, though the manifest vouched for it."""
    files = read_package(package)
    statement, manifest = json.loads(files["statement.json"]), json.loads(files["manifest.json"])
    report = json.loads(files["fairness-report.json"])
    assert statement["forms"]["fairness_report_hash"] == report_hash(files["fairness-report.json"])
    assert [each["tier"] for each in report["sections"]] == [1, 1, 1]
    report["sections"][0]["tier"] = 4
    for other in ({**files, "fairness-report.json": cjson(report)}, files):
        if other is files:
            del other["fairness-report.json"]
        opened, problems = open_package(manifest, other)
        assert opened is not None, problems
        assert [each.code for each in check_records(opened)] == ["results_report_differs"]
        again, _ = standalone.open_package(manifest, other)
        assert [each["code"] for each in standalone._check_report(again)] == ["results_report_differs"]


@pytest.fixture
def keys(centre: Centre, tmp_path: Path) -> KeySheet:
    files = BankFiles(tmp_path / "site" / "banks", open_keyring(tmp_path / "site" / "keys"))
    with centre.reader.view() as view:
        record = read_session_record(view.connection, centre.exam_session_id)
    assert record is not None
    return files.keys(record.bank.bank_id)


def test_a_session_from_the_first_check_in_to_a_verified_package(
    centre: Centre, keys: KeySheet, tmp_path: Path, monkeypatch
) -> None:
    sit_and_close(centre)
    before = checklist(centre.reader, centre.exam_session_id, keys, SITE)
    assert [each.code for each in before.checks if each.is_blocking and not each.is_ok] == ["check_scores"]
    write_all_scores(centre, keys)
    found = checklist(centre.reader, centre.exam_session_id, keys, SITE)
    assert [each for each in found.checks if each.is_blocking and not each.is_ok] == []
    assert (found.counts.present, found.counts.absent, found.counts.forfeited) == (4, 7, 1)
    assert (found.counts.force_closed, found.counts.extended, found.counts.quarantined_answers) == (2, 1, 1)

    assert sign_by_both(centre, keys) == [False, True]
    assert centre.history().is_official
    assert checklist(centre.reader, centre.exam_session_id, keys, SITE).is_ready

    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    site = ["--site", str(tmp_path / "site"), "--lang", "en"]
    made = runner.invoke(results_app, ["export", "S1", "--with-keys", "--output", "package", *site])
    assert made.exit_code == 0, made.output
    assert runner.invoke(site_app, ["keys", "--out", "trusted.json", *site]).exit_code == 0
    shown = runner.invoke(results_app, ["show", "S1", "--json", *site])
    assert shown.exit_code == 0, shown.output
    listed = json.loads(shown.stdout)
    assert listed["is_official"]
    assert (len(listed["results"]), len(listed["without"])) == (4, 8)
    checked = runner.invoke(results_app, ["verify", "package.zip", "--trusted", "trusted.json", "--json"])
    assert checked.exit_code == 0, checked.output
    verdict = json.loads(checked.stdout)
    assert (verdict["verified"], verdict["rescored"], verdict["participants"]) == (True, 4, 12)

    calibrate_from_package(runner, tmp_path, listed)

    target = tmp_path / "package" / "results.csv"
    content = bytearray(target.read_bytes())
    content[40] ^= 1
    target.write_bytes(content)
    told = runner.invoke(results_app, ["verify", "package", "--trusted", "trusted.json", "--lang", "en"])
    assert told.exit_code == 1
    assert "results.csv: this file was changed after the package was written." in told.stderr
    refused = runner.invoke(app, [*CALIBRATE, "package"])
    assert refused.exit_code == 1
    assert [each["code"] for each in json.loads(refused.stdout)["problems"]] == ["results_file_changed"]
    assert not (tmp_path / "bank.stats-2.csv").exists()
    again = runner.invoke(results_app, ["export", "S1", "--output", "package", *site])
    assert again.exit_code == 1


def test_the_signed_statement_binds_the_fairness_report(
    centre: Centre, keys: KeySheet, tmp_path: Path, monkeypatch, standalone
) -> None:
    sit_and_close(centre)
    write_all_scores(centre, keys)
    assert sign_by_both(centre, keys)[-1]
    monkeypatch.chdir(tmp_path)
    site = ["--site", str(tmp_path / "site")]
    assert CliRunner().invoke(results_app, ["export", "S1", "--output", "package", *site]).exit_code == 0
    hold_the_report(tmp_path / "package", standalone)


def test_before_sign_off_the_command_says_how_to_get_a_provisional_package(
    centre: Centre, tmp_path: Path, monkeypatch
) -> None:
    sit_and_close(centre)
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    site = ["--site", str(tmp_path / "site"), "--lang", "en"]
    refused = runner.invoke(results_app, ["export", "S1", *site])
    assert refused.exit_code == 1
    assert "--unofficial" in refused.stderr
    assert runner.invoke(results_app, ["export", "S1", "--unofficial", *site]).exit_code == 0
    assert runner.invoke(site_app, ["keys", "--out", "trusted.json", *site]).exit_code == 0
    checked = runner.invoke(
        results_app, ["verify", "results-S1.zip", "--trusted", "trusted.json", "--lang", "en"]
    )
    assert checked.exit_code == 0, checked.output
    assert "PROVISIONAL" in checked.stdout
