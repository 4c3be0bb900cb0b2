"""A session with a pause of one, a disqualification and voided attempts: counts, ranking, package, both verifiers."""

# ruff: noqa: ANN001 - fixtures of pytest's own and of the conftest

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cat_server.actions.control_sitting import close_sitting
from cat_server.actions.disqualify import disqualify
from cat_server.actions.get_ready import accept_pledge, confirm_identity, get_ready
from cat_server.actions.officers import NewOfficer, add_officer
from cat_server.actions.pause_attempt import pause_attempt, resume_attempt
from cat_server.actions.prepare_statement import prepare_statement
from cat_server.actions.sign_statement import sign_statement
from cat_server.actions.void_attempt import void_attempt
from cat_server.cli.results import results_app
from cat_server.cli.site import site_app
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.queries.checklist import checklist
from cat_server.runtime.officer_keys import Cost
from question_bank.items import KeySheet
from tests.integration.cat_server.results.test_whole_session import SITE, keys, sign_by_both, write_all_scores
from tests.integration.conftest import Centre, Seated

__all__ = ["keys"]


def sit(centre: Centre) -> dict[str, Seated]:
    """One is paused a while, one disqualified, one sits again, one is voided after the close; eight stay away."""
    people = dict(zip(("paused", "dismissed", "again", "voided"), map(centre.seat, range(4)), strict=True))
    centre.start()
    for who in people.values():
        centre.answer(who, 1, "o1")
        centre.answer(who, 2, "o2")
    centre.do(pause_attempt(centre.lane, people["paused"].slip.attempt_id, "Sakit", OPERATOR))
    centre.pass_time(20)
    centre.do(resume_attempt(centre.lane, people["paused"].slip.attempt_id, OPERATOR))
    centre.do(
        disqualify(
            centre.lane, people["dismissed"].slip.attempt_id, "conduct.cheating", "Menyontek", OPERATOR
        )
    )
    old = people["again"]
    slip = centre.do(
        void_attempt(
            centre.lane, centre.secrets, old.slip.attempt_id, "paper.wrong_form", "Tertukar", OPERATOR,
            sits_again=True,
        )
    )  # fmt: skip
    second = Seated(slip, old.kiosk, centre.sign_in(old.kiosk, slip.participant_number, slip.pin))
    for step in (confirm_identity, accept_pledge, get_ready):
        centre.do(step(centre.lane, slip.attempt_id))
    centre.answer(second, 3, "o3")
    people["second"] = second
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Selesai"))
    return people


def test_counts_ranking_and_both_verifiers_agree(
    centre: Centre, keys: KeySheet, tmp_path: Path, standalone, monkeypatch
) -> None:
    people = sit(centre)
    session = centre.exam_session_id
    write_all_scores(centre, keys)
    early = centre.do(prepare_statement(centre.lane, centre.reader, session, keys, SITE, OPERATOR))
    centre.do(
        void_attempt(
            centre.lane, centre.secrets, people["voided"].slip.attempt_id, "identity.wrong_person", "Salah orang",
            OPERATOR,
        )
    )  # fmt: skip
    found = checklist(centre.reader, session, keys, SITE)
    assert [each for each in found.checks if each.is_blocking and not each.is_ok] == []
    counts = found.counts
    assert (counts.expected, counts.present, counts.absent, counts.disqualified, counts.voided) == (
        12,
        2,
        8,
        1,
        1,
    )
    assert (counts.force_closed, counts.extended) == (2, 1)
    assert sign_by_both(centre, keys) == [False, True]
    assert centre.rows("SELECT max(version) FROM statement")[0][0] == early.version + 1

    monkeypatch.chdir(tmp_path)
    runner, site = CliRunner(), ["--site", str(tmp_path / "site")]
    made = runner.invoke(results_app, ["export", "S1", "--with-keys", "--output", "package", *site])
    assert made.exit_code == 0, made.output
    assert runner.invoke(site_app, ["keys", "--out", "trusted.json", *site]).exit_code == 0
    checked = runner.invoke(results_app, ["verify", "package.zip", "--trusted", "trusted.json", "--json"])
    assert checked.exit_code == 0, checked.output
    assert standalone.main(["package.zip", "--trusted", "trusted.json"]) == 0
    lines = json.loads((tmp_path / "package" / "results.json").read_text())["lines"]
    assert len(lines) == 13
    by_state = {each["state"]: each for each in lines}
    assert [each["rank"] is not None for each in lines] == [True] * 2 + [False] * 11
    assert by_state["DISQUALIFIED"]["score"]["answered"] == 2
    assert by_state["VOIDED"]["score"] is None
    assert {each["ordinal"] for each in lines if each["state"] == "FORCE_CLOSED"} == {1, 2}
    statement = json.loads((tmp_path / "package" / "statement.json").read_text())
    assert sorted((each["ordinal"], each["reason"]) for each in statement["voided"]) == [
        (1, "Salah orang"), (1, "Tertukar"),
    ]  # fmt: skip


def test_no_statement_is_signed_over_a_later_decision(centre: Centre, keys: KeySheet) -> None:
    people = sit(centre)
    write_all_scores(centre, keys)
    session, cheap = centre.exam_session_id, Cost(memory_kib=64, iterations=1, lanes=1)
    dewi = add_officer(centre.lane, NewOfficer("dewi", "Dewi", "coordinator", "delivery_team"), cheap)
    early = centre.do(prepare_statement(centre.lane, centre.reader, session, keys, SITE, OPERATOR))
    second = people["second"].slip.attempt_id
    centre.do(disqualify(centre.lane, second, "conduct.remote_tool", "Ketahuan", OPERATOR))
    with pytest.raises(Refusal, match="STATEMENT_OUTDATED"):
        centre.do(
            sign_statement(
                centre.lane, centre.reader, session, dewi.officer.officer_id, early.statement_hash, "signed",
                dewi.passphrase,
            )
        )  # fmt: skip
