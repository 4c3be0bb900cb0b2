"""BAST: the delivery team hands the results over to the agency's committee, each thing with its hash."""

from __future__ import annotations

from cat_server.domain.events import EventKind
from cat_server.records.ledger import read_event
from cat_server.results.attendance import attendance
from cat_server.results.document import Column, Document, DocumentPart, Facts, Heading, Paragraph, Table
from cat_server.results.incident_minutes import incident_minutes
from cat_server.results.minutes import minutes
from cat_server.results.paper_parts import (
    committee_signatures,
    held_at_ms,
    integrity_parts,
    paper,
    session_facts,
)
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords
from cat_server.results.recap import recap

KIND = "handover"


def handover(source: PaperSource, words: PaperWords) -> Document:
    """Return the record of handing over: what, how many, and the hash that tells whether it is the same later."""
    at_ms = held_at_ms(source)
    opening = words.text(
        "handover_opening",
        day=NOTHING if at_ms is None else words.day_in_words(at_ms),
        site=source.site.name,
    )
    scored = sum(each["score"] is not None for each in source.lines)
    parts: tuple[DocumentPart, ...] = (
        Paragraph(opening),
        session_facts(source, words),
        Facts(
            (
                (words.text("count_expected"), str(source.counts.expected)),
                (words.text("count_scored"), str(scored)),
            )
        ),
        Heading(words.text("handed_over")),
        _things(source, words),
        *integrity_parts(source, words),
        Paragraph(words.text("handover_closing")),
        committee_signatures(
            source, words, roles=(words.text("gives"), words.text("takes")), with_witness=True
        ),
    )
    return paper(source, words, KIND, parts)


def _things(source: PaperSource, words: PaperWords) -> Table:
    stated = source.stated
    rows: list[tuple[str, str]] = []
    if stated:
        rows.append((words.text("thing_scores"), stated["scores_hash"]))
        rows.append((words.text("thing_participants"), stated["participants_hash"]))
    manifest_hash = _exported(source)
    rows.append((words.text("thing_package"), manifest_hash or words.text("thing_package_none")))
    rows += [
        (each.title, each.hash)
        for each in (
            minutes(source, words),
            attendance(source, words),
            recap(source, words),
            incident_minutes(source, words),
        )
    ]
    columns = (
        Column(words.text("no"), 4, "right"),
        Column(words.text("thing"), 21),
        Column(words.text("thing_hash"), 75),
    )
    return Table(columns, tuple((str(line), *each) for line, each in enumerate(rows, start=1)))


def _exported(source: PaperSource) -> str:
    """Return the hash of the newest package that was written, or nothing."""
    for stored in reversed(source.record.events):
        event = read_event(stored.envelope, stored.private or b"")
        if event.kind is EventKind.RESULTS_EXPORTED:
            return str(event.body["manifest_hash"])
        if event.kind is EventKind.STATEMENT_PREPARED:
            break
    return ""
