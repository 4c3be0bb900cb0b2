"""Checks of the day: officers, rooms, PCs, and the exam sessions planned for today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cat_server.cli.doctor_finding import Check, Finding, go, problem, warning
from cat_server.cli.site_command import SiteCommand
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.sign_off import Committee
from cat_server.queries.database_health import drawn_forms
from cat_server.queries.kiosk_list import kiosk_list
from cat_server.queries.officers import officers
from cat_server.queries.session_list import SessionSummary, session_list
from cat_server.queries.site_contents import rooms
from question_bank.problems import Problem

_WAITING = (SittingState.PREPARED, SittingState.REGISTERING)


def staff(opened: SiteCommand) -> Iterator[Finding]:
    """Somebody can run the day, and both committees can sign."""
    active = [each for each in officers(opened.reader) if each.is_active]
    is_staffed = True
    for committee in Committee:
        if not any(each.committee == committee and each.public_key for each in active):
            is_staffed = False
            yield problem(Problem("doctor_committee_none", params={"committee": committee.value}))
    for role in ("coordinator", "registrar"):
        if not any(each.role == role for each in active):
            is_staffed = is_staffed and role != "coordinator"
            said = Problem("doctor_role_none", params={"role": role})
            yield problem(said) if role == "coordinator" else warning(said)
    if is_staffed:
        yield go(Problem("doctor_officers", params={"count": len(active)}))


def places(opened: SiteCommand) -> Iterator[Finding]:
    """There are rooms, and PCs that know their seats."""
    stored = rooms(opened.reader)
    if not stored:
        yield problem(Problem("doctor_rooms_none"))
        return
    seats = sum(len(each.seats) for each in stored)
    yield go(Problem("doctor_rooms", params={"rooms": len(stored), "seats": seats}))
    if opened.settings.is_demo:
        return
    kiosks = kiosk_list(opened.reader)
    params = {"seated": len(kiosks.seated), "waiting": len(kiosks.waiting), "seats": seats}
    if not kiosks.seated or kiosks.waiting:
        yield warning(Problem("doctor_kiosks_missing", params=params))
    else:
        yield go(Problem("doctor_kiosks", params=params))


def today(opened: SiteCommand) -> Iterator[Finding]:
    """What is planned today has its forms, its seed, its PCs and its time."""
    zone = opened.settings.zone
    now_ms = opened.clock.now().at_ms
    day = dt.datetime.fromtimestamp(now_ms / 1000, tz=zone).date()
    planned = [
        each
        for each in session_list(opened.reader)
        if each.planned_start_at_ms is not None
        and dt.datetime.fromtimestamp(each.planned_start_at_ms / 1000, tz=zone).date() == day
    ]
    if not planned:
        yield warning(Problem("doctor_today_none", params={"day": day.isoformat()}))
    for each in planned:
        yield from _session(opened, each, now_ms)


def _session(opened: SiteCommand, summary: SessionSummary, now_ms: int) -> Iterator[Finding]:
    start_ms = summary.planned_start_at_ms or 0
    closes_ms = start_ms - summary.profile.policy.registration_cutoff_s * 1_000
    zone = opened.settings.zone
    start, closes = (
        dt.datetime.fromtimestamp(each / 1000, tz=zone).strftime("%H:%M") for each in (start_ms, closes_ms)
    )
    params: dict[str, str | int] = {
        "code": summary.code,
        "start": start,
        "closes": closes,
        "participants": summary.participants,
    }
    if summary.state in OVER:
        yield go(Problem("doctor_session_over", params={"code": summary.code}))
        return
    drawn = drawn_forms(opened.reader, summary.exam_session_id)
    if drawn is None or drawn.stored < max(drawn.forms, summary.participants):
        yield problem(Problem("doctor_session_forms", params={"code": summary.code}))
        return
    opened.keyring.seed(drawn.form_set_id)
    if summary.state in _WAITING and now_ms >= closes_ms:
        yield warning(Problem("doctor_session_cutoff", params=params))
    else:
        yield go(Problem("doctor_session", params={**params, "forms": drawn.stored}))
    if opened.settings.is_demo or summary.state not in _WAITING:
        return
    own = {each.room_id for each in summary.rooms}
    seated = sum(each.room_id in own for each in kiosk_list(opened.reader).seated)
    if seated < summary.participants:
        yield problem(
            Problem(
                "doctor_session_kiosks",
                params={"code": summary.code, "seated": seated, "participants": summary.participants},
            )
        )


EXAM_CHECKS: tuple[Check, ...] = (staff, places, today)
