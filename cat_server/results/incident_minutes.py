"""The record of violations and incidents, and the table of them that the minutes carry too."""

from __future__ import annotations

from cat_server.domain.events import EventKind
from cat_server.results.document import Column, Document, DocumentPart, Heading, Paragraph, Table
from cat_server.results.occurrences import Occurrence, later_occurrences, occurrences
from cat_server.results.paper_parts import committee_signatures, integrity_parts, paper, session_facts
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords

KIND = "incidents"
_MOST_NAMED = 12
"""More people than this are counted; the minutes and the ledger name them."""

VIOLATIONS = frozenset({EventKind.ATTEMPT_DISQUALIFIED.value, EventKind.ATTEMPT_VOIDED.value})


def incident_minutes(source: PaperSource, words: PaperWords) -> Document:
    """Return every occurrence of the exam session: exclusions first, then all of them in order of time."""
    found = occurrences(source)
    excluded = tuple(each for each in found if each.kind in VIOLATIONS)
    parts: tuple[DocumentPart, ...] = (
        session_facts(source, words),
        Heading(words.text("exclusions")),
        *occurrence_parts(source, words, excluded),
        Heading(words.text("all_occurrences")),
        *occurrence_parts(source, words, found),
        *_later(source, words),
        *integrity_parts(source, words),
        Paragraph(words.text("closing")),
        committee_signatures(source, words),
    )
    return paper(source, words, KIND, parts)


def _later(source: PaperSource, words: PaperWords) -> tuple[DocumentPart, ...]:
    """Return what was recorded after the sign-off, which the signed statement does not cover."""
    found = later_occurrences(source)
    if not found:
        return ()
    return (Heading(words.text("later_occurrences")), *occurrence_parts(source, words, found))


def occurrence_parts(
    source: PaperSource, words: PaperWords, found: tuple[Occurrence, ...]
) -> tuple[DocumentPart, ...]:
    """Return occurrences as a numbered table, or the word that there were none."""
    if not found:
        return (Paragraph(words.text("nil")),)
    columns = (
        Column(words.text("no"), 4, "right"),
        Column(words.text("time"), 11),
        Column(words.text("place_and_people"), 20),
        Column(words.text("occurrence"), 27),
        Column(words.text("how_long"), 11),
        Column(words.text("measure"), 16),
        Column(words.text("decided_by"), 14),
    )
    rows = tuple(_row(source, words, line, each) for line, each in enumerate(found, start=1))
    return (Table(columns, rows),)


def _row(source: PaperSource, words: PaperWords, line: int, each: Occurrence) -> tuple[str, ...]:
    decided = [words.named("paper_actor", each.decided_by)]
    if each.approved_by:
        decided.append(words.text("approved_by", name=each.approved_by))
    return (
        str(line),
        words.clock(each.at_ms),
        _where_and_who(source, words, each),
        _what(words, each),
        words.duration(each.duration_ms),
        each.measure or _usual_measure(words, each),
        "\n".join(decided),
    )


def _where_and_who(source: PaperSource, words: PaperWords, each: Occurrence) -> str:
    lines = [each.room] if each.room else []
    if each.kind == EventKind.SEAT_MOVED and len(each.seats) == 2:
        lines.append(words.text("from_to", left=each.seats[0], right=each.seats[1]))
    elif 0 < len(each.seats) <= _MOST_NAMED:
        lines.append(words.text("at_seats", seats=", ".join(each.seats)))
    if len(each.people) > _MOST_NAMED:
        lines.append(words.text("several", count=len(each.people)))
    else:
        people = (source.attempts[person] for person in each.people)
        lines += [f"{person.participant_number} {person.name}" for person in people]
    return "\n".join(lines) or NOTHING


def _what(words: PaperWords, each: Occurrence) -> str:
    named = words.named("incident", each.code.replace(".", "_")) if each.code else ""
    if each.kind == "incident":
        head = named
    elif each.granted_ms is not None:
        head = words.text("happened_TIME_GRANTED", time=words.duration(each.granted_ms))
    elif each.moved_to_ms is not None:
        head = words.text("happened_EXAM_SESSION_POSTPONED", moment=words.moment(each.moved_to_ms))
    else:
        head = words.text(f"happened_{each.kind}")
        if each.code:
            head = f"{head} ({named})"
    return f"{head}: {each.description}" if each.description else head


def _usual_measure(words: PaperWords, each: Occurrence) -> str:
    """Return what the kind of occurrence itself says was done."""
    if each.kind == "incident":
        return NOTHING
    return words.text(f"measure_{each.kind}")
