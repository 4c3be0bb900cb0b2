"""Whether candidates and vacancies belong together, before anybody is ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cat_server.domain.selection import Candidate, Formation, FormationKey, formation_of
from question_bank.problems import Place, Problem

_NAMED = 10


def placed(candidates: Sequence[Candidate], formations: Sequence[Formation]) -> tuple[Candidate, ...]:
    """Return the candidates with what their list leaves out.

    Where there is only one agency or formation, it is meant. Where a position has a formation by the name of the
    candidate's category (jenis formasi), as vacancies are often listed, that one is meant.
    """
    known = {each.key.folded for each in formations}
    agencies = {each.key.folded.agency: each.key.agency for each in formations}
    only_agency = next(iter(agencies.values())) if len(agencies) == 1 else ""
    only = formations[0].key if len(formations) == 1 else None
    is_bare = not any(each.formation.position for each in candidates)

    def key(each: Candidate) -> FormationKey:
        if only and is_bare:
            return only
        own = replace(each.formation, agency=each.formation.agency or only_agency)
        by_category = replace(own, formation=each.category)
        return by_category if not own.formation and by_category.folded in known else own

    return tuple(replace(each, formation=key(each)) for each in candidates)


def belonging(
    candidates: Sequence[Candidate], formations: Sequence[Formation], places: Mapping[str, Place]
) -> tuple[list[Problem], list[Problem]]:
    """Return problems (people without a formation, formations without vacancies) and warnings (nobody came for one).

    `places` are by participant number in lower case. A formation that is missing is named once, at its first row.
    """
    known = {each.key.folded: each for each in formations}
    problems: list[Problem] = []
    wanted: set[FormationKey] = set()
    unknown: dict[FormationKey, list[Candidate]] = {}
    for each in candidates:
        formation = formation_of(each.formation, known)
        if formation:
            wanted.add(formation.key)
        elif not each.formation.position:
            place = places.get(each.participant_number.casefold(), Place())
            problems.append(Problem("scores_no_position", place, {"number": each.participant_number}))
        else:
            unknown.setdefault(each.formation.folded, []).append(each)
    for people in unknown.values():
        first = people[0]
        parts = (first.formation.agency, first.formation.position, first.formation.formation)
        params: dict[str, str | int] = {"formation": " / ".join(filter(None, parts)), "count": len(people)}
        place = places.get(first.participant_number.casefold(), Place())
        problems.append(Problem("scores_formation_unknown", place, params))
    idle = [each.key.position for each in formations if each.key not in wanted]
    shown = ", ".join(idle[:_NAMED]) + (", …" if len(idle) > _NAMED else "")
    warnings = [Problem("formations_idle", params={"count": len(idle), "names": shown})] if idle else []
    return problems, warnings
