"""Disqualified or voided: who may be, what is kept, what counts, and how somebody sits again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cat_server.actions.add_lots import add_lots
from cat_server.actions.control_sitting import close_sitting
from cat_server.actions.disqualify import disqualify
from cat_server.actions.get_ready import accept_pledge, confirm_identity, get_ready
from cat_server.actions.grant_time import grant_time
from cat_server.actions.pause_attempt import pause_attempt
from cat_server.actions.void_attempt import void_attempt
from cat_server.domain.attempt import AttemptState
from cat_server.domain.ids import OPERATOR
from cat_server.domain.live import live
from cat_server.domain.refusals import Refusal
from cat_server.queries.form_drawings import drawing_of
from cat_server.queries.site_contents import stored_profile
from cat_server.records.contexts import context_of
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from tests.integration.conftest import Centre, Seated


def dismiss(centre: Centre, attempt_id: str, code: str = "conduct.cheating", reason: str = "Joki") -> None:
    centre.do(disqualify(centre.lane, attempt_id, code, reason, OPERATOR))


def void(centre: Centre, attempt_id: str, *, again: bool = False, code: str = "paper.wrong_form") -> object:
    return centre.do(
        void_attempt(centre.lane, centre.secrets, attempt_id, code, "Tertukar", OPERATOR, sits_again=again)
    )


def state(centre: Centre, attempt_id: str) -> AttemptState:
    return centre.history().attempts[attempt_id].state


def test_everybody_who_came_can_be_disqualified_until_the_results_are_official(centre: Centre) -> None:
    waiting, running, paused, done = (centre.seat(number) for number in range(4))
    only_registered = centre.check_in(4)
    dismiss(centre, waiting.slip.attempt_id)
    centre.start()
    dismiss(centre, only_registered.attempt_id)
    centre.pass_time(30)
    centre.do(pause_attempt(centre.lane, paused.slip.attempt_id, "Diperiksa", OPERATOR))
    centre.finish(done)
    centre.pass_time(30)
    dismiss(centre, running.slip.attempt_id)
    dismiss(centre, paused.slip.attempt_id)
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR))
    dismiss(centre, done.slip.attempt_id)
    attempts = centre.history().attempts
    ended = {
        who: (attempts[who].state, attempts[who].ended_clock_ms)
        for who in (
            waiting.slip.attempt_id, only_registered.attempt_id, running.slip.attempt_id,
            paused.slip.attempt_id, done.slip.attempt_id,
        )
    }  # fmt: skip
    assert list(ended.values()) == [
        (AttemptState.DISQUALIFIED, each) for each in (0, 0, 60_000, 30_000, 30_000)
    ]
    body = json.loads(
        centre.rows("SELECT envelope FROM ledger WHERE kind = 'ATTEMPT_DISQUALIFIED' ORDER BY number")[0][0]
    )["body"]
    assert body["reason_code"] == "conduct.cheating"
    centre.lane.run_now(lambda tx: tx.connection.exec_driver_sql("UPDATE sitting SET state = 'SIGNED'"))
    with pytest.raises(Refusal, match="ALREADY_OFFICIAL"):
        dismiss(centre, done.slip.attempt_id)


def test_the_absent_cannot_be_disqualified_and_nobody_without_words(centre: Centre) -> None:
    who = centre.seat(0)
    for attempt_id, code, reason, refused in (
        (centre.attempt_ids[5], "conduct.cheating", "x", "ATTEMPT_STATE"),
        (who.slip.attempt_id, "power.outage", "x", "INCIDENT_CODE_UNKNOWN"),
        (who.slip.attempt_id, "conduct.cheating", " ", "REASON_MISSING"),
        ("stranger", "conduct.cheating", "x", "ATTEMPT_UNKNOWN"),
    ):
        with pytest.raises(Refusal) as caught:
            dismiss(centre, attempt_id, code, reason)
        assert caught.value.code == refused


def test_after_a_disqualification_nothing_counts_any_more(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.answer(who, 1, "o1")
    dismiss(centre, who.slip.attempt_id)
    late = centre.answer(who, 2, "o2")
    assert (late.receipts[0].outcome, late.receipts[0].code) == ("quarantined", "ATTEMPT_ENDED")
    assert late.live is not None
    assert late.live.state == "DISQUALIFIED"
    with pytest.raises(Refusal, match="ATTEMPT_STATE"):
        centre.do(grant_time(centre.lane, [who.slip.attempt_id], 60_000, "x", OPERATOR))
    with pytest.raises(Refusal, match="ATTEMPT_ENDED"):
        centre.sign_in(who.kiosk, who.slip.participant_number, who.slip.pin)


def again(centre: Centre, who: Seated) -> Seated:
    """Void somebody's attempt and let them sit down again at the same PC."""
    slip = void(centre, who.slip.attempt_id, again=True)
    signed_in = centre.sign_in(who.kiosk, slip.participant_number, slip.pin)  # type: ignore[attr-defined]
    return Seated(slip, who.kiosk, signed_in)  # type: ignore[arg-type]


