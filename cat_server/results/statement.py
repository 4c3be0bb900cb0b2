"""The statement that both committees sign: one exam session, whole, as `cjson/1` (design 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import EventKind
from cat_server.records.session_record import SessionRecord
from cat_server.results.checklist import Check
from cat_server.results.counts import Counts
from cat_server.results.ledger_check import OpenedEvent
from question_bank.canonical import Json, cjson, digest
from question_bank.fairness_report.report_type import report_hash
from question_bank.profile_content import profile_from_content

STATEMENT_TYPE = "statement/1"
VOLATILE = ("version", "prepared_at_ms", "ledger", "site_ledger")
"""Fields that move on without any result changing: preparing and signing are events too."""


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """Which site states this; `software` names the program and its version."""

    site_code: str
    name: str
    timezone: str
    software: str


@dataclass(frozen=True, slots=True)
class Bindings:
    """Hashes of the two files that a statement binds: who sat where, and what they scored."""

    participants_hash: str
    scores_hash: str
    forms_hash: str


def statement_content(
    record: SessionRecord,
    events: Sequence[OpenedEvent],
    counts: Counts,
    bindings: Bindings,
    checks: Sequence[Check],
    site: SiteIdentity,
    notes: str,
) -> dict[str, Json]:
    """Return the statement without version and time, which `stated` adds."""
    identity, bank = record.identity, record.bank
    return {
        "v": 1,
        "software": site.software,
        "site": {"site_code": site.site_code, "name": site.name, "timezone": site.timezone},
        "exam_event": {
            "exam_event_id": identity.exam_event_id,
            "code": identity.event_code,
            "name": identity.event_name,
        },
        "exam_session": {
            "exam_session_id": identity.exam_session_id,
            "code": identity.code,
            "title": identity.title,
            "day_ordinal": identity.day_ordinal,
            "cumulative_number": identity.cumulative_number,
            "planned_start_at_ms": identity.planned_start_at_ms,
        },
        "rooms": [
            {
                "room_id": each.room_id,
                "code": each.room_code,
                "name": each.room_name,
                "started_at_ms": each.started_at_ms,
                "closed_at_ms": each.closed_at_ms,
                "clock_ms": each.clock_ms,
            }
            for each in record.sittings
        ],
        "counts": dict[str, Json](counts.as_dict()),
        "absent": _numbers(record, AttemptState.ABSENT),
        "forfeited": _numbers(record, AttemptState.FORFEITED),
        "disqualified": _numbers(record, AttemptState.DISQUALIFIED),
        "voided": _voided(record, events),
        "force_closed": _force_closed(record, events),
        "extended": [
            {
                "participant_number": each.participant_number,
                "milliseconds": sum(grant.milliseconds for grant in each.grants),
                "reasons": list(dict.fromkeys(grant.reason for grant in each.grants)),
            }
            for each in record.attempts
            if each.grants
        ],
        "unsent": [
            {
                "participant_number": each.participant_number,
                "room_code": each.room_code,
                "seat_no": each.seat_no,
                "answers": each.unsent,
            }
            for each in record.attempts
            if each.unsent
        ],
        "bank": {
            "bank_id": bank.bank_id,
            "title": bank.title,
            "bank_hash": bank.bank_hash,
            "items_hash": bank.items_hash,
            "keys_hash": bank.keys_hash,
            "stats_hash": "" if record.form_set is None else record.form_set.stats_hash,
        },
        "profiles": _profiles(record),
        "forms": _forms(record, bindings.forms_hash),
        "participants_hash": bindings.participants_hash,
        "scores_hash": bindings.scores_hash,
        "checks": [{"code": each.code, "is_ok": each.is_ok} for each in checks],
        "notes": notes,
        "ledger": {"number": record.head.number, "hash": record.head.hash},
        "site_ledger": {"number": record.site_head.number, "hash": record.site_head.hash},
    }


def stated(content: Mapping[str, Json], version: int, prepared_at_ms: int) -> bytes:
    """Return the bytes of a statement: what is stored, shown and signed."""
    return cjson({**content, "version": version, "prepared_at_ms": prepared_at_ms})


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two statements differ in nothing but when they were prepared and where the ledgers then stood."""

    def lasting(content: Mapping[str, Any]) -> bytes:
        return cjson({name: value for name, value in content.items() if name not in VOLATILE})

    return lasting(one) == lasting(other)


def statement_hash(content: bytes) -> str:
    """Return the hash that officers sign."""
    return digest(STATEMENT_TYPE, content)


def _numbers(record: SessionRecord, state: AttemptState) -> list[Json]:
    return [each.participant_number for each in record.attempts if each.state == state]


def _force_closed(record: SessionRecord, events: Sequence[OpenedEvent]) -> list[Json]:
    reasons = {
        str(each.body["attempt_id"]): str(each.private.get("reason", ""))
        for each in events
        if each.kind == EventKind.ATTEMPT_FORCE_CLOSED
    }
    return [
        {"participant_number": each.participant_number, "reason": reasons.get(each.attempt_id, "")}
        for each in record.attempts
        if each.state == AttemptState.FORCE_CLOSED
    ]


def _voided(record: SessionRecord, events: Sequence[OpenedEvent]) -> list[Json]:
    reasons = {
        str(each.body["attempt_id"]): str(each.private.get("reason", ""))
        for each in events
        if each.kind == EventKind.ATTEMPT_VOIDED
    }
    return [
        {
            "participant_number": each.participant_number,
            "ordinal": each.ordinal,
            "reason": reasons.get(each.attempt_id, ""),
        }
        for each in record.attempts
        if each.state == AttemptState.VOIDED
    ]


def _profiles(record: SessionRecord) -> list[Json]:
    profiles = [(each, profile_from_content(record.profiles[each])) for each in sorted(record.profiles)]
    return [
        {
            "profile_hash": profile_hash,
            "profile_id": profile.profile_id,
            "version": profile.version,
            "title": profile.title,
            "decree": profile.decree,
        }
        for profile_hash, profile in profiles
    ]


def _forms(record: SessionRecord, forms_hash: str) -> Json:
    drawn = record.form_set
    if drawn is None:
        return None
    return {
        "form_set_id": drawn.form_set_id,
        "engine": drawn.engine,
        "forms": drawn.forms,
        "blueprint_hash": drawn.blueprint_hash,
        "seed_commitment": drawn.seed_commitment,
        "forms_hash": forms_hash,
        "fairness_report_hash": report_hash(drawn.report) if drawn.report else "",
    }
