"""A participant sees a score only once it counts every answer that the server has accepted."""

from __future__ import annotations

from cat_server.actions.write_scores import DerivedScore, write_scores
from cat_server.domain.scoring import AttemptScore
from cat_server.queries.attempt_lives import scored_attempts
from cat_server.queries.own_score import OwnScore, own_scores
from tests.integration.conftest import Centre, Seated


def newest(centre: Centre) -> int:
    [(number,)] = centre.rows(f"SELECT max(number) FROM ledger WHERE chain='{centre.exam_session_id}'")
    return int(number)


def derived(who: Seated, number: int, total: int) -> DerivedScore:
    score = AttemptScore((), total, 100_000_000, 1, 20, meets_threshold=None, thresholds=())
    return DerivedScore(who.slip.attempt_id, number, score)


def write_score(centre: Centre, who: Seated, total: int) -> None:
    """Write a score that counts the ledger as it is now."""
    written = [derived(who, newest(centre), total)]
    centre.do(write_scores(centre.lane, centre.exam_session_id, "keys", written))


def _shown(centre: Centre, who: Seated) -> OwnScore | None:
    [score] = own_scores(centre.reader, [who.slip.attempt_id])
    return score


def test_a_score_that_lacks_a_late_answer_is_not_shown(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.answer(who, 1, "o1")
    centre.pass_time(611)
    write_score(centre, who, 5_000_000)
    first = _shown(centre, who)
    assert first is not None
    assert first.total.points == "5"

    reply = centre.answer(who, 2, "o2", clock_ms=590_000)
    assert reply.receipts[0].outcome == "late"
    assert _shown(centre, who) is None
    assert scored_attempts(centre.reader, [who.slip.attempt_id]) == frozenset()

    write_score(centre, who, 10_000_000)
    second = _shown(centre, who)
    assert second is not None
    assert second.total.points == "10"
    assert scored_attempts(centre.reader, [who.slip.attempt_id]) == {who.slip.attempt_id}


def test_those_who_ask_at_once_are_each_told_their_own(centre: Centre) -> None:
    first, second, third = (centre.seat(each) for each in range(3))
    centre.start()
    centre.pass_time(611)
    write_score(centre, first, 5_000_000)
    write_score(centre, third, 15_000_000)
    asked = [third, second, first, third]
    shown = own_scores(centre.reader, [each.slip.attempt_id for each in asked])
    assert [each and each.total.points for each in shown] == ["15", None, "5", "15"]
    assert own_scores(centre.reader, []) == []


def test_of_scores_written_together_an_older_one_replaces_no_newer_one(centre: Centre) -> None:
    first, second, third = (centre.seat(each) for each in range(3))
    centre.start()
    centre.pass_time(611)
    number = newest(centre)
    for written in (
        [derived(first, number, 5_000_000), derived(second, number, 6_000_000)],
        [
            derived(first, number - 1, 1_000_000),
            derived(second, number, 7_000_000),
            derived(third, number, 8_000_000),
        ],
        [],
    ):
        centre.do(write_scores(centre.lane, centre.exam_session_id, "keys", written))
    shown = own_scores(centre.reader, [each.slip.attempt_id for each in (first, second, third)])
    assert [each and each.total.points for each in shown] == ["5", "7", "8"]
