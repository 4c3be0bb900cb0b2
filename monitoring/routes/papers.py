"""Papers of an exam session: an index, a page to read and print from the browser, and the same as PDF."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.exam_session import OVER, SittingState
from cat_server.queries.desk import StoredAttempt, find_at_desk
from cat_server.queries.form_drawings import certificate_of
from cat_server.queries.papers import (
    AFTER_CLOSE,
    Document,
    PaperKind,
    paper_kind,
    paper_pdf,
    paper_source,
    papers_of,
)
from cat_server.results.qr import qr_svg
from monitoring.pages import Chrome, Screens
from monitoring.routes.results import site_of, summary_of
from monitoring.typed_numbers import whole_number
from question_bank.messages import LANGUAGES

MOST_SHEETS = 25
"""More results of single participants than this are read page by page; the PDF holds them all."""
PAPERS = "/papers/{exam_session_id}"
ATTENDANCE = f"{PAPERS}/attendance"
PAPER = f"{PAPERS}/{{kind}}"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper in the index. `room_id` names the room whose list it is; `is_ready` whether it can be made now."""

    kind: str
    room_id: str
    room_name: str
    is_ready: bool


@dataclass(frozen=True, slots=True)
class PapersView:
    """The index. `certificate` tells how equal the forms are; `found` whom a search for single results found."""

    chrome: Chrome
    exam_session_id: str
    title: str
    code: str
    is_official: bool
    is_closed: bool
    certificate: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    may_search: bool
    wanted: str
    found: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper with its QR code as a picture."""

    document: Document
    qr: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """One or several papers of one kind. `query` keeps what was asked for, language apart.

    `part` of `parts` (1-based) says which of many papers these are.
    """

    chrome: Chrome
    exam_session_id: str
    kind: str
    language: str
    query: str
    mark: str
    sheets: tuple[Sheet, ...]
    part: int
    parts: int


def routes(screens: Screens) -> APIRouter:
    """Return the routes of these pages."""
    router = APIRouter()

    @router.get(PAPERS)
    async def index(request: Request, exam_session_id: str, wanted: str = "") -> Response:
        return screens.show(request, "papers.html", _index(screens, request, exam_session_id, wanted))

    @router.get(ATTENDANCE)
    async def attendance(request: Request, exam_session_id: str, room: str = "") -> Response:
        return await _show(screens, request, exam_session_id, PaperKind.ATTENDANCE, room_id=room)

    @router.get(f"{ATTENDANCE}/pdf")
    async def attendance_pdf(request: Request, exam_session_id: str, room: str = "") -> Response:
        return await _send(screens, request, exam_session_id, PaperKind.ATTENDANCE, room_id=room)

    @router.get(PAPER)
    async def show(request: Request, exam_session_id: str, kind: str, participant: str = "") -> Response:
        return await _show(screens, request, exam_session_id, paper_kind(kind), attempt_id=participant)

    @router.get(f"{PAPER}/pdf")
    async def send(request: Request, exam_session_id: str, kind: str, participant: str = "") -> Response:
        return await _send(screens, request, exam_session_id, paper_kind(kind), attempt_id=participant)

    return router


def _language(screens: Screens, request: Request) -> str:
    """Return the language of the paper, which need not be that of the pages."""
    wanted = request.query_params.get("language", "")
    return wanted if wanted in LANGUAGES else screens.language.of(request)


def _made(
    screens: Screens, request: Request, exam_session_id: str, kind: PaperKind, **which: str
) -> tuple[Document, ...]:
    source = paper_source(screens.deps.reader, exam_session_id, site_of(screens))
    return papers_of(source, kind, _language(screens, request), screens.zone, **which)


async def _show(
    screens: Screens, request: Request, exam_session_id: str, kind: PaperKind, **which: str
) -> Response:
    documents = await asyncio.to_thread(_made, screens, request, exam_session_id, kind, **which)
    parts = -(-len(documents) // MOST_SHEETS)
    wanted = request.query_params.get("part", "")
    part = min(max(whole_number(wanted) or 1, 1), parts)
    shown = documents[(part - 1) * MOST_SHEETS : part * MOST_SHEETS]
    names = {"room_id": "room", "attempt_id": "participant"}
    query = "".join(f"&{names[name]}={value}" for name, value in which.items() if value)
    view = PaperView(
        screens.chrome(request),
        exam_session_id,
        kind.value,
        documents[0].language,
        query,
        documents[0].frame.mark,
        tuple(Sheet(each, qr_svg(each.qr_text)) for each in shown),
        part,
        parts,
    )
    return screens.show(request, "paper.html", view)


async def _send(
    screens: Screens, request: Request, exam_session_id: str, kind: PaperKind, **which: str
) -> Response:
    def made() -> tuple[str, bytes]:
        documents = _made(screens, request, exam_session_id, kind, **which)
        first = documents[0]
        return f"{first.origin.exam_session_code}-{kind.value}-{first.language}.pdf", paper_pdf(documents)

    name, content = await asyncio.to_thread(made)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def _index(screens: Screens, request: Request, exam_session_id: str, wanted: str) -> PapersView:
    summary = summary_of(screens, exam_session_id)
    is_closed = summary.state in OVER
    may_all = screens.may(request, "GET", PAPER)
    lines = [
        PaperLine(each.value, "", "", is_closed or each not in AFTER_CLOSE)
        for each in PaperKind
        if may_all or each is PaperKind.ATTENDANCE
    ]
    if len(summary.rooms) > 1:
        rooms = [
            PaperLine(PaperKind.ATTENDANCE.value, each.room_id, each.name, is_ready=True)
            for each in summary.rooms
        ]
        lines[1:1] = rooms
    may_search = may_all and is_closed
    found: tuple[StoredAttempt, ...] = ()
    if may_search and wanted.strip():
        matching = find_at_desk(screens.deps.reader, exam_session_id, wanted)
        found = (matching.exact,) if matching.exact else matching.matches
    return PapersView(
        screens.chrome(request),
        exam_session_id,
        summary.title,
        summary.code,
        summary.state is SittingState.SIGNED,
        is_closed,
        certificate_of(screens.deps.reader, exam_session_id, screens.language.of(request)),
        tuple(lines),
        may_search,
        wanted,
        tuple((each.attempt_id, each.participant_number, each.name) for each in found),
    )
