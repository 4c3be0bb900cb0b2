"""What an exam session's ledger says happened: the fold of its events.

The live board, the checklist and the test that tables equal their history all read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import EventKind, Recorded
from cat_server.domain.exam_session import SittingState
from cat_server.domain.history_views import AttemptView, SavedAnswer, SittingView
from cat_server.domain.interruption import Interruption
from cat_server.domain.timing import AttemptBlock, TimeGrant


class History:
    """The fold of one chain. Apply its events in order; numbers already seen are passed over."""

    def __init__(self) -> None:
        self.number = 0
        self.sittings: dict[str, SittingView] = {}
        self.attempts: dict[str, AttemptView] = {}
        self.created: dict[str, Any] = {}
        self.statements: list[dict[str, Any]] = []
        self.signatures: list[dict[str, Any]] = []
        self.is_official = False

    @classmethod
    def of(cls, events: Iterable[Recorded]) -> History:
        """Return the fold of all these events."""
        history = cls()
        for each in events:
            history.apply(each)
        return history

    def apply(self, event: Recorded) -> None:
        """Take one more event into account."""
        if event.number <= self.number:
            return
        self.number = event.number
        handler = _HANDLERS.get(event.kind)
        if handler is not None:
            handler(self, event)
        attempt = self.attempts.get(str(event.body.get("attempt_id", "")))
        if attempt is not None:
            attempt.last_number = event.number

    def attempt_of(self, event: Recorded) -> AttemptView:
        """Return the attempt that the event is about."""
        return self.attempts[str(event.body["attempt_id"])]

    def sitting_of(self, event: Recorded) -> SittingView:
        """Return the sitting that the event is about."""
        room_id = str(event.body["room_id"])
        return self.sittings.setdefault(room_id, SittingView(room_id))


def _created(history: History, event: Recorded) -> None:
    history.created = dict(event.body)
    for room_id in _list(event.body["rooms"]):
        history.sittings[room_id] = SittingView(room_id)


def _scheduled(history: History, event: Recorded) -> None:
    body = event.body
    attempt_id = str(body["attempt_id"])
    history.attempts[attempt_id] = AttemptView(
        attempt_id, str(body["participant_id"]), str(body["profile_hash"]), ordinal=_int(body["ordinal"])
    )


def _sitting(state: SittingState) -> Callable[[History, Recorded], None]:
    def handle(history: History, event: Recorded) -> None:
        sitting = history.sitting_of(event)
        sitting.state = state
        sitting.control_no = _int(event.body.get("control_no", sitting.control_no))
        sitting.clock_ms = event.clock_ms or sitting.clock_ms
        match event.kind:
            case EventKind.SITTING_STARTED:
                sitting.started_at_ms = event.at_ms
            case EventKind.SITTING_PAUSED:
                sitting.pauses.append((event.at_ms, None, str(event.private.get("reason", ""))))
            case EventKind.SITTING_RESUMED:
                begun, _, reason = sitting.pauses[-1]
                sitting.pauses[-1] = (begun, event.at_ms, reason)
            case EventKind.SITTING_CLOSED:
                sitting.closed_at_ms = event.at_ms
            case _:
                pass

    return handle


def _recovered(history: History, event: Recorded) -> None:
    history.sitting_of(event).down_ms += _int(event.body["down_ms"])


def _checked_in(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.state = AttemptState.REGISTERED
    attempt.room_id, attempt.seat_id = str(event.body["room_id"]), str(event.body["seat_id"])
    attempt.form_no = _int(event.body["form_no"])


def _check_in_undone(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.state = AttemptState.SCHEDULED
    attempt.room_id = attempt.seat_id = attempt.documents = ""
    attempt.form_no = None


def _documents_checked(history: History, event: Recorded) -> None:
    history.attempt_of(event).documents = " ".join(_list(event.body["documents"]))


def _photo_taken(history: History, event: Recorded) -> None:
    history.attempt_of(event).photo_hash = str(event.private["photo_hash"])


def _reinstated(history: History, event: Recorded) -> None:
    history.attempt_of(event).state = AttemptState(str(event.body["state"]))


def _seat_moved(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.room_id, attempt.seat_id = str(event.body["room_id"]), str(event.body["seat_id"])
    attempt.kiosk_id = ""


def _signed_in(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.kiosk_id, attempt.epoch = str(event.body["kiosk_id"]), _int(event.body["epoch"])
    if attempt.state is AttemptState.REGISTERED:
        attempt.state = AttemptState.SEATED


def _sign_in_refused(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.refused_sign_ins += 1
    attempt.last_refusal, attempt.last_refusal_at_ms = str(event.body["code"]), event.at_ms


def _state(state: AttemptState) -> Callable[[History, Recorded], None]:
    def handle(history: History, event: Recorded) -> None:
        attempt = history.attempt_of(event)
        attempt.state = state
        attempt.paused_clock_ms = attempt.paused_at_ms = None
        if "ended_clock_ms" in event.body:
            attempt.ended_clock_ms = _int(event.body["ended_clock_ms"])
            attempt.ended_by = event.kind.value
            attempt.end_reason = str(event.private.get("reason", ""))
            attempt.blocks = [
                each
                if each.ended_clock_ms is not None
                else replace(each, ended_clock_ms=attempt.ended_clock_ms)
                for each in attempt.blocks
            ]

    return handle


def _block_started(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    if event.kind is EventKind.ATTEMPT_STARTED:
        attempt.state = AttemptState.RUNNING
    body = event.body
    attempt.blocks.append(
        AttemptBlock(_int(body["block_no"]), _int(body["started_clock_ms"]), _int(body["allowed_ms"]))
    )


def _block_ended(history: History, event: Recorded) -> None:
    number, ended = _int(event.body["block_no"]), _int(event.body["ended_clock_ms"])
    history.attempt_of(event).set_end(number, ended)


def _reopened(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.state, attempt.ended_clock_ms, attempt.ended_by = AttemptState.RUNNING, None, ""
    attempt.set_end(_int(event.body["block_no"]), None)


def _paused_alone(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.state = AttemptState.PAUSED
    attempt.paused_clock_ms, attempt.paused_at_ms = _int(event.body["paused_clock_ms"]), event.at_ms
    _controlled(history, attempt, event)


def _resumed_alone(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    attempt.state = AttemptState.RUNNING
    attempt.paused_clock_ms = attempt.paused_at_ms = None
    _controlled(history, attempt, event)


def _controlled(history: History, attempt: AttemptView, event: Recorded) -> None:
    """Take the room's control number from an event that stops or starts the time of one participant."""
    sitting = history.sittings.setdefault(attempt.room_id, SittingView(attempt.room_id))
    sitting.control_no = _int(event.body["control_no"])


