"""The closed list of what the ledger records. Kinds are past tense, never renamed, only added (design 13).

A body holds internal ids and numbers only; names, reasons, responses and the like go into `private`, which the
envelope binds by a salted hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from question_bank.canonical import Json


class EventKind(StrEnum):
    """Kinds of events; the comment names body fields, then private ones after a semicolon."""

    # chain `site`
    SITE_INITIALISED = "SITE_INITIALISED"  # site_code, software
    OFFICER_ADDED = "OFFICER_ADDED"  # officer_id, role, committee, public_key; username, name
    ROOM_IMPORTED = "ROOM_IMPORTED"  # room_id, seats
    BANK_IMPORTED = "BANK_IMPORTED"  # bank_id, items, items_hash, keys_hash, stats_hash, bank_hash
    BANK_STATISTICS_TAKEN = "BANK_STATISTICS_TAKEN"  # bank_id, stats_hash
    EXAM_EVENT_CREATED = "EXAM_EVENT_CREATED"  # exam_event_id
    ROSTER_IMPORTED = "ROSTER_IMPORTED"  # exam_event_id, participants, roster_hash
    KIOSK_ENROLLED = "KIOSK_ENROLLED"  # kiosk_id, seat_id, mode (code|open)
    KIOSK_REMOVED = "KIOSK_REMOVED"  # kiosk_id, seat_id; reason
    KIOSK_REFUSED = "KIOSK_REFUSED"  # code, room_id; address
    ENROLMENT_OPENED = "ENROLMENT_OPENED"  # room_id
    ENROLMENT_CLOSED = "ENROLMENT_CLOSED"  # room_id
    SEAT_BLOCKED = "SEAT_BLOCKED"  # seat_id; reason
    SEAT_UNBLOCKED = "SEAT_UNBLOCKED"  # seat_id; reason
    ROOM_RELEASED = "ROOM_RELEASED"  # room_id, sign_ins
    FORMATIONS_IMPORTED = "FORMATIONS_IMPORTED"  # exam_event_id, formations, vacancies, formations_hash
    OFFICER_SIGNED_IN = "OFFICER_SIGNED_IN"  # officer_id
    OFFICER_SIGN_IN_REFUSED = "OFFICER_SIGN_IN_REFUSED"  # code; username
    OFFICER_SIGNED_OUT = "OFFICER_SIGNED_OUT"  # officer_id
    BACKUP_DRILLED = "BACKUP_DRILLED"  # backup_at_ms, took_ms, played
    SITE_RESTORED = "SITE_RESTORED"  # backup_at_ms, played
    RESCUE_IMPORTED = "RESCUE_IMPORTED"  # attempt_id, epoch, outcomes
    POWER_CHANGED = "POWER_CHANGED"  # power
    # chain of an exam session
    EXAM_SESSION_CREATED = (
        "EXAM_SESSION_CREATED"  # exam_event_id, bank_id, bank_hash, items_hash, profile_hash, rooms
    )
    FORMS_DRAWN = "FORMS_DRAWN"  # form_set_id, engine, forms, seed_commitment, items_hash, keys_hash, stats_hash, blueprint_hash, inputs_hash, commitment, public_draw, forms_hash, forms_root, report_hash
    FORMS_ADDED = "FORMS_ADDED"  # form_set_id, forms, added (form_no, engine, hash, excess, draws), forms_hash, forms_root
    SEED_REVEALED = "SEED_REVEALED"  # form_set_id, secret
    EXAM_SESSION_POSTPONED = "EXAM_SESSION_POSTPONED"  # planned_start_at_ms; reason
    PARTICIPANT_SCHEDULED = "PARTICIPANT_SCHEDULED"  # attempt_id, participant_id, ordinal, profile_hash
    REGISTRATION_OPENED = "REGISTRATION_OPENED"  # room_id
    REGISTRATION_CLOSED = "REGISTRATION_CLOSED"  # room_id
    DOCUMENTS_CHECKED = "DOCUMENTS_CHECKED"  # attempt_id, documents; reason
    PHOTO_TAKEN = "PHOTO_TAKEN"  # attempt_id; photo_hash
    PARTICIPANT_CHECKED_IN = "PARTICIPANT_CHECKED_IN"  # attempt_id, room_id, seat_id, form_no
    CHECK_IN_UNDONE = "CHECK_IN_UNDONE"  # attempt_id; reason
    PIN_ISSUED = "PIN_ISSUED"  # attempt_id
    SEAT_MOVED = "SEAT_MOVED"  # attempt_id, room_id, from_seat_id, seat_id; reason
    PARTICIPANT_SIGNED_IN = "PARTICIPANT_SIGNED_IN"  # attempt_id, kiosk_id, epoch
    SIGN_IN_REFUSED = "SIGN_IN_REFUSED"  # attempt_id, kiosk_id, code
    PAPER_REFUSED = "PAPER_REFUSED"  # attempt_id, kiosk_id
    IDENTITY_CONFIRMED = "IDENTITY_CONFIRMED"  # attempt_id
    PLEDGE_ACCEPTED = "PLEDGE_ACCEPTED"  # attempt_id
    PARTICIPANT_READY = "PARTICIPANT_READY"  # attempt_id
    SITTING_STARTED = "SITTING_STARTED"  # room_id, control_no
    SITTING_PAUSED = "SITTING_PAUSED"  # room_id, control_no; reason
    SITTING_RESUMED = "SITTING_RESUMED"  # room_id, control_no
    SITTING_CLOSED = "SITTING_CLOSED"  # room_id, control_no; reason
    CLOCK_RECOVERED = "CLOCK_RECOVERED"  # room_id, clock_ms, down_ms
    ATTEMPT_STARTED = "ATTEMPT_STARTED"  # attempt_id, block_no, started_clock_ms, allowed_ms
    BLOCK_ENDED = "BLOCK_ENDED"  # attempt_id, block_no, ended_clock_ms
    BLOCK_STARTED = "BLOCK_STARTED"  # attempt_id, block_no, started_clock_ms, allowed_ms
    ANSWER_SAVED = "ANSWER_SAVED"  # attempt_id, position, epoch, seq; response, is_flagged
    ANSWER_ACCEPTED_LATE = (
        "ANSWER_ACCEPTED_LATE"  # attempt_id, position, epoch, seq, claimed_clock_ms; response, is_flagged
    )
    ANSWER_QUARANTINED = (
        "ANSWER_QUARANTINED"  # attempt_id, epoch, seq, code; position, response, is_flagged, claimed_clock_ms
    )
    ATTEMPT_FINISHED = "ATTEMPT_FINISHED"  # attempt_id, ended_clock_ms
    ATTEMPT_TIMED_OUT = "ATTEMPT_TIMED_OUT"  # attempt_id, ended_clock_ms
    ATTEMPT_FORCE_CLOSED = "ATTEMPT_FORCE_CLOSED"  # attempt_id, ended_clock_ms; reason
    ATTEMPT_PAUSED = "ATTEMPT_PAUSED"  # attempt_id, paused_clock_ms, control_no; reason
    ATTEMPT_RESUMED = "ATTEMPT_RESUMED"  # attempt_id, paused_ms, control_no
    ATTEMPT_DISQUALIFIED = "ATTEMPT_DISQUALIFIED"  # attempt_id, ended_clock_ms, reason_code; reason
    ATTEMPT_VOIDED = "ATTEMPT_VOIDED"  # attempt_id, ended_clock_ms, reason_code; reason
    ATTEMPT_REOPENED = "ATTEMPT_REOPENED"  # attempt_id, block_no
    ATTEMPT_ABSENT = "ATTEMPT_ABSENT"  # attempt_id
    ATTEMPT_FORFEITED = "ATTEMPT_FORFEITED"  # attempt_id; reason
    ATTEMPT_REINSTATED = "ATTEMPT_REINSTATED"  # attempt_id, state (SCHEDULED|SEATED); reason
    TIME_GRANTED = "TIME_GRANTED"  # grant_id, attempt_id, block_no, milliseconds, dead_ms, interruption (if it makes good one); reason
    WORK_INTERRUPTED = "WORK_INTERRUPTED"  # attempt_id, from_clock_ms, to_clock_ms
    INTERRUPTION_DISMISSED = "INTERRUPTION_DISMISSED"  # attempt_id, interruption; reason
    INCIDENT_RECORDED = "INCIDENT_RECORDED"  # incident_id, code, room_id, seat_id, attempt_id, occurred_at_ms, duration_s; description, measure
    ACTIVITY_OBSERVED = "ACTIVITY_OBSERVED"  # activity: [{attempt_id, ...counts}]
    STATEMENT_PREPARED = "STATEMENT_PREPARED"  # version, statement_hash, head_number, head_hash
    STATEMENT_SIGNED = (
        "STATEMENT_SIGNED"  # version, statement_hash, officer_id, committee, decision, signature; reason
    )
    RESULTS_MADE_OFFICIAL = "RESULTS_MADE_OFFICIAL"  # version, statement_hash
    RESULTS_EXPORTED = "RESULTS_EXPORTED"  # manifest_hash


class Event(msgspec.Struct, frozen=True):
    """Something that happened, before it is numbered and hashed: what an action hands to the ledger."""

    kind: EventKind
    body: Mapping[str, Json]
    private: Mapping[str, Json] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the ledger holds it."""

    chain: str
    number: int
    kind: EventKind
    at_ms: int
    clock_ms: int | None
    actor_kind: str
    actor_id: str
    approver: str
    body: Mapping[str, Json]
    private: Mapping[str, Json]
