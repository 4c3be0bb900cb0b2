"""Pausing one participant: their time stands still to the millisecond, whatever the room does meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from cat_server.actions.control_sitting import close_sitting, pause_sitting, resume_sitting
from cat_server.actions.force_finish import force_finish
from cat_server.actions.grant_time import grant_time
from cat_server.actions.pause_attempt import pause_attempt, resume_attempt
from cat_server.actions.save_answers import SaveReply, SaveRequest
from cat_server.domain.answers import Submitted
from cat_server.domain.attempt import AttemptState
from cat_server.domain.ids import OPERATOR
from cat_server.domain.live import Live, live
from cat_server.domain.refusals import Refusal
from cat_server.records.contexts import context_of
from cat_server.runtime.tokens import token_hash
from tests.integration.conftest import Centre, Seated, answer

FULL_MS = 600_000


class Room:
    """A running room in short words; `one` is the participant whom the officer stops."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.one, self.other = centre.seat(0), centre.seat(1)
        centre.start()

    def play(self, timeline: str) -> None:
        """Play `"60 stop | 30 pause | 60 go"`: seconds, then a command."""
        for step in timeline.split("|"):
            seconds, *words = step.split()
            self.centre.pass_time(float(seconds))
            for word in words:
                self.centre.do(self.command(word))

    def command(self, word: str) -> Any:
        centre, one = self.centre, self.one.slip.attempt_id
        session = centre.exam_session_id
        return {
            "stop": lambda: pause_attempt(centre.lane, one, "Sakit", OPERATOR),
            "go": lambda: resume_attempt(centre.lane, one, OPERATOR),
            "pause": lambda: pause_sitting(centre.lane, session, "", OPERATOR, reason="Listrik"),
            "resume": lambda: resume_sitting(centre.lane, session, "", OPERATOR),
            "grant": lambda: grant_time(centre.lane, [one], 60_000, "PC", OPERATOR),
            "end": lambda: force_finish(centre.lane, one, "Pulang", OPERATOR),
            "close": lambda: close_sitting(centre.lane, session, "", OPERATOR, reason="Selesai"),
        }[word]()

    def live(self, who: Seated) -> Live:
        with self.centre.reader.view() as view:
            context = context_of(view.connection, who.slip.attempt_id)
        assert context is not None
        return live(context, self.centre.clock.now())

    def left(self) -> tuple[str, int, int]:
        """State and time left of the one, time left of the other."""
        one = self.live(self.one)
        return one.state, one.remaining_ms, self.live(self.other).remaining_ms

    def grants(self) -> list[int]:
        return [
            each[0] for each in self.centre.rows("SELECT milliseconds FROM time_grant ORDER BY granted_at_ms")
        ]


@pytest.fixture
def room(centre: Centre) -> Room:
    return Room(centre)


@pytest.mark.parametrize(
    ("timeline", "state", "used_s", "room_used_s", "given_back_s"),
    [
        ("60 stop | 90", "PAUSED", 60, 150, []),
        ("60 stop | 90 go", "RUNNING", 60, 150, [90]),
        ("60 stop | 90 go | 30", "RUNNING", 90, 180, [90]),
        ("60 stop go | 30", "RUNNING", 90, 90, []),
        ("60 stop | 30 pause | 300 go", "PAUSED", 60, 90, [30]),
        ("60 stop | 30 pause | 300 go | 60 resume | 10", "RUNNING", 70, 100, [30]),
        ("60 stop | 30 pause | 300 resume | 40 go", "RUNNING", 60, 130, [70]),
        ("60 pause stop | 300 resume | 45", "PAUSED", 60, 105, []),
        ("60 pause stop | 300 resume | 45 go | 5", "RUNNING", 65, 110, [45]),
        ("60 stop | 20 go | 20 stop | 20 go", "RUNNING", 80, 120, [20, 20]),
        ("60 stop | 20 grant | 20 go", "RUNNING", 0, 100, [60, 40]),
    ],
)
def test_time_is_charged_to_the_millisecond(
    room: Room, timeline: str, state: str, used_s: int, room_used_s: int, given_back_s: list[int]
) -> None:
    room.play(timeline)
    assert room.left() == (state, FULL_MS - used_s * 1_000, FULL_MS - room_used_s * 1_000)
    assert room.grants() == [each * 1_000 for each in given_back_s]


def test_parts_of_a_second_are_given_back_too(room: Room) -> None:
    room.play("60 stop")
    room.centre.clock.advance(0.137)
    room.centre.tick()
    room.centre.clock.advance(0.211)
    room.play("0 go")
    assert room.grants() == [348]
    assert room.left() == ("RUNNING", FULL_MS - 60_000, FULL_MS - 60_348)


def test_a_stopped_clock_is_never_timed_out_and_goes_on_after_the_others(room: Room) -> None:
    room.play("590 stop | 60")
    assert room.left() == ("PAUSED", 10_000, 0)
    assert room.live(room.other).state == "TIMED_OUT"
    room.play("60 go | 9.5")
    assert room.left()[:2] == ("RUNNING", 500)
    room.play("0.5")
    assert room.left()[0] == "TIMED_OUT"
    history = room.centre.history()
    assert history.attempts[room.one.slip.attempt_id].ended_clock_ms == FULL_MS + 120_000


