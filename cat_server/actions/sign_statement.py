"""An officer signs the statement, signs it with an objection, or declines; the second committee makes it official."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import (
    SittingCommand,
    SittingState,
    exam_session_state,
    next_sitting_state,
)
from cat_server.domain.ids import SERVER, Actor, ActorKind
from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import (
    SignOff,
    Statement,
    body_of,
    check_sign_off,
    decision_of,
    is_official,
)
from cat_server.records.engine import Reader
from cat_server.records.events_by_kind import has_event_after
from cat_server.records.statements import (
    SignatureRecord,
    SignerRecord,
    add_signature,
    latest_statement,
    session_states,
    set_signed,
    signatures,
    signer,
)
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.package_format import SIGNATURE_TYPE
from cat_server.runtime.officer_keys import sign, unlock
from cat_server.runtime.public_keys import is_signed

CHANGES_RESULTS = (EventKind.ATTEMPT_DISQUALIFIED, EventKind.ATTEMPT_VOIDED)
"""What officers may still decide after the close, and what no statement prepared before it may be signed over."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What an officer's decision led to."""

    decision: str
    is_official: bool


async def sign_statement(
    lane: WriteLane,
    reader: Reader,
    exam_session_id: str,
    officer_id: str,
    statement_hash: str,
    decision: str,
    passphrase: str,
    *,
    reason: str = "",
) -> Decided:
    """Record an officer's decision about the statement they read, named by its hash.

    The key is unlocked in a thread of its own, never in the write lane.

    Raises:
        Refusal: `PASSPHRASE_WRONG`, `OFFICER_UNKNOWN`, `NO_STATEMENT`, `STATEMENT_OUTDATED`, or what `check_sign_off`
            refuses.
    """
    with reader.view() as view:
        current = latest_statement(view.connection, exam_session_id)
        officer = signer(view.connection, officer_id)
        decided = _decided(signatures(view.connection, exam_session_id, current.version) if current else ())
    if officer is None or not officer.is_active:
        raise Refusal("OFFICER_UNKNOWN")
    if current is None:
        raise Refusal("NO_STATEMENT")
    offered = SignOff(
        current.version,
        statement_hash,
        officer_id,
        officer.committee,
        decision_of(decision),
        reason.strip(),
    )
    check_sign_off(offered, Statement(current.version, current.hash), officer.committee, decided)
    signature = await asyncio.to_thread(_sign, officer, passphrase, offered)
    return await lane.run(lambda tx: _record(tx, exam_session_id, offered, signature))


def _sign(officer: SignerRecord, passphrase: str, offered: SignOff) -> str:
    return sign(unlock(officer.wrapped_key, passphrase), SIGNATURE_TYPE, offered.content)


def _record(tx: Tx, exam_session_id: str, offered: SignOff, signature: str) -> Decided:
    current = latest_statement(tx.connection, exam_session_id)
    officer = signer(tx.connection, offered.officer_id)
    if current is None or officer is None or not officer.is_active:
        raise Refusal("NO_STATEMENT" if current is None else "OFFICER_UNKNOWN")
    meant = Statement(current.version, current.hash)
    decided = _decided(signatures(tx.connection, exam_session_id, current.version))
    check_sign_off(offered, meant, officer.committee, decided)
    head = json.loads(current.content)["ledger"]["number"]
    if has_event_after(tx.connection, exam_session_id, head, CHANGES_RESULTS):
        raise Refusal("STATEMENT_OUTDATED")
    if not is_signed(officer.public_key, SIGNATURE_TYPE, offered.content, signature):
        raise Refusal("PASSPHRASE_WRONG")
    actor = Actor(ActorKind.OFFICER, offered.officer_id)
    tx.append(
        exam_session_id,
        Event(
            EventKind.STATEMENT_SIGNED,
            body_of(offered, signature),
            {"reason": offered.reason} if offered.reason else {},
        ),
        actor,
    )
    add_signature(
        tx.connection,
        exam_session_id,
        SignatureRecord(
            offered.version,
            offered.officer_id,
            officer.name,
            offered.committee,
            offered.decision.value,
            offered.reason,
            offered.statement_hash,
            signature,
            tx.now.at_ms,
        ),
    )
    if not is_official([*decided, offered], meant):
        return Decided(offered.decision.value, is_official=False)
    _make_official(tx, exam_session_id, meant)
    return Decided(offered.decision.value, is_official=True)


def _make_official(tx: Tx, exam_session_id: str, statement: Statement) -> None:
    _, sittings = session_states(tx.connection, exam_session_id)
    signed = {
        room_id: next_sitting_state(SittingState(state), SittingCommand.SIGN)
        for room_id, state in sittings.items()
    }
    set_signed(
        tx.connection,
        exam_session_id,
        exam_session_state(list(signed.values())).value,
        {room_id: state.value for room_id, state in signed.items()},
    )
    tx.append(
        exam_session_id,
        Event(
            EventKind.RESULTS_MADE_OFFICIAL,
            {"version": statement.version, "statement_hash": statement.statement_hash},
        ),
        SERVER,
    )


def _decided(stored: tuple[SignatureRecord, ...]) -> list[SignOff]:
    return [
        SignOff(
            each.version,
            each.statement_hash,
            each.officer_id,
            each.committee,
            decision_of(each.decision),
            each.reason,
        )
        for each in stored
    ]
