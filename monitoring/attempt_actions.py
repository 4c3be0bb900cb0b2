"""What an officer may decide about one participant, as the participant's page offers it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from cat_server.actions.void_attempt import OPEN
from cat_server.domain.attempt import IN_PROGRESS, AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.exam_session import SittingState
from cat_server.domain.history_views import AttemptView
from cat_server.domain.incident import IncidentCategory, text_code
from cat_server.domain.refusals import Refusal
from cat_server.queries.time_grants import GrantLine
from cat_server.runtime.incident_codes import incident_codes
from monitoring.live_session import LiveSession
from monitoring.pages import Screens
from monitoring.wording import clock_time, duration, minutes_text

PAGE = "/attempts/{attempt_id}"


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """A group of a choice of incident codes: the message code of its name, and (code, message code) pairs."""

    text_code: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant of time as text."""

    time: str
    minutes: str
    reason: str
    actor: str
    approver: str


@dataclass(frozen=True, slots=True)
class LostTime:
    """Time lost at a PC that stopped: the ledger event, how long, and between which values of the exam clock."""

    number: int
    lost: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class AttemptActions:
    """Which decisions fit the state and the officer's role, and what their forms offer."""

    can_pause: bool
    can_resume: bool
    can_disqualify: bool
    can_void: bool
    may_sit_again: bool
    needs_approver: bool
    disqualifying: tuple[CodeGroup, ...]
    voiding: tuple[CodeGroup, ...]
    may_record: bool
    grants: tuple[GrantRow, ...]
    lost_times: tuple[LostTime, ...]


def code_groups(categories: tuple[IncidentCategory, ...]) -> tuple[CodeGroup, ...]:
    """Return incident codes as a form offers them."""
    return tuple(
        CodeGroup(text_code(each.name), tuple((code, text_code(code)) for code in each.full_codes))
        for each in categories
    )


def grant_rows(screens: Screens, grants: tuple[GrantLine, ...]) -> tuple[GrantRow, ...]:
    """Return grants as text."""
    return tuple(
        GrantRow(
            clock_time(each.granted_at_ms, screens.zone),
            minutes_text(each.milliseconds),
            each.reason,
            each.actor_name,
            each.approver_name,
        )
        for each in grants
    )


def attempt_actions(
    screens: Screens, request: Request, live: LiveSession, attempt_id: str, grants: tuple[GrantLine, ...]
) -> AttemptActions:
    """Return what the officer who asks may decide about an attempt now."""
    view = live.attempt(attempt_id)
    state = AttemptState(view.state) if view else AttemptState.SCHEDULED
    sitting = live.history.sittings.get(view.room_id) if view else None
    room = sitting.state if sitting else SittingState.PREPARED
    stored = live.roster.attempts.get(attempt_id) if live.roster else None
    profile = (
        live.roster.profiles.get(stored.profile_hash, live.roster.profile) if live.roster and stored else None
    )

    def may(name: str, command: AttemptCommand) -> bool:
        return _fits(state, command) and screens.may(request, "POST", f"{PAGE}/{name}")

    is_going_on = room in (SittingState.RUNNING, SittingState.PAUSED)
    is_open = room is not SittingState.SIGNED
    codes = incident_codes()
    return AttemptActions(
        can_pause=is_going_on and may("pause", AttemptCommand.PAUSE),
        can_resume=is_going_on and may("resume", AttemptCommand.RESUME),
        can_disqualify=is_open and may("disqualify", AttemptCommand.DISQUALIFY),
        can_void=is_open and may("void", AttemptCommand.VOID),
        may_sit_again=room in OPEN,
        needs_approver=profile is not None and "disqualify" in profile.policy.two_person,
        disqualifying=code_groups(codes.disqualifying),
        voiding=code_groups(codes.voiding),
        may_record=screens.may(request, "POST", "/incidents/{exam_session_id}"),
        grants=grant_rows(screens, grants),
        lost_times=_lost_times(view)
        if view and is_going_on and screens.may(request, "POST", f"{PAGE}/credit")
        else (),
    )


def _lost_times(view: AttemptView) -> tuple[LostTime, ...]:
    """Return what nobody has decided about, while time can still be given."""
    if view.state not in IN_PROGRESS | {AttemptState.TIMED_OUT}:
        return ()
    return tuple(
        LostTime(
            each.number, duration(each.lost_ms), duration(each.from_clock_ms), duration(each.to_clock_ms)
        )
        for each in view.interruptions.values()
    )


def _fits(state: AttemptState, command: AttemptCommand) -> bool:
    try:
        next_attempt_state(state, command)
    except Refusal:
        return False
    return True