def _voided(history: History, event: Recorded) -> None:
    _state(AttemptState.VOIDED)(history, event)
    history.attempt_of(event).seat_id = ""


def _answered(history: History, event: Recorded) -> None:
    attempt = history.attempt_of(event)
    position, epoch, seq = (_int(event.body[name]) for name in ("position", "epoch", "seq"))
    if event.kind is EventKind.ANSWER_ACCEPTED_LATE:
        attempt.late += 1
    attempt.last_saved_at_ms = event.at_ms
    known = attempt.answers.get(position)
    if known is None or (known.epoch, known.seq) < (epoch, seq):
        response = tuple(_list(event.private["response"]))
        is_flagged = bool(event.private["is_flagged"])
        attempt.answers[position] = SavedAnswer(response, is_flagged, epoch, seq, event.number, event.at_ms)


def _quarantined(history: History, event: Recorded) -> None:
    history.attempt_of(event).quarantined += 1


def _granted(history: History, event: Recorded) -> None:
    body = event.body
    history.attempt_of(event).grants.append(
        TimeGrant(str(body["grant_id"]), _int(body["block_no"]), _int(body["milliseconds"]))
    )
    _settled(history, event)


def _interrupted(history: History, event: Recorded) -> None:
    body = event.body
    history.attempt_of(event).interruptions[event.number] = Interruption(
        event.number, _int(body["from_clock_ms"]), _int(body["to_clock_ms"])
    )


