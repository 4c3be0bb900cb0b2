"""What the registration desk shows: the queue's next person large, and what may be done with them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from cat_server.domain.attempt import IN_PROGRESS, WAITING, AttemptState
from cat_server.domain.documents import REQUIRED, DocumentGroup, Shown
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import DeskFacts, StoredAttempt, facts_at_desk, find_at_desk, find_elsewhere
from cat_server.queries.session_list import SessionSummary
from monitoring.pages import Chrome, Screens
from monitoring.registration_view import CLOSED, OPEN, RegistrationView, registration_view
from monitoring.routes.results import summary_of
from monitoring.wording import date_and_time, written_date


@dataclass(frozen=True, slots=True)
class RoomChoice:
    """A room that takes registrations, and how many seats are left."""

    room_id: str
    name: str
    free: int


@dataclass(frozen=True, slots=True)
class Hint:
    """Another exam session that somebody belongs to."""

    exam_session_id: str
    attempt_id: str
    name: str
    title: str
    starts: str


@dataclass(frozen=True, slots=True)
class ExtraTime:
    """An accommodation with the minutes it adds, block by block; no minutes where the formation category has no right."""

    title: str
    minutes: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """Who stands at the desk, and what may be done: each `can_` is one form of the page."""

    attempt: StoredAttempt
    facts: DeskFacts
    birth_date: str
    nik: str
    extra_times: tuple[ExtraTime, ...]
    groups: tuple[DocumentGroup, ...]
    ticked: frozenset[str]
    can_check_in: bool
    can_undo: bool
    can_reissue: bool
    can_refuse: bool
    can_reinstate: bool
    can_admit_late: bool
    is_late: bool
    can_take_photo: bool
    rooms: tuple[RoomChoice, ...]


@dataclass(frozen=True, slots=True)
class DeskView:
    """The desk; `error` is what the last form was refused for."""

    chrome: Chrome
    registration: RegistrationView
    exam_session_id: str
    wanted: str
    matches: tuple[StoredAttempt, ...]
    total: int
    elsewhere: tuple[Hint, ...]
    person: PersonView | None
    error: str


def desk_view(
    screens: Screens,
    request: Request,
    exam_session_id: str,
    *,
    wanted: str = "",
    person: StoredAttempt | None = None,
    error: str = "",
    ticked: Shown | None = None,
) -> DeskView:
    """Return the desk with what was searched for, or with the person who stands there."""
    summary = summary_of(screens, exam_session_id)
    registration = registration_view(screens, request, summary)
    found = find_at_desk(screens.deps.reader, exam_session_id, wanted)
    shown = None
    if person is not None:
        shown = _person(screens, request, summary, registration, person, ticked or Shown())
    return DeskView(
        screens.chrome(request, "/desk"),
        registration,
        exam_session_id,
        wanted,
        found.matches if person is None else (),
        found.total,
        () if found.total else _elsewhere(screens, request, exam_session_id, wanted),
        shown,
        error,
    )


def _elsewhere(screens: Screens, request: Request, exam_session_id: str, wanted: str) -> tuple[Hint, ...]:
    language = screens.language.of(request)
    return tuple(
        Hint(
            each.exam_session.exam_session_id,
            each.attempt.attempt_id,
            each.attempt.name,
            each.exam_session.title,
            date_and_time(each.exam_session.planned_start_at_ms, screens.zone, language),
        )
        for each in find_elsewhere(screens.deps.reader, exam_session_id, wanted)
    )


def _person(
    screens: Screens,
    request: Request,
    summary: SessionSummary,
    registration: RegistrationView,
    stored: StoredAttempt,
    ticked: Shown,
) -> PersonView:
    facts = facts_at_desk(screens.deps.reader, stored.attempt_id)
    if facts is None:
        raise Refusal("NOT_FOUND")
    state = AttemptState(stored.state)
    is_open = registration.state == OPEN
    is_free = state in (AttemptState.SCHEDULED, AttemptState.ABSENT, AttemptState.FORFEITED)
    is_under_way = summary.state not in OVER
    is_late = is_free and not facts.has_seat and is_under_way and registration.state == CLOSED
    rooms = _rooms(summary, takes_late=is_late and summary.profile.policy.late_start != "refuse")
    is_lead = screens.may(request, "POST", "/desk/{exam_session_id}/{attempt_id}/admit-late")
    has_begun = any(
        room.room_id == stored.room_id and room.state in (SittingState.RUNNING, SittingState.PAUSED)
        for room in summary.rooms
    )
    may_return = is_open if not facts.has_seat else has_begun
    return PersonView(
        attempt=stored,
        facts=facts,
        birth_date=written_date(stored.birth_date, screens.language.of(request)),
        nik=f"{stored.nik[:4]}••••••••{stored.nik[-4:]}" if len(stored.nik) > 8 else stored.nik,
        extra_times=_extra_times(summary, stored.accommodation, stored.category),
        groups=REQUIRED,
        ticked=frozenset(ticked.documents),
        can_check_in=state is AttemptState.SCHEDULED and is_open and bool(rooms),
        can_undo=state is AttemptState.REGISTERED,
        can_reissue=state in WAITING | IN_PROGRESS,
        can_refuse=state in (AttemptState.SCHEDULED, AttemptState.REGISTERED),
        can_reinstate=state is AttemptState.FORFEITED and is_lead and may_return,
        can_admit_late=is_late and is_lead and bool(rooms),
        is_late=is_late,
        can_take_photo=state in WAITING | {AttemptState.SCHEDULED, AttemptState.ABSENT},
        rooms=rooms,
    )


def _rooms(summary: SessionSummary, *, takes_late: bool) -> tuple[RoomChoice, ...]:
    states = {SittingState.REGISTERING}
    if takes_late:
        states |= {SittingState.RUNNING, SittingState.PAUSED}
    return tuple(
        RoomChoice(each.room_id, each.name, each.seats - each.counts.total() + each.counts["VOIDED"])
        for each in summary.rooms
        if each.state in states
    )


def _extra_times(summary: SessionSummary, codes: str, category: str) -> tuple[ExtraTime, ...]:
    known = {each.code: each for each in summary.profile.accommodations}
    return tuple(
        ExtraTime(
            known[code].title if code in known else code,
            " + ".join(str(each // 60_000) for each in known[code].add_ms)
            if code in known and known[code].is_for(category)
            else "",
        )
        for code in codes.split()
    )
