"""Who goes on: per formation, the threshold of the category, then the best within a multiple of the vacancies.

Rules (domain.md 1.6, 1.7): every threshold of the category must be met, and equality meets it. Among those who do, the
total decides, then the profile's tie list (TKP, TIU, TWK for SKD). At most `factor` times the quota go on; everybody
who is still equal at that limit goes on too.

Where the profile's `factor` is 1 there is no next stage: the vacancies are filled at once, and who is within them gets
`L` (PPPK). Where neither a threshold nor a limit applies, nobody is judged: the code is `-`, with a rank where the
profile ranks at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cat_server.domain.ranking import Contender, ranked
from question_bank.scoring_profile import Profile


class CandidateStatus(StrEnum):
    """Whether there is a result to rank. A participant who was not admitted (gugur) counts as absent."""

    PRESENT = "present"
    ABSENT = "absent"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"


class ResultCode(StrEnum):
    """What an announcement prints (domain.md 1.6)."""

    PL = "P/L"
    """Met every threshold and is within the limit: goes on to the next stage."""
    L = "L"
    """Within the vacancies where no next stage follows (factor 1)."""
    P = "P"
    """Met every threshold, but is not within the limit, or no quota is known."""
    TL = "TL"
    """Below a threshold."""
    TH = "TH"
    """Absent."""
    DIS = "DIS"
    """Disqualified."""
    APS = "APS"
    """Withdrew."""
    NONE = "-"
    """Not judged: the profile sets nothing for this category, and no limit."""


_WITHOUT_RESULT = {
    CandidateStatus.ABSENT: ResultCode.TH,
    CandidateStatus.DISQUALIFIED: ResultCode.DIS,
    CandidateStatus.WITHDRAWN: ResultCode.APS,
}


@dataclass(frozen=True, slots=True, order=True)
class FormationKey:
    """Which vacancies: agency (instansi), position (jabatan), and formation where a position has several."""

    agency: str
    position: str
    formation: str = ""

    @property
    def folded(self) -> FormationKey:
        """The same key without regard to case and spare white space, as lists typed by hand are compared."""
        return FormationKey(_folded(self.agency), _folded(self.position), _folded(self.formation))


@dataclass(frozen=True, slots=True)
class Formation:
    """Vacancies. An empty agency or formation in the key stands for every one that has no row of its own."""

    key: FormationKey
    quota: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who is to be ranked; `sections` are micropoints by section code."""

    participant_number: str
    name: str
    formation: FormationKey
    category: str
    status: CandidateStatus
    sections: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A candidate's result. `rank` is None for whoever is not among those that met the thresholds."""

    candidate: Candidate
    rank: int | None
    code: ResultCode
    total: int


@dataclass(frozen=True, slots=True)
class RankedFormation:
    """The outcomes of one formation, best first, then those below a threshold, then those without a result.

    `quota` is None where no vacancies are known for it; `limit` (how many go on) also where the profile sets none.
    """

    key: FormationKey
    quota: int | None
    limit: int | None
    outcomes: tuple[Outcome, ...]


def rank_selection(
    profile: Profile, formations: Iterable[Formation], candidates: Iterable[Candidate]
) -> tuple[RankedFormation, ...]:
    """Return every formation that has vacancies or candidates, by key, with its ranked candidates."""
    known = {each.key.folded: each for each in formations}
    groups: dict[FormationKey, list[Candidate]] = {key: [] for key in known}
    keys = {key: each.key for key, each in known.items()}
    for each in sorted(candidates, key=lambda one: one.participant_number):
        formation = formation_of(each.formation, known)
        key = formation.key if formation else each.formation
        groups.setdefault(key.folded, []).append(each)
        keys.setdefault(key.folded, key)
    return tuple(
        _ranked_formation(profile, keys[key], known.get(key), group) for key, group in sorted(groups.items())
    )


def formation_of(key: FormationKey, known: Mapping[FormationKey, Formation]) -> Formation | None:
    """Return the vacancies that a candidate's key means, the most particular first; `known` is by folded key."""
    own = key.folded
    for each in (
        own,
        FormationKey(own.agency, own.position),
        FormationKey("", own.position, own.formation),
        FormationKey("", own.position),
    ):
        if each in known:
            return known[each]
    return None


def total_of(profile: Profile, sections: Mapping[str, int]) -> int:
    """Return the sum of the profile's sections in micropoints."""
    return sum(sections.get(each.code, 0) for each in profile.sections)


def is_judged(profile: Profile, category: str) -> bool:
    """Tell whether the profile says what this category must reach, or sets no thresholds at all."""
    return not profile.threshold_sets or bool(profile.thresholds_for(category))


def meets_thresholds(profile: Profile, category: str, sections: Mapping[str, int]) -> bool:
    """Tell whether every threshold of the category is met; equality meets it."""
    return all(
        sum(sections.get(code, 0) for code in each.sums) >= each.minimum
        for each in profile.thresholds_for(category)
    )


def _ranked_formation(
    profile: Profile, key: FormationKey, formation: Formation | None, group: list[Candidate]
) -> RankedFormation:
    quota = formation.quota if formation else None
    is_limited = profile.ranking.factor > 0 and profile.ranking.order != "none"
    limit = quota * profile.ranking.factor if quota is not None and is_limited else None
    present = [each for each in group if each.status is CandidateStatus.PRESENT]
    judged = [each for each in present if is_judged(profile, each.category)]
    passed = [each for each in judged if meets_thresholds(profile, each.category, each.sections)]
    failed = [each for each in judged if not meets_thresholds(profile, each.category, each.sections)]
    outcomes = [
        Outcome(each, rank, _code(profile, each, rank, limit), total_of(profile, each.sections))
        for rank, each in _in_order(profile, passed)
    ]
    outcomes += [
        Outcome(each, None, code, total_of(profile, each.sections))
        for code, rest in (
            (ResultCode.TL, failed),
            (ResultCode.NONE, [each for each in present if not is_judged(profile, each.category)]),
        )
        for _, each in _in_order(profile, rest)
    ]
    outcomes += [
        Outcome(each, None, code, total_of(profile, each.sections))
        for status, code in _WITHOUT_RESULT.items()
        for each in group
        if each.status is status
    ]
    return RankedFormation(key, quota, limit, tuple(outcomes))


def _in_order(profile: Profile, candidates: list[Candidate]) -> list[tuple[int | None, Candidate]]:
    contenders = [
        Contender(each.participant_number, total_of(profile, each.sections), each.sections, each)
        for each in candidates
    ]
    return [(line.rank, line.entry) for line in ranked(contenders, profile.ranking)]


def _code(profile: Profile, candidate: Candidate, rank: int | None, limit: int | None) -> ResultCode:
    """Return the code of someone who met the thresholds. Equals share a rank, so all of them pass the limit or none."""
    if limit is not None and rank is not None:
        within = ResultCode.L if profile.ranking.factor == 1 else ResultCode.PL
        return within if rank <= limit else ResultCode.P
    if profile.ranking.factor > 0 or profile.thresholds_for(candidate.category):
        return ResultCode.P
    return ResultCode.NONE


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