def _settled(history: History, event: Recorded) -> None:
    history.attempt_of(event).interruptions.pop(_int(event.body.get("interruption", 0)), None)


def _statement(history: History, event: Recorded) -> None:
    history.statements.append(dict(event.body))


def _signature(history: History, event: Recorded) -> None:
    history.signatures.append({**event.body, **event.private})


def _official(history: History, _event: Recorded) -> None:
    history.is_official = True
    for sitting in history.sittings.values():
        sitting.state = SittingState.SIGNED


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"not an integer in an event: {value!r}")
    return value


def _list(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"not a list in an event: {value!r}")
    return [str(each) for each in value]


_HANDLERS: dict[EventKind, Callable[[History, Recorded], None]] = {
    EventKind.EXAM_SESSION_CREATED: _created,
    EventKind.PARTICIPANT_SCHEDULED: _scheduled,
    EventKind.REGISTRATION_OPENED: _sitting(SittingState.REGISTERING),
    EventKind.SITTING_STARTED: _sitting(SittingState.RUNNING),
    EventKind.SITTING_PAUSED: _sitting(SittingState.PAUSED),
    EventKind.SITTING_RESUMED: _sitting(SittingState.RUNNING),
    EventKind.SITTING_CLOSED: _sitting(SittingState.CLOSED),
    EventKind.CLOCK_RECOVERED: _recovered,
    EventKind.PARTICIPANT_CHECKED_IN: _checked_in,
    EventKind.CHECK_IN_UNDONE: _check_in_undone,
    EventKind.DOCUMENTS_CHECKED: _documents_checked,
    EventKind.PHOTO_TAKEN: _photo_taken,
    EventKind.ATTEMPT_REINSTATED: _reinstated,
    EventKind.SEAT_MOVED: _seat_moved,
    EventKind.PARTICIPANT_SIGNED_IN: _signed_in,
    EventKind.SIGN_IN_REFUSED: _sign_in_refused,
    EventKind.PARTICIPANT_READY: _state(AttemptState.READY),
    EventKind.ATTEMPT_STARTED: _block_started,
    EventKind.BLOCK_STARTED: _block_started,
    EventKind.BLOCK_ENDED: _block_ended,
    EventKind.ANSWER_SAVED: _answered,
    EventKind.ANSWER_ACCEPTED_LATE: _answered,
    EventKind.ANSWER_QUARANTINED: _quarantined,
    EventKind.ATTEMPT_FINISHED: _state(AttemptState.FINISHED),
    EventKind.ATTEMPT_TIMED_OUT: _state(AttemptState.TIMED_OUT),
    EventKind.ATTEMPT_FORCE_CLOSED: _state(AttemptState.FORCE_CLOSED),
    EventKind.ATTEMPT_REOPENED: _reopened,
    EventKind.ATTEMPT_PAUSED: _paused_alone,
    EventKind.ATTEMPT_RESUMED: _resumed_alone,
    EventKind.ATTEMPT_DISQUALIFIED: _state(AttemptState.DISQUALIFIED),
    EventKind.ATTEMPT_VOIDED: _voided,
    EventKind.ATTEMPT_ABSENT: _state(AttemptState.ABSENT),
    EventKind.ATTEMPT_FORFEITED: _state(AttemptState.FORFEITED),
    EventKind.TIME_GRANTED: _granted,
    EventKind.WORK_INTERRUPTED: _interrupted,
    EventKind.INTERRUPTION_DISMISSED: _settled,
    EventKind.STATEMENT_PREPARED: _statement,
    EventKind.STATEMENT_SIGNED: _signature,
    EventKind.RESULTS_MADE_OFFICIAL: _official,
}
