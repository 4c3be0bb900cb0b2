"""Crediting the time that a participant lost at a PC that stopped, or deciding that none is due: each once."""

from __future__ import annotations

from cat_server.actions.grant_time import GrantOrder, grant
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import Actor
from cat_server.domain.interruption import Interruption
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.records.attempt_steps import refuse_alone
from cat_server.records.contexts import context_of
from cat_server.records.events_by_kind import events_of_kinds
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json

_SETTLING = (EventKind.TIME_GRANTED, EventKind.INTERRUPTION_DISMISSED)


async def credit_interruption(
    lane: WriteLane, attempt_id: str, number: int, reason: str, actor: Actor, approver: str = ""
) -> None:
    """Grant exactly what was lost in the interruption that ledger event `number` noted.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `INTERRUPTION_UNKNOWN`, `INTERRUPTION_SETTLED`, `SITTING_CLOSED`,
            `ATTEMPT_STATE` or `APPROVER_MISSING`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        found = _unsettled(tx, context, number)
        refuse_alone(tx, context, "grant_time", actor, approver)
        grant(tx, context, GrantOrder(found.lost_ms, reason.strip(), actor, approver, number))

    await lane.run(operation)


async def dismiss_interruption(
    lane: WriteLane, attempt_id: str, number: int, reason: str, actor: Actor
) -> None:
    """Note that nothing is due for an interruption, and why.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `INTERRUPTION_UNKNOWN` or `INTERRUPTION_SETTLED`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        _unsettled(tx, context, number)
        body: dict[str, Json] = {"attempt_id": attempt_id, "interruption": number}
        event = Event(EventKind.INTERRUPTION_DISMISSED, body, {"reason": reason.strip()})
        tx.append(context.exam_session_id, event, actor, "", context.clock.at(tx.now))

    await lane.run(operation)


def _context(tx: Tx, attempt_id: str) -> AttemptContext:
    context = context_of(tx.connection, attempt_id)
    if context is None:
        raise Refusal("ATTEMPT_UNKNOWN")
    return context


def _unsettled(tx: Tx, context: AttemptContext, number: int) -> Interruption:
    kinds = (EventKind.WORK_INTERRUPTED, *_SETTLING)
    events = events_of_kinds(tx.connection, context.exam_session_id, kinds)
    if any(each.kind in _SETTLING and each.body.get("interruption") == number for each in events):
        raise Refusal("INTERRUPTION_SETTLED")
    for each in events:
        is_it = each.number == number and each.kind is EventKind.WORK_INTERRUPTED
        if is_it and each.body["attempt_id"] == context.attempt_id:
            body = each.body
            return Interruption(number, int(str(body["from_clock_ms"])), int(str(body["to_clock_ms"])))
    raise Refusal("INTERRUPTION_UNKNOWN")
