"""Delivering what came on a stick: the same receipts and rules as if the PC itself had delivered it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cat_server.actions.save_answers import SaveAnswers, SaveRequest
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SITE_CHAIN, Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.desk import desk_attempt
from cat_server.records.releases import newest_sign_in
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.rescue_seal import open_rescue
from question_bank.canonical import Json


@dataclass(frozen=True, slots=True)
class Rescued:
    """Whose answers came, and what became of them: how many commands by outcome (`saved`, `late`, `quarantined`, `refused`).

    Commands that had arrived before count under the outcome they had then.
    """

    attempt_id: str
    participant_number: str
    name: str
    seat_no: int
    outcomes: Mapping[str, int]


async def import_rescue(lane: WriteLane, rescue_key: bytes, content: bytes, actor: Actor) -> Rescued:
    """Deliver a rescue file, in one transaction with the note of who brought it. Twice is as good as once.

    Raises:
        Refusal: `RESCUE_UNREADABLE`, `RESCUE_OTHER_SITE`, `RESCUE_SEAL`, or `RESCUE_UNKNOWN` where the attempt never had that
            epoch here.
    """
    rescue = open_rescue(rescue_key, content)
    save = SaveAnswers()

    def operation(tx: Tx) -> Rescued:
        hashed = newest_sign_in(tx.connection, rescue.attempt_id, rescue.epoch)
        person = desk_attempt(tx.connection, rescue.attempt_id)
        if not hashed or person is None:
            raise Refusal("RESCUE_UNKNOWN")
        [reply] = save(tx, [SaveRequest(hashed, rescue.epoch, rescue.commands)])
        outcomes = Counter(each.outcome for each in reply.receipts)
        outcomes["refused"] += len(rescue.commands) - len(reply.receipts)
        counted: dict[str, Json] = {name: count for name, count in sorted(outcomes.items()) if count}
        body: dict[str, Json] = {"attempt_id": rescue.attempt_id, "epoch": rescue.epoch, "outcomes": counted}
        tx.append(SITE_CHAIN, Event(EventKind.RESCUE_IMPORTED, body), actor)
        return Rescued(
            rescue.attempt_id,
            person.participant_number,
            person.participant_name,
            person.seat_no,
            {name: count for name, count in outcomes.items() if count},
        )

    return await lane.run(operation)