@pytest.mark.parametrize("how", ["end", "close"])
def test_ending_while_stopped_ends_where_the_clock_stood(room: Room, how: str) -> None:
    room.play(f"60 stop | 90 {how}")
    attempt = room.centre.history().attempts[room.one.slip.attempt_id]
    assert (attempt.state, attempt.ended_clock_ms) == (AttemptState.FORCE_CLOSED, 60_000)
    assert room.centre.rows("SELECT count(*) FROM attempt WHERE paused_clock_ms IS NOT NULL") == [(0,)]
    assert room.grants() == []


@pytest.mark.parametrize(
    ("before", "then", "code"),
    [
        ("", "go", "ATTEMPT_STATE"),
        ("stop", "stop", "ATTEMPT_STATE"),
        ("end", "stop", "ATTEMPT_STATE"),
        ("stop end", "go", "ATTEMPT_STATE"),
        ("close", "stop", "SITTING_CLOSED"),
        ("stop close", "go", "SITTING_CLOSED"),
    ],
)
def test_what_cannot_be_is_refused(room: Room, before: str, then: str, code: str) -> None:
    room.play(f"0 {before}")
    with pytest.raises(Refusal, match=code):
        room.play(f"0 {then}")


def test_a_pause_needs_a_reason(room: Room) -> None:
    with pytest.raises(Refusal, match="REASON_MISSING"):
        room.centre.do(pause_attempt(room.centre.lane, room.one.slip.attempt_id, " ", OPERATOR))


def test_nothing_is_left_to_stop_at_the_very_end(room: Room) -> None:
    room.centre.pass_time(599.5)
    room.centre.clock.advance(0.6)
    with pytest.raises(Refusal, match="TIME_IS_UP"):
        room.centre.do(room.command("stop"))


def test_the_reason_goes_with_the_time_given_back(room: Room) -> None:
    room.play("60 stop | 90 go")
    assert room.centre.rows("SELECT reason, actor_id, approver FROM time_grant") == [("Sakit", "", "")]
    assert [each[0] for each in room.centre.rows(
        "SELECT kind FROM ledger WHERE kind LIKE 'ATTEMPT_%ED' AND kind != 'ATTEMPT_STARTED' OR kind = 'TIME_GRANTED'"
        " ORDER BY number"
    )] == ["ATTEMPT_PAUSED", "ATTEMPT_RESUMED", "TIME_GRANTED"]  # fmt: skip


def send(room: Room, claimed_ms: int, control_no: int) -> SaveReply:
    room.one.seq += 1
    request = SaveRequest(
        token_hash(room.one.signed_in.token),
        room.one.signed_in.epoch,
        (answer(room.one.seq, 1, f"o{room.one.seq}", clock_ms=claimed_ms),),
        control_no,
    )
    reply: SaveReply = room.centre.do(room.centre.lane.submit(room.centre.save_kind, request))
    return reply


def test_only_what_crossed_the_pause_is_saved_meanwhile(room: Room) -> None:
    before = room.live(room.one).control_no
    room.play("60 stop | 90")
    known = room.live(room.one).control_no
    assert known > before
    clicked_before = send(room, 59_000, known)
    without_knowing = send(room, 140_000, before)
    knowing = send(room, 140_000, known)
    assert [each.receipts[0].outcome for each in (clicked_before, without_knowing, knowing)] == [
        "saved", "saved", "quarantined",
    ]  # fmt: skip
    assert knowing.receipts[0].code == "ATTEMPT_PAUSED"
    assert (knowing.live.state, knowing.live.remaining_ms) == ("PAUSED", 540_000)  # type: ignore[union-attr]
    room.play("0 go")
    assert send(room, 150_000, known).receipts[0].outcome == "saved"


def test_a_finish_that_crossed_the_pause_takes_effect_where_the_clock_stood(room: Room) -> None:
    room.play("60 stop | 90")
    room.centre.answer(room.one, 1, "o1")
    room.centre.finish(room.one)
    attempt = room.centre.history().attempts[room.one.slip.attempt_id]
    assert (attempt.state, attempt.ended_clock_ms, attempt.paused_clock_ms) == (
        AttemptState.FINISHED, 60_000, None,
    )  # fmt: skip


def test_the_tables_are_still_the_fold_of_the_ledger(room: Room) -> None:
    for timeline in ("60 stop | 30", "0 go | 10", "0 pause stop | 5 resume | 5"):
        room.play(timeline)
        history, one = room.centre.history(), room.one.slip.attempt_id
        attempt, sitting = history.attempts[one], history.sittings[room.centre.room_id]
        kept = room.centre.rows(f"SELECT state, paused_clock_ms FROM attempt WHERE id = '{one}'")
        assert [(attempt.state.value, attempt.paused_clock_ms)] == kept
        assert [(sitting.state.value, sitting.control_no)] == room.centre.rows(
            "SELECT state, control_no FROM sitting"
        )


def test_a_command_with_another_body_changes_nothing_while_stopped(room: Room) -> None:
    room.play("60")
    first = room.centre.send(room.one, answer(1, 1, "o1"))
    room.play("0 stop | 10")
    again = room.centre.send(room.one, answer(1, 1, "o1"), Submitted(2, answer(2, 1).kind, 99, ("o1",)))
    assert again.receipts[0] == first.receipts[0]
    assert again.receipts[1].code == "POSITION_UNKNOWN"
