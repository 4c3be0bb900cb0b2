"""What becomes of a command from a kiosk's outbox (design 6, 12, 13)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from cat_server.domain.attempt import AttemptState
from question_bank.canonical import Record, cjson_of, digest

TRANSPORT_GRACE_MS = 5_000
"""An answer received this long after the end is still in time (design 6)."""


class CommandKind(StrEnum):
    """Commands of the outbox."""

    ANSWER = "answer"
    FINISH_BLOCK = "finish_block"
    FINISH = "finish"


class Outcome(StrEnum):
    """What a receipt says of a command."""

    SAVED = "saved"
    LATE = "late"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


class Submitted(msgspec.Struct, frozen=True):
    """One command of `POST /answers`. `position` is 1-based and carries the item's whole state."""

    seq: int
    kind: CommandKind
    position: int = 0
    response: tuple[str, ...] = ()
    is_flagged: bool = False
    claimed_clock_ms: int = 0


class _Content(Record, frozen=True):
    claimed_clock_ms: int
    is_flagged: bool
    kind: str
    position: int
    response: tuple[str, ...]


def hash_of(command: Submitted) -> str:
    """Return the hash of what a command says; two of one number that say the same are one."""
    content = _Content(
        command.claimed_clock_ms,
        command.is_flagged,
        command.kind.value,
        command.position,
        command.response,
    )
    return digest("command/1", cjson_of(content))


class Verdict(msgspec.Struct, frozen=True):
    """How a command is to be treated; `code` says why it is not simply saved."""

    outcome: Outcome
    code: str = ""


class AnswerCircumstances(msgspec.Struct, frozen=True):
    """What the decision needs to know. Clock values are exam-clock milliseconds.

    `paused_clock_ms` is set for an attempt that is paused alone and whose page knows it.
    """

    attempt_state: AttemptState
    is_session_closed: bool
    is_current_epoch: bool
    block_ends_clock_ms: int
    is_block_open: bool
    clock_ms: int
    offline_grace_ms: int
    paused_clock_ms: int | None = None


def judge_answer(submitted: Submitted, seen: AnswerCircumstances) -> Verdict:
    """Decide on one answer: in time, late within the profile's grace, or kept apart for an officer.

    Rule: design 6, "Late answers". It never changes a state. While an attempt is paused alone, what was clicked before
    the pause, or without its page knowing of it, is saved; nothing else is.
    """
    if not seen.is_current_epoch:
        return Verdict(Outcome.QUARANTINED, "FENCED")
    if seen.is_session_closed:
        return Verdict(Outcome.QUARANTINED, "SESSION_CLOSED")
    ends = seen.block_ends_clock_ms
    if seen.attempt_state in (AttemptState.RUNNING, AttemptState.PAUSED):
        return _judge_open(submitted, seen)
    if seen.attempt_state is not AttemptState.TIMED_OUT:
        return Verdict(Outcome.QUARANTINED, "ATTEMPT_ENDED")
    if seen.clock_ms <= ends + TRANSPORT_GRACE_MS:
        return Verdict(Outcome.SAVED)
    if submitted.claimed_clock_ms <= ends and seen.clock_ms <= ends + seen.offline_grace_ms:
        return Verdict(Outcome.LATE)
    return Verdict(Outcome.QUARANTINED, "TOO_LATE")


def _judge_open(submitted: Submitted, seen: AnswerCircumstances) -> Verdict:
    paused = seen.paused_clock_ms
    if paused is not None and submitted.claimed_clock_ms > paused + TRANSPORT_GRACE_MS:
        return Verdict(Outcome.QUARANTINED, "ATTEMPT_PAUSED")
    if seen.is_block_open and seen.clock_ms <= seen.block_ends_clock_ms + TRANSPORT_GRACE_MS:
        return Verdict(Outcome.SAVED)
    return Verdict(Outcome.QUARANTINED, "BLOCK_CLOSED")
