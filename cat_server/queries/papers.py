"""Papers of an exam session from one snapshot, and their PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from cat_server.domain.refusals import Refusal
from cat_server.queries.access import Reader
from cat_server.records.formations import formations
from cat_server.records.officers import officers
from cat_server.records.paper_places import places_of
from cat_server.records.session_record import read_session_record
from cat_server.records.statements import latest_statement, signatures
from cat_server.results.document import Document
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import PaperWords
from cat_server.results.papers import AFTER_CLOSE, PaperKind, make_papers, paper_kind
from cat_server.results.pin_slip import Slip
from cat_server.results.statement import SiteIdentity

__all__ = [
    "AFTER_CLOSE",
    "Document",
    "PaperKind",
    "PaperSource",
    "SiteIdentity",
    "Slip",
    "paper_kind",
    "paper_pdf",
    "paper_source",
    "papers_of",
    "slip_pdf",
]


def paper_source(reader: Reader, exam_session_id: str, site: SiteIdentity) -> PaperSource:
    """Read all that papers need. Takes seconds for a big exam session: run it in a thread.

    Raises:
        Refusal: `NOT_FOUND`.
    """
    with reader.view() as view:
        connection = view.connection
        record = read_session_record(connection, exam_session_id)
        if record is None:
            raise Refusal("NOT_FOUND")
        statement = latest_statement(connection, exam_session_id)
        return PaperSource(
            record=record,
            statement=statement,
            signatures=signatures(connection, exam_session_id, statement.version) if statement else (),
            officers={each.officer_id: each for each in officers(connection)},
            places=places_of(connection, exam_session_id),
            formations=formations(connection, record.identity.exam_event_id),
            site=site,
        )


def papers_of(
    source: PaperSource,
    kind: PaperKind,
    language: str,
    zone: tzinfo,
    *,
    room_id: str = "",
    attempt_id: str = "",
) -> tuple[Document, ...]:
    """Return the papers of one kind in one language.

    Raises:
        Refusal: `NOT_CLOSED`, `PAPER_DIFFERS` or `NOT_FOUND`.
    """
    return make_papers(source, kind, PaperWords(language, zone), room_id=room_id, attempt_id=attempt_id)


def slip_pdf(slip: Slip, title: str, language: str, zone: tzinfo) -> bytes:
    """Return one PIN slip as PDF; `title` is the exam session's."""
    from cat_server.results.slips import slip_texts, slips_pdf  # noqa: PLC0415 - servers start without the PDF library

    return slips_pdf([slip], slip_texts(PaperWords(language, zone), title))


def paper_pdf(documents: Sequence[Document]) -> bytes:
    """Return papers as one PDF, each with its own page numbers. The PDF library is loaded only here."""
    from cat_server.results.paper_pdf import pdf_of  # noqa: PLC0415 - servers start without it

    return pdf_of(documents)
