"""How each participant came out, as announcements abbreviate it: P/L, P, TL, TH, DIS (domain.md 1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cat_server.domain.attempt import RANKED, AttemptState
from cat_server.domain.selection import (
    Candidate,
    CandidateStatus,
    Formation,
    FormationKey,
    RankedFormation,
    ResultCode,
    formation_of,
    rank_selection,
)
from cat_server.results.paper_words import NOTHING
from question_bank.scoring_profile import Profile

_BY_STATE = {
    AttemptState.ABSENT.value: CandidateStatus.ABSENT,
    AttemptState.FORFEITED.value: CandidateStatus.ABSENT,
    AttemptState.DISQUALIFIED.value: CandidateStatus.DISQUALIFIED,
}
_CODES = {CandidateStatus.ABSENT: ResultCode.TH, CandidateStatus.DISQUALIFIED: ResultCode.DIS}


def formation_outcomes(
    profile: Profile, formations: Sequence[Formation], lines: Iterable[Mapping[str, Any]]
) -> tuple[RankedFormation, ...]:
    """Rank the lines of `results.json` within each formation that has vacancies and candidates.

    Who has no score yet, or no formation among these, is left out.
    """
    known = {each.key.folded: each for each in formations}
    candidates = []
    for line in lines:
        status, formation = _status(line), formation_of(_key(line), known)
        if status is not None and formation is not None:
            points = (
                {each["code"]: each["points"] for each in line["score"]["sections"]} if line["score"] else {}
            )
            candidates.append(
                Candidate(
                    str(line["participant_number"]),
                    str(line["name"]),
                    formation.key,
                    str(line["category"]),
                    status,
                    points,
                )
            )
    return tuple(each for each in rank_selection(profile, formations, candidates) if each.outcomes)


def outcome_codes(
    outcomes: Iterable[RankedFormation], lines: Iterable[Mapping[str, Any]]
) -> Mapping[str, str]:
    """Return the code of each attempt: that of its formation, else what thresholds and attendance alone say."""
    found = {
        line.candidate.participant_number: line.code.value for each in outcomes for line in each.outcomes
    }
    return {
        str(line["attempt_id"]): found.get(str(line["participant_number"]), _plain_code(line))
        if _status(line)
        else _plain_code(line)
        for line in lines
    }


def _plain_code(line: Mapping[str, Any]) -> str:
    status = _BY_STATE.get(line["state"])
    if status is not None:
        return _CODES[status].value
    score = line["score"]
    if score is None or score["meets"] is None:
        return NOTHING
    return (ResultCode.P if score["meets"] else ResultCode.TL).value


def _status(line: Mapping[str, Any]) -> CandidateStatus | None:
    """Return whether a line's scores count; None where there is nothing to rank yet, or the attempt was voided."""
    if line["state"] in _BY_STATE:
        return _BY_STATE[line["state"]]
    return CandidateStatus.PRESENT if line["state"] in RANKED and line["score"] else None


def _key(line: Mapping[str, Any]) -> FormationKey:
    return FormationKey(str(line["agency"]), str(line["position"]), str(line["formation"]))
