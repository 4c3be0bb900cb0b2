"""Writing down the scores of attempts that ended, so that kiosks can show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cat_server.domain.scoring import AttemptScore
from cat_server.records.scores import add_scoring_run, replace_scores, scoring_run_of
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.tokens import new_id


@dataclass(frozen=True, slots=True)
class DerivedScore:
    """A score and the ledger event up to which its answers were counted."""

    attempt_id: str
    number: int
    score: AttemptScore


async def write_scores(
    lane: WriteLane, exam_session_id: str, keys_hash: str, scores: Sequence[DerivedScore]
) -> None:
    """Write scores under the exam session's scoring run for these keys; an older score never replaces a newer."""

    def operation(tx: Tx) -> None:
        run_id = scoring_run_of(tx.connection, exam_session_id, keys_hash)
        if run_id is None:
            run_id = new_id()
            add_scoring_run(tx.connection, tx.now, run_id, exam_session_id, keys_hash)
        derived = {each.attempt_id: (each.number, each.score) for each in scores}
        replace_scores(tx.connection, run_id, derived)

    await lane.run(operation)
