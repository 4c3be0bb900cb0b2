"""Scores follow the ledger, are written when attempts end, and are the same again after a restart."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, cast

from cat_server.domain.attempt import AttemptState
from cat_server.domain.scoring import score_attempt
from cat_server.queries.access import DatabaseAwayError, Reader
from cat_server.queries.result_table import result_table
from monitoring.live_scores import LiveScores
from question_bank.items import KeySheet
from question_bank.scoring_profile import Profile


def right_answer(stage: Any, attempt_id: str, position: int) -> tuple[str, ...]:
    """Return the response that brings the most points, read from the key sheet."""
    roster = stage.session.roster
    form = roster.forms[stage.session.attempt(attempt_id).form_no]
    keys: KeySheet = stage.scene.keys(stage.scene.bank_id)
    key = keys.keys[form.items[position - 1].item_id]
    if key.points:
        return (max(key.points, key=lambda option: key.points[option]),)
    return key.correct


async def running(stage_of: Any, **how: Any) -> tuple[Any, list[Any]]:
    stage = await stage_of(**how)
    seated = [await stage.scene.seat(index) for index in range(3)]
    await stage.scene.start()
    await stage.settle()
    return stage, seated


def test_a_click_changes_the_running_score(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        attempt_id = who.slip.attempt_id
        assert stage.session.scores[attempt_id].total == 0
        await stage.scene.answer(who, 1, *right_answer(stage, attempt_id, 1))
        await stage.settle()
        assert stage.session.scores[attempt_id].total == 5_000_000
        await stage.scene.answer(who, 1)
        await stage.settle()
        assert stage.session.scores[attempt_id].total == 0
        assert stage.session.scores[attempt_id].answered == 0

    asyncio.run(check())


def test_the_score_is_written_when_the_attempt_ends_and_not_before(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        attempt_id = who.slip.attempt_id
        for position in range(1, 21):
            await stage.scene.answer(who, position, *right_answer(stage, attempt_id, position))
        await stage.settle()
        profile: Profile = stage.session.roster.profile
        before = result_table(stage.scene.reader, stage.scene.exam_session_id, profile.ranking)
        assert not before.lines
        await stage.scene.finish(who)
        await stage.settle()
        (line,) = result_table(stage.scene.reader, stage.scene.exam_session_id, profile.ranking).lines
        assert line.attempt.attempt_id == attempt_id
        assert line.total is not None
        assert line.total.points == profile.maximum
        assert {code: score.points for code, score in line.scores.items()} == {
            section.code: section.maximum for section in profile.sections
        }

    asyncio.run(check())


def test_a_restart_rebuilds_the_same_scores_and_writes_nothing_twice(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, other, _) = await running(stage_of)
        for position in (1, 7, 14):
            await stage.scene.answer(who, position, "o1")
            await stage.scene.answer(other, position, "o2", flagged=True)
        await stage.scene.finish(who)
        await stage.settle()
        again = LiveScores(stage.scene.lane, stage.scene.reader, stage.clock, stage.scene.keys)
        follower = stage.scene.follower()
        follower.subscribe(again.take)
        await follower.poll()
        await again.tick()
        session = again.sessions[stage.scene.exam_session_id]
        assert session.scores == stage.session.scores
        assert session.attempt(who.slip.attempt_id).state is AttemptState.FINISHED
        assert session.unwritten() == ()

    asyncio.run(check())


def test_the_score_equals_the_pure_function_of_the_stored_answers(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        for position in range(1, 21):
            await stage.scene.answer(who, position, f"o{position % 5 + 1}")
        await stage.settle()
        roster, view = stage.session.roster, stage.session.attempt(who.slip.attempt_id)
        keys = stage.scene.keys(stage.scene.bank_id)
        expected = score_attempt(
            roster.profile, roster.forms[view.form_no], keys, view.responses, category="umum"
        )
        assert stage.session.scores[who.slip.attempt_id] == expected

    asyncio.run(check())


def test_a_database_that_is_away_for_a_moment_costs_the_board_no_event(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        attempt_id = who.slip.attempt_id
        await stage.scene.answer(who, 1, *right_answer(stage, attempt_id, 1))
        await stage.settle()

        class AwayOnce:
            times = 0

            def view(self) -> Any:
                self.times += 1
                if self.times == 1:
                    raise DatabaseAwayError("connection refused")
                return stage.scene.reader.view()

        again = LiveScores(stage.scene.lane, cast("Reader", AwayOnce()), stage.clock, stage.scene.keys)
        follower = stage.scene.follower()
        follower.subscribe(again.take)
        for _ in range(2):
            with contextlib.suppress(DatabaseAwayError):
                await follower.poll()
        await again.tick()
        found = again.sessions[stage.scene.exam_session_id]
        assert found.scores == stage.session.scores
        assert found.attempt(attempt_id) == stage.session.attempt(attempt_id)

    asyncio.run(check())
