"""Participants' own scores, as their kiosks show them: for many who ask at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cat_server.domain.attempt import AttemptState
from cat_server.domain.live import AttemptContext
from cat_server.records.contexts import contexts_of
from cat_server.records.engine import Reader
from cat_server.records.profiles import profile_of
from cat_server.records.score_presence import scored
from cat_server.records.scores import StoredScore, scores_by_attempt
from question_bank.points import points_text
from question_bank.scoring_profile import Profile

_HAVE_SCORES = frozenset({AttemptState.FINISHED, AttemptState.TIMED_OUT, AttemptState.FORCE_CLOSED})


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One section (or the total) in display form. `threshold` is empty where the category has none."""

    code: str
    title: str
    points: str
    maximum: str
    threshold: str
    meets: bool | None
    answered: int
    items: int


@dataclass(frozen=True, slots=True)
class OwnScore:
    """The whole score; `is_official` once both committees have signed."""

    sections: tuple[ScoreLine, ...]
    total: ScoreLine
    is_official: bool


def own_scores(reader: Reader, attempt_ids: Sequence[str]) -> list[OwnScore | None]:
    """Return each attempt's score, or nothing while it is being computed or the attempt goes on."""
    with reader.view() as view:
        connection = view.connection
        ended = {
            attempt_id: each
            for attempt_id, each in contexts_of(connection, set(attempt_ids)).items()
            if each.state in _HAVE_SCORES
        }
        ready = scored(connection, ended) if ended else frozenset()
        stored = scores_by_attempt(connection, ready) if ready else {}
        profiles = {each: profile_of(connection, ended[each].profile_hash) for each in stored}
    found = {each: _score(lines, profiles[each], ended[each]) for each, lines in stored.items()}
    return [found.get(attempt_id) for attempt_id in attempt_ids]


def _score(lines: Sequence[StoredScore], profile: Profile, context: AttemptContext) -> OwnScore:
    stored = {each.section: each for each in lines}
    return OwnScore(
        tuple(
            _line(stored[each.code], each.title, profile.digits)
            for each in profile.sections
            if each.code in stored
        ),
        _line(stored[""], "", profile.digits),
        context.sitting_state.value == "SIGNED",
    )


def _line(stored: StoredScore, title: str, digits: int) -> ScoreLine:
    threshold = "" if stored.threshold is None else points_text(stored.threshold, digits)
    return ScoreLine(
        stored.section,
        title,
        points_text(stored.points, digits),
        points_text(stored.maximum, digits),
        threshold,
        stored.meets,
        stored.answered,
        stored.items,
    )
