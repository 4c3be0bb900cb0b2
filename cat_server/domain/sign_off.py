"""Who must sign an exam session's statement, what they may decide, and when results become official (design 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cat_server.domain.refusals import Refusal
from question_bank.canonical import Json, cjson, digest


class Committee(StrEnum):
    """The two committees; each must sign, by different persons (domain.md 2.6)."""

    DELIVERY_TEAM = "delivery_team"
    AGENCY_COMMITTEE = "agency_committee"


class Decision(StrEnum):
    """What an officer decides about a statement. An objection is recorded and signs all the same."""

    SIGNED = "signed"
    SIGNED_WITH_OBJECTION = "signed_with_objection"
    DECLINED = "declined"


SIGNING = frozenset({Decision.SIGNED, Decision.SIGNED_WITH_OBJECTION})
"""Decisions that count as a signature."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Which statement is meant: its version within the exam session and the hash of its bytes."""

    version: int
    statement_hash: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """One officer's decision about one statement. `reason` is the objection or why the officer declines."""

    version: int
    statement_hash: str
    officer_id: str
    committee: str
    decision: Decision
    reason: str = ""

    @property
    def content(self) -> bytes:
        """The bytes that the officer's key signs, as `statement-signature/1`."""
        return cjson(
            {
                "statement_hash": self.statement_hash,
                "version": self.version,
                "decision": self.decision.value,
                "reason_hash": reason_hash(self.reason),
                "officer_id": self.officer_id,
                "committee": self.committee,
            }
        )


def reason_hash(reason: str) -> str:
    """Return the hash that binds a reason or objection; empty where there is none."""
    return digest("reason/1", reason.encode()) if reason else ""


def check_sign_off(offered: SignOff, current: Statement, committee: str, earlier: Iterable[SignOff]) -> None:
    """Accept or refuse an officer's decision. `committee` is the officer's own, `earlier` all of this statement.

    Raises:
        Refusal: `SIGN_OFF_NO_COMMITTEE`, `STATEMENT_CHANGED` (another statement was read than the current one),
            `SIGN_OFF_REASON_MISSING`, `ALREADY_OFFICIAL`, or `ALREADY_DECIDED` (one decision per officer and version).
    """
    if committee not in set(Committee) or offered.committee != committee:
        raise Refusal("SIGN_OFF_NO_COMMITTEE")
    if (offered.version, offered.statement_hash) != (current.version, current.statement_hash):
        raise Refusal("STATEMENT_CHANGED", {"version": current.version})
    if offered.decision is not Decision.SIGNED and not offered.reason.strip():
        raise Refusal("SIGN_OFF_REASON_MISSING", {"decision": offered.decision.value})
    decided = [each for each in earlier if each.version == current.version]
    if is_official(decided, current):
        raise Refusal("ALREADY_OFFICIAL")
    if any(each.officer_id == offered.officer_id for each in decided):
        raise Refusal("ALREADY_DECIDED")


def is_official(decided: Iterable[SignOff], current: Statement) -> bool:
    """Tell whether both committees have signed exactly this statement, by different persons.

    Who declined does not stop a colleague of the same committee from signing.
    """
    signers = signers_by_committee(decided, current)
    delivery, agency = (signers[each] for each in Committee)
    return any(one != other for one in delivery for other in agency)


def missing_committees(decided: Iterable[SignOff], current: Statement) -> tuple[Committee, ...]:
    """Return the committees that have not signed this statement yet."""
    signers = signers_by_committee(decided, current)
    return tuple(each for each in Committee if not signers[each])


def signers_by_committee(
    decided: Iterable[SignOff], current: Statement
) -> Mapping[Committee, frozenset[str]]:
    """Return the ids of the officers who signed this statement, for each committee."""
    signers: dict[Committee, set[str]] = {each: set() for each in Committee}
    for each in decided:
        is_of_this = (each.version, each.statement_hash) == (current.version, current.statement_hash)
        if is_of_this and each.decision in SIGNING and each.committee in set(Committee):
            signers[Committee(each.committee)].add(each.officer_id)
    return {committee: frozenset(ids) for committee, ids in signers.items()}


def decision_of(text: str) -> Decision:
    """Return the decision with this name.

    Raises:
        Refusal: `DECISION_UNKNOWN`.
    """
    try:
        return Decision(text)
    except ValueError:
        raise Refusal("DECISION_UNKNOWN", {"decision": text}) from None


def body_of(sign_off: SignOff, signature: str) -> dict[str, Json]:
    """Return the public body of the event `STATEMENT_SIGNED`."""
    return {
        "version": sign_off.version,
        "statement_hash": sign_off.statement_hash,
        "officer_id": sign_off.officer_id,
        "committee": sign_off.committee,
        "decision": sign_off.decision.value,
        "reason_hash": reason_hash(sign_off.reason),
        "signature": signature,
    }
