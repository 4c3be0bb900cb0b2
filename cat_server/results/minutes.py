"""Berita acara pelaksanaan: the minutes of one exam session (domain.md 2.6)."""

from __future__ import annotations

from collections.abc import Iterator

from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import EventKind
from cat_server.records.session_attempts import AttemptRecord
from cat_server.results.document import (
    Column,
    Document,
    DocumentPart,
    Facts,
    Heading,
    Paragraph,
    Table,
)
from cat_server.results.incident_minutes import occurrence_parts
from cat_server.results.occurrences import Occurrence, occurrences
from cat_server.results.paper_parts import (
    committee_signatures,
    held_at_ms,
    integrity_parts,
    numbers_of,
    objections,
    paper,
    session_facts,
)
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords
from cat_server.results.running_times import block_times, room_times

KIND = "minutes"
COUNTED = (
    "expected",
    "present",
    "absent",
    "forfeited",
    "disqualified",
    "voided",
    "finished",
    "timed_out",
    "force_closed",
    "extended",
    "late_answers",
    "quarantined_answers",
)


def minutes(source: PaperSource, words: PaperWords) -> Document:
    """Return the minutes; every count is the statement's."""
    at_ms = held_at_ms(source)
    opening = words.text(
        "minutes_opening",
        day=NOTHING if at_ms is None else words.day_in_words(at_ms),
        site=source.site.name,
        event=source.record.identity.event_name,
        title=source.record.identity.title,
    )
    found = occurrences(source)
    parts: tuple[DocumentPart, ...] = (
        Paragraph(opening),
        session_facts(source, words),
        Heading(words.text("part_times")),
        *_times(source, words),
        Heading(words.text("part_counts")),
        _counts(source, words),
        Heading(words.text("part_lists")),
        _lists(source, words),
        Heading(words.text("part_pauses")),
        *occurrence_parts(source, words, tuple(each for each in found if _is_stop(each))),
        Heading(words.text("part_incidents")),
        *occurrence_parts(source, words, tuple(each for each in found if not _is_stop(each))),
        Heading(words.text("part_notes")),
        Paragraph(words.nil(str(source.stated.get("notes", "")))),
        *objections(source, words),
        *integrity_parts(source, words),
        Paragraph(words.text("closing")),
        committee_signatures(source, words),
    )
    return paper(source, words, KIND, parts)


def _is_stop(each: Occurrence) -> bool:
    return each.kind in (EventKind.SITTING_PAUSED, EventKind.ATTEMPT_PAUSED, EventKind.CLOCK_RECOVERED)


def _times(source: PaperSource, words: PaperWords) -> Iterator[DocumentPart]:
    columns = (
        Column(words.text("room"), 24),
        Column(words.text("started"), 16),
        Column(words.text("closed"), 16),
        Column(words.text("exam_clock"), 16),
        Column(words.text("paused"), 14),
        Column(words.text("downtime"), 14),
    )
    rows = tuple(
        (
            source.room_name(each.room_id),
            words.clock(each.started_at_ms),
            words.clock(each.closed_at_ms),
            words.duration(each.clock_ms),
            words.duration(each.paused_ms) if each.paused_ms else words.text("nil"),
            words.duration(each.down_ms) if each.down_ms else words.text("nil"),
        )
        for each in room_times(source)
    )
    yield Table(columns, rows)
    blocks = block_times(source)
    if not blocks:
        return
    allowed = dict(enumerate(source.profile.blocks, start=1))
    yield Table(
        (
            Column(words.text("room"), 24),
            Column(words.text("block"), 24),
            Column(words.text("by_the_rules"), 16),
            Column(words.text("first_start"), 18),
            Column(words.text("last_end"), 18),
        ),
        tuple(
            (
                source.room_name(each.room_id),
                _block_name(source, each.block_no),
                words.duration(allowed[each.block_no].allotted_ms) if each.block_no in allowed else NOTHING,
                words.clock(each.started_at_ms),
                words.clock(each.ended_at_ms),
            )
            for each in blocks
        ),
    )


def _block_name(source: PaperSource, number: int) -> str:
    blocks = source.profile.blocks
    sections = ", ".join(blocks[number - 1].sections) if number <= len(blocks) else NOTHING
    return f"{number} ({sections})"


def _counts(source: PaperSource, words: PaperWords) -> Table:
    counts = source.counts.as_dict()
    rows = tuple((words.text(f"count_{name}"), str(counts[name])) for name in COUNTED)
    return Table((Column(words.text("what"), 75), Column(words.text("how_many"), 25, "right")), rows)


def _lists(source: PaperSource, words: PaperWords) -> Facts:
    def of(state: AttemptState) -> str:
        return numbers_of((each for each in source.latest_attempts if each.state == state), words)

    voided = ", ".join(
        f"{each.participant_number}/{each.ordinal}"
        for each in source.record.attempts
        if each.state == AttemptState.VOIDED
    )
    extended: dict[tuple[int, str], list[AttemptRecord]] = {}
    for each in source.record.attempts:
        if each.grants:
            time = sum(grant.milliseconds for grant in each.grants)
            reasons = ", ".join(dict.fromkeys(grant.reason for grant in each.grants))
            extended.setdefault((time, reasons), []).append(each)
    told = "\n".join(
        words.text(
            "list_extended_value",
            time=words.duration(time),
            reasons=reasons,
            count=len(given),
            numbers=numbers_of(given, words),
        )
        for (time, reasons), given in extended.items()
    )
    return Facts(
        (
            (words.text("list_absent"), of(AttemptState.ABSENT)),
            (words.text("list_forfeited"), of(AttemptState.FORFEITED)),
            (words.text("list_disqualified"), of(AttemptState.DISQUALIFIED)),
            (words.text("list_voided"), words.nil(voided)),
            (words.text("list_timed_out"), of(AttemptState.TIMED_OUT)),
            (words.text("list_force_closed"), of(AttemptState.FORCE_CLOSED)),
            (words.text("list_extended"), words.nil(told)),
        )
    )
