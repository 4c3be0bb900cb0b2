"""A participant's own score as the result page shows it: unofficial until both committees have signed."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.queries.own_score import OwnScore, ScoreLine
from kiosk_ui.journey import Standing

_REASONS = {
    "FINISHED": "result_finished",
    "TIMED_OUT": "result_time_up",
    "FORCE_CLOSED": "result_force_closed",
}


@dataclass(frozen=True, slots=True)
class ResultView:
    """The page's head, why the exam ended (a message code), and the score once it is there."""

    exam_title: str
    name: str
    number: str
    seat_text: str
    attempt_id: str
    epoch: int
    reason_code: str
    score: OwnScore | None


_DECIDED = {"DISQUALIFIED": "ended_disqualified", "VOIDED": "ended_voided"}


@dataclass(frozen=True, slots=True)
class EndedView:
    """The page of an attempt that ended without a score to show: message codes for its head and its sentence."""

    exam_title: str
    title_code: str
    what_code: str


def ended_view(standing: Standing) -> EndedView:
    """Return the calm page's view: what an officer decided, or just that it is over."""
    title_code = "ended_decided_title" if standing.state in _DECIDED else "ended_title"
    return EndedView(standing.exam_title, title_code, _DECIDED.get(standing.state, "ended_what"))


def has_result(standing: Standing) -> bool:
    """Tell whether an attempt ended in a way that brings a score."""
    return standing.state in _REASONS


def result_view(standing: Standing, seat_text: str, score: OwnScore | None) -> ResultView:
    """Return the page's view. `standing` must have a result."""
    return ResultView(
        standing.exam_title,
        standing.name,
        standing.number,
        seat_text,
        standing.attempt_id,
        standing.epoch,
        _REASONS[standing.state],
        score,
    )


def score_content(score: OwnScore | None) -> dict[str, object]:
    """Return the score as the JSON of `GET /score`."""
    if score is None:
        return {"v": 1, "ready": False}
    return {
        "v": 1,
        "ready": True,
        "is_official": score.is_official,
        "sections": [_line_content(each) for each in score.sections],
        "total": _line_content(score.total),
    }


def _line_content(line: ScoreLine) -> dict[str, object]:
    return {
        "code": line.code,
        "title": line.title,
        "points": line.points,
        "maximum": line.maximum,
        "threshold": line.threshold,
        "meets": line.meets,
        "answered": line.answered,
        "items": line.items,
    }
