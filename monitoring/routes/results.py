"""Results after the close: the table by rank, the computed checklist, and who has signed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.prepare_statement import prepare_statement
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import Committee
from cat_server.queries.checklist import (
    Checklist,
    CurrentStatement,
    SiteIdentity,
    checklist,
    current_statement,
)
from cat_server.queries.desk import StoredAttempt
from cat_server.queries.result_table import ResultLine, result_table
from cat_server.queries.session_list import SessionSummary, session_summary
from cat_server.runtime.software import software
from monitoring.pages import Chrome, Screens, see_other
from monitoring.wording import date_and_time
from question_bank.points import points_text

PAGE = "/results/{exam_session_id}"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of the table, as text. `meets` is None where no threshold is set."""

    rank: int | None
    attempt: StoredAttempt
    points: tuple[str, ...]
    total: str
    meets: bool | None


@dataclass(frozen=True, slots=True)
class CommitteeLine:
    """Who of a committee decided what: (name, decision, reason, when)."""

    committee: str
    decisions: tuple[tuple[str, str, str, str], ...]
    is_missing: bool


@dataclass(frozen=True, slots=True)
class ResultsView:
    """The results page."""

    chrome: Chrome
    exam_session_id: str
    code: str
    title: str
    is_closed: bool
    is_official: bool
    sections: tuple[str, ...]
    tie: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    without: tuple[StoredAttempt, ...]
    checklist: Checklist | None
    statement: CurrentStatement | None
    committees: tuple[CommitteeLine, ...]
    may_prepare: bool
    may_sign: bool


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request, exam_session_id: str) -> Response:
        summary = summary_of(screens, exam_session_id)
        view = await asyncio.to_thread(_view, screens, request, summary)
        return screens.show(request, "results.html", view)

    @router.post(f"{PAGE}/statement")
    async def prepare(request: Request, exam_session_id: str, notes: Annotated[str, Form()] = "") -> Response:
        keys = await asyncio.to_thread(screens.deps.keys, bank_of(screens, exam_session_id))
        await prepare_statement(
            screens.deps.lane,
            screens.deps.reader,
            exam_session_id,
            keys,
            site_of(screens),
            screens.actor(request),
            notes=notes,
        )
        return see_other(f"/results/{exam_session_id}/statement")

    return router


def summary_of(screens: Screens, exam_session_id: str) -> SessionSummary:
    """Return the exam session.

    Raises:
        Refusal: `NOT_FOUND`.
    """
    summary = session_summary(screens.deps.reader, exam_session_id)
    if summary is None:
        raise Refusal("NOT_FOUND")
    return summary


def bank_of(screens: Screens, exam_session_id: str) -> str:
    """Return the id of the bank of an exam session."""
    return summary_of(screens, exam_session_id).bank_id


def site_of(screens: Screens) -> SiteIdentity:
    """Return which site states results."""
    settings = screens.deps.settings
    return SiteIdentity(settings.site_code, settings.name, settings.timezone, software())


def committees_of(
    screens: Screens, statement: CurrentStatement | None, language: str
) -> tuple[CommitteeLine, ...]:
    """Return both committees with what their officers decided about the newest statement."""
    lines = []
    for committee in Committee:
        decided = tuple(
            (
                each.officer_name,
                each.decision,
                each.reason,
                date_and_time(each.signed_at_ms, screens.zone, language),
            )
            for each in (statement.decisions if statement else ())
            if each.committee == committee
        )
        is_missing = statement is None or committee in statement.missing
        lines.append(CommitteeLine(committee.value, decided, is_missing))
    return tuple(lines)


def _view(screens: Screens, request: Request, summary: SessionSummary) -> ResultsView:
    is_closed = summary.state in OVER
    is_official = summary.state is SittingState.SIGNED
    reader = screens.deps.reader
    profile = summary.profile
    sections = tuple(section.code for _, section in profile.paper_order())
    table = result_table(reader, summary.exam_session_id, profile.ranking) if is_closed else None
    statement = current_statement(reader, summary.exam_session_id, screens.zone)
    found = None
    if is_closed and not is_official:
        keys = screens.deps.keys(summary.bank_id)
        found = checklist(reader, summary.exam_session_id, keys, site_of(screens))
    return ResultsView(
        screens.chrome(request),
        summary.exam_session_id,
        summary.code,
        summary.title,
        is_closed,
        is_official,
        sections,
        profile.ranking.tie if profile.ranking.order == "total" else (),
        tuple(_row(each, sections, profile.digits) for each in table.lines) if table else (),
        table.without if table else (),
        found,
        statement,
        committees_of(screens, statement, screens.language.of(request)),
        screens.may(request, "POST", f"{PAGE}/statement"),
        screens.may(request, "POST", f"{PAGE}/sign"),
    )


def _row(line: ResultLine, sections: tuple[str, ...], digits: int) -> ResultRow:
    points = tuple(
        points_text(line.scores[code].points, digits) if code in line.scores else "–" for code in sections
    )
    total = points_text(line.total.points, digits) if line.total else ""
    return ResultRow(line.rank, line.attempt, points, total, line.total.meets if line.total else None)
