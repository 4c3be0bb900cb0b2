"""What the public may see of an exam session: the lines of the scoreboard, by the event's policy.

Under `delayed` the board stands still between steps: multiples of the delay on the wall clock. The state at a step is
taken from the ledger's own times, so that a restart between two steps shows exactly the same board again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cat_server.domain.attempt import ENDED, IN_PROGRESS, RANKED
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.ranking import Contender, ranked
from monitoring.live_session import LiveSession
from monitoring.standing import Standing
from monitoring.wording import masked
from question_bank.points import points_text
from question_bank.scoring_profile import Profile


def board_of(live: LiveSession, standing: Standing | None) -> dict[str, Any]:
    """Return the board as browsers get it. Points are text; `total` is empty where only progress is shown."""
    roster = live.roster
    if roster is None:
        return {"session": None}
    event, profile = roster.exam_session, roster.profile
    is_final = live.history.is_official
    is_over = is_final or live.state in OVER
    policy = "live" if is_over and event.scoreboard != "off" else event.scoreboard
    lines = _lines(live, standing, policy) if standing and policy != "off" else []
    states = list(standing.states.values()) if standing else []
    return {
        "session": {"code": event.code, "title": event.title, "event": event.event_name},
        "policy": event.scoreboard,
        "step_minutes": -(-event.scoreboard_delay_s // 60),
        "final": is_final,
        "state": live.state.value,
        "as_of": standing.as_of_ms if standing else None,
        "sections": [section.code for _, section in profile.paper_order()],
        "lines": lines,
        "counts": {
            "sat": sum(each in RANKED for each in states),
            "working": sum(each in IN_PROGRESS for each in states),
            "ended": sum(each in ENDED & RANKED for each in states),
        },
        "thresholds": _thresholds(profile),
    }


def _lines(live: LiveSession, standing: Standing, policy: str) -> list[list[Any]]:
    """Return `[rank, number, name, [points], total, answered, items, is_working]` for each who is ranked, best first."""
    roster = live.roster
    if roster is None:
        return []
    contenders = []
    for attempt_id, state in standing.states.items():
        stored = roster.attempts.get(attempt_id)
        if stored is None or state not in RANKED:
            continue
        score = standing.scores.get(attempt_id)
        if policy == "progress" and state in IN_PROGRESS:
            score = None
        total = score.total if score else -1
        points = {each.code: each.points for each in score.sections} if score else {}
        contenders.append(Contender(stored.participant_number, total, points, attempt_id))
    lines = []
    for each in ranked(contenders, roster.profile.ranking):
        attempt_id = each.entry
        stored = roster.attempts[attempt_id]
        profile = roster.profiles.get(stored.profile_hash, roster.profile)
        score = standing.scores.get(attempt_id)
        is_working = standing.states[attempt_id] in IN_PROGRESS
        if policy == "progress" and is_working:
            score = None
        lines.append(
            [
                each.rank if score else None,
                stored.participant_number,
                _name(live, stored.name),
                [points_text(one.points, profile.digits) for one in score.sections] if score else [],
                points_text(score.total, profile.digits) if score else "",
                standing.answered.get(attempt_id, 0),
                profile.items,
                int(is_working),
            ]
        )
    return lines


def _name(live: LiveSession, name: str) -> str:
    roster = live.roster
    if roster is None or not roster.exam_session.scoreboard_masking:
        return name
    return "" if roster.profile.policy.masking == "number" else masked(name)


def _thresholds(profile: Profile) -> list[str]:
    """Return the thresholds of the catch-all or first category: `TWK 65`, `TWK+TIU+TKP 311`."""
    if not profile.threshold_sets:
        return []
    common = profile.thresholds_for("*") or profile.threshold_sets[0].all
    return [f"{'+'.join(each.sums)} {points_text(each.minimum, profile.digits)}" for each in common]


def chosen(sessions: Iterable[LiveSession], code: str) -> LiveSession | None:
    """Return the exam session of that code, else the one that runs, else the newest closed, else the next one."""
    known = [each for each in sessions if each.roster is not None]
    if code:
        return next((each for each in known if each.roster and each.roster.exam_session.code == code), None)
    order = (
        SittingState.RUNNING,
        SittingState.PAUSED,
        SittingState.CLOSED,
        SittingState.SIGNED,
        SittingState.REGISTERING,
        SittingState.PREPARED,
    )
    known.sort(key=lambda each: (order.index(each.state), -each.last_at_ms))
    return known[0] if known else None
