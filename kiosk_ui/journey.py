"""Which page a participant belongs on, from the state of kiosk, sign-in and attempt. The server decides, always."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cat_server.queries.kiosk_status import KioskStatus

ENDED_WITH_SCORE = frozenset({"FINISHED", "TIMED_OUT", "FORCE_CLOSED"})
_ON_PAPER = frozenset({"RUNNING", "PAUSED"})
_BEFORE = frozenset({"REGISTERED", "SEATED"})
BEFORE_START = frozenset({"SEATED", "READY"})
"""States of those who sit at their PC and wait."""


class Step(StrEnum):
    """A page, by its path."""

    START = "/go"
    ENROLMENT = "/enrolment"
    SIGN_IN = "/sign_in"
    CONFIRM = "/confirm"
    PLEDGE = "/pledge"
    TUTORIAL = "/tutorial"
    WAITING = "/waiting"
    PAPER = "/paper"
    RESULT = "/result"
    MOVED = "/moved"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a kiosk and its participant stand. `state` is the attempt's as browsers see it; empty without sign-in.

    `may_sign_in`: the PC has a seat, or the event lets any PC take one. `is_moved`: the participant sits elsewhere now.
    """

    may_sign_in: bool
    kiosk_id: str = ""
    code: str = ""
    seat_no: int = 0
    room_name: str = ""
    exam_title: str = ""
    attempt_id: str = ""
    name: str = ""
    number: str = ""
    agency: str = ""
    position: str = ""
    state: str = ""
    has_confirmed_identity: bool = False
    has_accepted_pledge: bool = False
    planned_start_at_ms: int | None = None
    epoch: int = 0
    is_moved: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Tell whether somebody has signed in here."""
        return bool(self.attempt_id)


def standing_of(status: KioskStatus) -> Standing:
    """Return a kiosk's status as its pages need it."""
    kiosk = status.kiosk
    if kiosk is None:
        return Standing(may_sign_in=False)
    attempt, person, live = status.attempt, status.person, status.live
    if attempt is None or person is None or live is None:
        return Standing(
            status.may_sign_in, kiosk.kiosk_id, kiosk.code, seat_no=kiosk.seat_no, room_name=kiosk.room_name
        )
    return Standing(
        may_sign_in=status.may_sign_in,
        kiosk_id=kiosk.kiosk_id,
        code=kiosk.code,
        seat_no=person.seat_no,
        room_name=person.room_name,
        exam_title=person.exam_title,
        attempt_id=attempt.attempt_id,
        name=person.name,
        number=person.participant_number,
        agency=person.agency,
        position=person.position,
        state=live.state,
        has_confirmed_identity=attempt.has_confirmed_identity,
        has_accepted_pledge=attempt.has_accepted_pledge,
        planned_start_at_ms=person.planned_start_at_ms,
        epoch=live.epoch,
        is_moved=status.is_fenced,
    )


def step_of(standing: Standing) -> Step:
    """Return the page to show. Identity and pledge come first even where the exam runs already."""
    if not standing.is_signed_in:
        return _step_of_pc(standing)
    if standing.is_moved:
        return Step.MOVED
    if standing.state not in _BEFORE | _ON_PAPER | {"READY"}:
        return Step.RESULT
    if not standing.has_confirmed_identity:
        return Step.CONFIRM
    if not standing.has_accepted_pledge:
        return Step.PLEDGE
    if standing.state in _ON_PAPER:
        return Step.PAPER
    return Step.WAITING if standing.state == "READY" else Step.TUTORIAL


def _step_of_pc(standing: Standing) -> Step:
    if not standing.kiosk_id:
        return Step.START
    return Step.SIGN_IN if standing.may_sign_in else Step.ENROLMENT
