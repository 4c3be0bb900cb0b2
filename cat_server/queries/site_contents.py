"""What a site holds, for commands that list or name things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from cat_server.domain.refusals import Refusal
from cat_server.records import banks as bank_records
from cat_server.records import exam_events as event_records
from cat_server.records import rooms as room_records
from cat_server.records.banks import StoredBank
from cat_server.records.engine import Reader
from cat_server.records.exam_events import ExamEvent, Participant
from cat_server.records.new_exam_sessions import ExamSessionSummary, exam_session_summaries, profile_content
from cat_server.records.new_exam_sessions import scheduled_attempts as stored_scheduled_attempts
from cat_server.records.rooms import Room
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile

_Found = TypeVar("_Found")

__all__ = ["ExamEvent", "ExamSessionSummary", "Participant", "Room", "StoredBank"]


def banks(reader: Reader) -> tuple[StoredBank, ...]:
    """Return every bank, oldest first."""
    with reader.view() as view:
        return bank_records.banks(view.connection)


def rooms(reader: Reader) -> tuple[Room, ...]:
    """Return every room, by code."""
    with reader.view() as view:
        return room_records.rooms(view.connection)


def exam_events(reader: Reader) -> tuple[ExamEvent, ...]:
    """Return every exam event, by code."""
    with reader.view() as view:
        return event_records.exam_events(view.connection)


def exam_sessions(reader: Reader) -> tuple[ExamSessionSummary, ...]:
    """Return every exam session, by number."""
    with reader.view() as view:
        return exam_session_summaries(view.connection)


def participants(reader: Reader, exam_event_id: str) -> tuple[Participant, ...]:
    """Return the participants of an event, by number."""
    with reader.view() as view:
        return event_records.participants(view.connection, exam_event_id)


def scheduled_attempts(reader: Reader, exam_session_id: str) -> tuple[str, ...]:
    """Return the attempts of an exam session that are SCHEDULED, by participant number."""
    with reader.view() as view:
        return stored_scheduled_attempts(view.connection, exam_session_id)


def stored_profile(reader: Reader, profile_hash: str) -> Profile:
    """Return a profile that an exam session uses."""
    with reader.view() as view:
        return profile_from_content(profile_content(view.connection, profile_hash))


def bank_named(reader: Reader, code: str) -> StoredBank:
    """Return the bank with this code.

    Raises:
        Refusal: `BANK_UNKNOWN`, naming those there are.
    """
    return _named({each.title: each for each in banks(reader)}, code, "BANK_UNKNOWN", "bank")


def room_named(reader: Reader, code: str) -> Room:
    """Return the room with this code.

    Raises:
        Refusal: `ROOM_UNKNOWN`, naming those there are.
    """
    return _named({each.code: each for each in rooms(reader)}, code, "ROOM_UNKNOWN", "room")


def exam_event_named(reader: Reader, code: str) -> ExamEvent:
    """Return the exam event with this code.

    Raises:
        Refusal: `EVENT_UNKNOWN`, naming those there are.
    """
    return _named({each.code: each for each in exam_events(reader)}, code, "EVENT_UNKNOWN", "event")


def exam_session_named(reader: Reader, code: str) -> ExamSessionSummary:
    """Return the exam session with this code.

    Raises:
        Refusal: `EXAM_SESSION_UNKNOWN`, naming those there are.
    """
    return _named({each.code: each for each in exam_sessions(reader)}, code, "EXAM_SESSION_UNKNOWN", "code")


def _named(known: Mapping[str, _Found], code: str, refusal: str, param: str) -> _Found:
    for each, found in known.items():
        if each.casefold() == code.casefold():
            return found
    raise Refusal(refusal, {param: code, "known": ", ".join(known) or "-"})
