"""The attendance list: everyone expected, where they sit, whether they came, and room to sign."""

from __future__ import annotations

from cat_server.domain.attempt import SAT, WAITING, AttemptState
from cat_server.records.session_attempts import AttemptRecord
from cat_server.results.document import Column, Document, DocumentPart, Facts, Table
from cat_server.results.paper_parts import committee_signatures, paper, session_facts
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords

KIND = "attendance"


def attendance(source: PaperSource, words: PaperWords, room_id: str = "") -> Document:
    """Return the list of the whole exam session, or of those who have a seat in one room.

    The lines to sign on alternate between left and right, so that a signature has the height of two rows.
    """
    listed = [each for each in source.latest_attempts if not room_id or each.room_id == room_id]
    states = [AttemptState(each.state) for each in listed]
    came = sum(each in SAT | WAITING for each in states)
    absent = sum(each is AttemptState.ABSENT for each in states)
    columns = (
        Column(words.text("no"), 4, "right"),
        Column(words.text("participant_number"), 16),
        Column(words.text("name"), 19),
        Column(words.text("agency_and_position"), 23),
        Column(words.text("seat"), 7, "center"),
        Column(words.text("presence"), 10, "center"),
        Column(words.text("signature_odd"), 11),
        Column(words.text("signature_even"), 11),
    )
    rows = tuple(_row(source, words, line, each) for line, each in enumerate(listed, start=1))
    room = source.room_name(room_id)
    parts: tuple[DocumentPart, ...] = (
        session_facts(source, words),
        Facts(
            (
                *(((words.text("list_of_room"), room),) if room else ()),
                (words.text("count_listed"), str(len(listed))),
                (words.text("count_came"), str(came)),
                (words.text("count_absent"), str(absent)),
            )
        ),
        Table(columns, rows, is_tall=True),
        committee_signatures(source, words),
    )
    return paper(source, words, KIND, parts)


def _row(source: PaperSource, words: PaperWords, line: int, attempt: AttemptRecord) -> tuple[str, ...]:
    place = source.place_of(attempt)
    sign = f"{line} ……"
    return (
        str(line),
        attempt.participant_number,
        attempt.name,
        "\n".join(each for each in (attempt.agency, attempt.position) if each) or NOTHING,
        f"{place.room_code}/{place.seat_no}" if place else NOTHING,
        presence(attempt.state, words),
        sign if line % 2 else "",
        "" if line % 2 else sign,
    )


def presence(state: str, words: PaperWords) -> str:
    """Return whether a participant came, in one or two words."""
    if state in SAT - {AttemptState.DISQUALIFIED} or state in WAITING:
        return words.text("present")
    if state == AttemptState.SCHEDULED:
        return words.text("not_yet")
    return words.text(f"state_{state}")
