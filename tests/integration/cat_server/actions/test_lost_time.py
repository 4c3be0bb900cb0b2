"""What a PC that stopped cost: noted by the server, credited once by an officer, seen the same in tables and ledger."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import pytest

from cat_server.actions.notice_interruption import notice_interruption
from cat_server.actions.pause_attempt import pause_attempt, resume_attempt
from cat_server.actions.settle_interruption import credit_interruption, dismiss_interruption
from cat_server.domain.ids import OPERATOR
from cat_server.domain.interruption import Interruption
from cat_server.domain.live import Live, live
from cat_server.domain.refusals import Refusal
from cat_server.records.contexts import context_of
from cat_server.records.presences import save_presences
from cat_server.runtime.presence import Seen
from tests.integration.conftest import Centre, Seated


def now(centre: Centre, who: Seated) -> Live:
    with centre.reader.view() as view:
        context = context_of(view.connection, who.slip.attempt_id)
    assert context is not None
    return live(context, centre.clock.now())


def beat(centre: Centre, who: Seated, worked_clock_ms: int | None = None) -> None:
    """Do what a heartbeat does; the first of a page tells until when the PC was worked on."""
    told = now(centre, who)
    attempt_id = who.slip.attempt_id
    if worked_clock_ms is not None:
        asyncio.run(notice_interruption(centre.lane, attempt_id, told, worked_clock_ms))
    seen = Seen(attempt_id, centre.clock.at_ms, 1, 0, True, 0, told.clock_ms)
    centre.lane.run_now(lambda tx: save_presences(tx.connection, [asdict(seen)]))


def noted(centre: Centre, who: Seated) -> list[Interruption]:
    return list(centre.history().attempts[who.slip.attempt_id].interruptions.values())


def lost_three_minutes(centre: Centre) -> Seated:
    who = centre.seat(0)
    centre.start()
    centre.pass_time(1)
    beat(centre, who, 0)
    centre.pass_time(60)
    beat(centre, who)
    centre.pass_time(180)
    beat(centre, who, 20_000)
    return who


def test_a_dead_pcs_time_is_noted_and_given_back_with_one_decision(centre: Centre) -> None:
    who = lost_three_minutes(centre)
    [found] = noted(centre, who)
    assert (found.from_clock_ms, found.lost_ms) == (61_000, 180_000)
    before = now(centre, who).remaining_ms
    credit = credit_interruption(centre.lane, who.slip.attempt_id, found.number, "PC mati", OPERATOR)
    asyncio.run(credit)
    assert now(centre, who).remaining_ms == before + 180_000
    assert noted(centre, who) == []
    assert centre.rows("SELECT milliseconds, reason FROM time_grant") == [(180_000, "PC mati")]


def test_it_is_decided_once(centre: Centre) -> None:
    who = lost_three_minutes(centre)
    [found] = noted(centre, who)
    attempt_id = who.slip.attempt_id
    asyncio.run(dismiss_interruption(centre.lane, attempt_id, found.number, "Keluar ruang", OPERATOR))
    assert noted(centre, who) == []
    for settle in (credit_interruption, dismiss_interruption):
        with pytest.raises(Refusal, match="INTERRUPTION_SETTLED"):
            asyncio.run(settle(centre.lane, attempt_id, found.number, "lagi", OPERATOR))
    assert centre.rows("SELECT COUNT(*) FROM time_grant") == [(0,)]


def test_another_participants_loss_and_a_missing_reason_are_refused(centre: Centre) -> None:
    other = centre.seat(1)
    who = lost_three_minutes(centre)
    [found] = noted(centre, who)
    with pytest.raises(Refusal, match="INTERRUPTION_UNKNOWN"):
        asyncio.run(
            credit_interruption(centre.lane, other.slip.attempt_id, found.number, "PC mati", OPERATOR)
        )
    with pytest.raises(Refusal, match="REASON_MISSING"):
        asyncio.run(credit_interruption(centre.lane, who.slip.attempt_id, found.number, "  ", OPERATOR))
    assert noted(centre, who) == [found]


def test_who_worked_on_without_the_network_lost_nothing(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.pass_time(1)
    beat(centre, who, 0)
    centre.pass_time(300)
    beat(centre, who, 298_000)
    assert noted(centre, who) == []


def test_time_that_was_charged_to_nobody_is_not_given_back_again(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.pass_time(1)
    beat(centre, who, 0)
    centre.clock.advance(600)
    centre.tick()
    beat(centre, who, 0)
    assert noted(centre, who) == []
    asyncio.run(pause_attempt(centre.lane, who.slip.attempt_id, "PC diganti", OPERATOR))
    centre.pass_time(120)
    beat(centre, who, 0)
    asyncio.run(resume_attempt(centre.lane, who.slip.attempt_id, OPERATOR))
    assert noted(centre, who) == []
