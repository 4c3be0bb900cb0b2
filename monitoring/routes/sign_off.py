"""The statement, whole, and the decision of the officer who has read it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.sign_statement import sign_statement
from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import Decision
from cat_server.queries.checklist import CurrentStatement, current_statement
from monitoring.pages import Chrome, Screens, see_other
from monitoring.routes.results import PAGE, CommitteeLine, committees_of, summary_of


@dataclass(frozen=True, slots=True)
class StatementPart:
    """A heading and its lines: (label code, value, value code)."""

    code: str
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    """The statement page. `may_decide` is false for officers of no committee and for those who have decided."""

    chrome: Chrome
    exam_session_id: str
    title: str
    statement: CurrentStatement
    parts: tuple[StatementPart, ...]
    committees: tuple[CommitteeLine, ...]
    may_decide: bool
    has_decided: bool
    decisions: tuple[str, ...]
    chosen: str
    reason: str
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(f"{PAGE}/statement")
    async def show(request: Request, exam_session_id: str) -> Response:
        view = _view(screens, request, exam_session_id, ("", "", ""))
        return screens.show(request, "statement.html", view)

    @router.post(f"{PAGE}/sign")
    async def sign(
        request: Request,
        exam_session_id: str,
        statement_hash: Annotated[str, Form()] = "",
        decision: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        passphrase: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            await sign_statement(
                screens.deps.lane,
                screens.deps.reader,
                exam_session_id,
                screens.officer(request).officer_id,
                statement_hash,
                decision,
                passphrase,
                reason=reason,
            )
        except Refusal as refusal:
            text = screens.refusals.text(request, refusal)
            view = _view(screens, request, exam_session_id, (decision, reason, text))
            return screens.show(request, "statement.html", view, 409)
        return see_other(f"/results/{exam_session_id}")

    return router


def _view(
    screens: Screens, request: Request, exam_session_id: str, given: tuple[str, str, str]
) -> StatementView:
    summary = summary_of(screens, exam_session_id)
    statement = current_statement(screens.deps.reader, exam_session_id, screens.zone)
    if statement is None:
        raise Refusal("NO_STATEMENT")
    officer = screens.officer(request)
    has_decided = any(each.officer_id == officer.officer_id for each in statement.decisions)
    may_sign = bool(officer.committee) and screens.may(request, "POST", f"{PAGE}/sign")
    parts = tuple(
        StatementPart(part, tuple((each.label, each.value, each.value_code) for each in lines))
        for part, lines in groupby(statement.lines, lambda each: each.part)
    )
    decision, reason, error = given
    return StatementView(
        screens.chrome(request),
        exam_session_id,
        summary.title,
        statement,
        parts,
        committees_of(screens, statement, screens.language.of(request)),
        may_sign and not has_decided and not statement.is_official,
        has_decided,
        tuple(each.value for each in Decision),
        decision,
        reason,
        error,
    )
