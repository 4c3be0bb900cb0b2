"""Results after the close: by rank with the profile's tie-break, from the stored scores only."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.attempt import AttemptState
from cat_server.domain.ranking import Contender, ranked
from cat_server.queries.access import Reader
from cat_server.records.board_attempts import StoredAttempt, attempts_of
from cat_server.records.board_results import (
    TOTAL,
    StoredScore,
    scores_of,
)
from question_bank.scoring_profile import Ranking

__all__ = ["ResultLine", "ResultTable", "result_table"]

_HAS_RESULT = frozenset({AttemptState.FINISHED, AttemptState.TIMED_OUT, AttemptState.FORCE_CLOSED})


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One participant's result; `scores` by section, `total` None while it is not computed yet."""

    rank: int | None
    attempt: StoredAttempt
    scores: dict[str, StoredScore]
    total: StoredScore | None


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Those with a result, best first, and those without one, by number."""

    lines: tuple[ResultLine, ...]
    without: tuple[StoredAttempt, ...]


def result_table(reader: Reader, exam_session_id: str, ranking: Ranking) -> ResultTable:
    """Return the results of an exam session as they are stored."""
    with reader.view() as view:
        attempts = attempts_of(view.connection, exam_session_id)
        scores = scores_of(view.connection, exam_session_id)
    sat = [each for each in attempts if AttemptState(each.state) in _HAS_RESULT]
    contenders = [
        Contender(
            each.participant_number,
            scores[each.attempt_id][TOTAL].points,
            {code: score.points for code, score in scores[each.attempt_id].items() if code != TOTAL},
            each,
        )
        for each in sat
        if TOTAL in scores.get(each.attempt_id, {})
    ]
    lines = [
        ResultLine(
            each.rank,
            each.entry,
            {code: score for code, score in scores[each.entry.attempt_id].items() if code != TOTAL},
            scores[each.entry.attempt_id][TOTAL],
        )
        for each in ranked(contenders, ranking)
    ]
    lines += [
        ResultLine(None, each, {}, None) for each in sat if TOTAL not in scores.get(each.attempt_id, {})
    ]
    return ResultTable(
        tuple(lines), tuple(each for each in attempts if AttemptState(each.state) not in _HAS_RESULT)
    )