def test_who_sits_again_has_the_same_seat_another_paper_and_the_full_time(centre: Centre) -> None:
    who, other = centre.seat(0), centre.seat(1)
    centre.start()
    centre.answer(who, 1, "o1")
    centre.pass_time(300)
    second = again(centre, who)
    assert second.slip.seat_no == who.slip.seat_no
    assert second.slip.pin != who.slip.pin
    for step in (confirm_identity, accept_pledge, get_ready):
        centre.do(step(centre.lane, second.slip.attempt_id))
    centre.pass_time(60)
    with centre.reader.view() as view:
        context = context_of(view.connection, second.slip.attempt_id)
    assert context is not None
    assert (context.ordinal, context.state.value) == (2, "RUNNING")
    assert live(context, centre.clock.now()).remaining_ms == 540_000
    forms = centre.rows("SELECT form_no FROM attempt WHERE form_no IS NOT NULL")
    assert len(set(forms)) == 3
    assert centre.rows(
        f"SELECT form.seat_id FROM form JOIN attempt USING (form_no) WHERE attempt.id = '{second.slip.attempt_id}'"
    ) == [(None,)]
    assert centre.answer(second, 1, "o2").receipts[0].outcome == "saved"
    assert centre.answer(other, 1, "o2").receipts[0].outcome == "saved"
    voided = centre.history().attempts[who.slip.attempt_id]
    assert (voided.state, voided.seat_id, voided.answered) == (AttemptState.VOIDED, "", 1)
    with pytest.raises(Refusal, match="PIN_WRONG"):
        centre.sign_in(centre.new_kiosk(), who.slip.participant_number, who.slip.pin)


def test_what_the_old_page_still_holds_is_kept_apart(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    void(centre, who.slip.attempt_id, again=True)
    late = centre.answer(who, 1, "o1")
    assert (late.receipts[0].outcome, late.receipts[0].code) == ("quarantined", "ATTEMPT_ENDED")


def test_without_a_spare_form_or_an_open_room_nothing_happens(centre: Centre, tmp_path: Path) -> None:
    who, done = centre.seat(0), centre.seat(1)
    centre.start()
    centre.finish(done)
    spares = centre.rows("SELECT count(*) FROM form WHERE seat_id IS NULL")[0][0]
    attempt_id = who.slip.attempt_id
    for _ in range(spares):
        attempt_id = void(centre, attempt_id, again=True).attempt_id  # type: ignore[attr-defined]
    before = centre.rows("SELECT count(*) FROM ledger")
    with pytest.raises(Refusal, match="NO_SPARE_FORM"):
        void(centre, attempt_id, again=True)
    assert centre.rows("SELECT count(*) FROM ledger") == before
    drawing = drawing_of(centre.reader, centre.exam_session_id)
    assert drawing is not None
    files = BankFiles(tmp_path / "site" / "banks", open_keyring(tmp_path / "site" / "keys"))
    (number,) = add_lots(centre.lane, files, drawing, stored_profile(centre.reader, drawing.profile_hash), 1)
    attempt_id = void(centre, attempt_id, again=True).attempt_id  # type: ignore[attr-defined]
    assert centre.rows(f"SELECT form_no FROM attempt WHERE id = '{attempt_id}'") == [(number,)]
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="Selesai"))
    with pytest.raises(Refusal, match="SITTING_CLOSED"):
        void(centre, done.slip.attempt_id, again=True)
    assert state(centre, done.slip.attempt_id) is AttemptState.FINISHED
    assert centre.rows("SELECT count(*) FROM ledger") > before
    assert void(centre, done.slip.attempt_id) is None
    assert state(centre, done.slip.attempt_id) is AttemptState.VOIDED
