"""Scores recomputed from raw answers, and the one encoding of them that a statement binds."""

from __future__ import annotations

from collections.abc import Mapping

from cat_server.domain.attempt import SAT, AttemptState
from cat_server.domain.scoring import AttemptScore, UnscorableError, score_attempt
from cat_server.records.session_record import SessionRecord
from question_bank.canonical import Json, cjson, digest
from question_bank.forms import Form
from question_bank.items import KeySheet
from question_bank.profile_content import profile_from_content

SCORES_TYPE = "scores/1"
PARTICIPANTS_TYPE = "participants/1"


def recomputed_scores(record: SessionRecord, keys: KeySheet) -> tuple[Mapping[str, AttemptScore], list[str]]:
    """Return the score of every attempt that was sat, by id, and the ids of those that cannot be scored."""
    profiles = {each: profile_from_content(content) for each, content in record.profiles.items()}
    forms = {each.form_no: each.content for each in record.forms}
    scores: dict[str, AttemptScore] = {}
    unscorable: list[str] = []
    for attempt in record.attempts:
        if attempt.state not in SAT:
            continue
        try:
            scores[attempt.attempt_id] = score_attempt(
                profiles[attempt.profile_hash],
                Form.decode(forms[attempt.form_no or 0]),
                keys,
                attempt.responses,
                category=attempt.category,
                annulled=record.annulled,
            )
        except (KeyError, UnscorableError, ValueError):
            unscorable.append(attempt.attempt_id)
    return scores, unscorable


def scores_content(record: SessionRecord, scores: Mapping[str, AttemptScore]) -> bytes:
    """Return `scores.json`: who was present, by attempt id, in micropoints; it names no person."""
    profile_of = {each.attempt_id: each.profile_hash for each in record.attempts}
    return cjson(
        {
            "v": 1,
            "keys_hash": record.bank.keys_hash,
            "annulled": list[Json](sorted(record.annulled)),
            "scores": [
                score_entry(attempt_id, profile_of[attempt_id], scores[attempt_id])
                for attempt_id in sorted(scores)
            ],
        }
    )


def participants_content(record: SessionRecord) -> bytes:
    """Return `participants.json`: which person each attempt belongs to and where they sat, by participant number."""
    return cjson(
        {
            "v": 1,
            "participants": [
                {
                    "attempt_id": each.attempt_id,
                    "participant_id": each.participant_id,
                    "participant_number": each.participant_number,
                    "ordinal": each.ordinal,
                    "name": each.name,
                    "agency": each.agency,
                    "position": each.position,
                    "formation": each.formation,
                    "category": each.category,
                    "profile_hash": each.profile_hash,
                    "room_id": each.room_id,
                    "room_code": each.room_code,
                    "seat_id": each.seat_id,
                    "seat_no": each.seat_no,
                    "form_no": each.form_no,
                    "state": each.state,
                }
                for each in record.attempts
            ],
        }
    )


def scores_hash(content: bytes) -> str:
    """Return the hash of `scores.json`."""
    return digest(SCORES_TYPE, content)


def participants_hash(content: bytes) -> str:
    """Return the hash of `participants.json`."""
    return digest(PARTICIPANTS_TYPE, content)


def is_sat(state: str) -> bool:
    """Tell whether an attempt in this state counts as sat: it has a score, if only of blanks."""
    return AttemptState(state) in SAT


def score_entry(attempt_id: str, profile_hash: str, score: AttemptScore) -> Json:
    """Return an attempt's entry of `scores.json`."""
    return {
        "attempt_id": attempt_id,
        "profile_hash": profile_hash,
        "sections": [
            {
                "code": each.code,
                "points": each.points,
                "maximum": each.maximum,
                "answered": each.answered,
                "items": each.items,
                "threshold": each.threshold,
                "meets": each.meets,
            }
            for each in score.sections
        ],
        "total": score.total,
        "maximum": score.maximum,
        "answered": score.answered,
        "items": score.items,
        "meets": score.meets_threshold,
    }
