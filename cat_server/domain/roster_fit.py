"""Whether what a roster says of people fits the rules of their exam: categories, and time by right."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cat_server.domain.roster import RosterPerson
from cat_server.domain.selection import is_judged
from question_bank.problems import Place, Problem
from question_bank.scoring_profile import Profile


def fit_warnings(
    profile: Profile, people: Iterable[RosterPerson], place: Callable[[RosterPerson, str], Place]
) -> list[Problem]:
    """Return a warning for every person whose category or accommodation does not do what somebody may expect.

    `place` returns where a person's field stands.
    """
    known = {each.code for each in profile.accommodations}
    warnings: list[Problem] = []
    for each in people:
        if not is_judged(profile, each.category):
            params = {"category": each.category or "-", "known": ", ".join(profile.categories)}
            warnings.append(Problem("roster_category_unjudged", place(each, "category"), params))
        params = {"known": ", ".join(sorted(known)) or "-"}
        warnings += [
            Problem("roster_accommodation_unknown", place(each, "accommodation"), {**params, "code": code})
            for code in each.accommodation.split()
            if code not in known
        ]
        warnings += [
            Problem(
                "roster_accommodation_category",
                place(each, "accommodation"),
                {"code": code, "category": each.category or "-", "categories": categories},
            )
            for code, categories in without_right(profile, each.accommodation, each.category)
        ]
    return warnings


def without_right(profile: Profile, accommodation: str, category: str) -> list[tuple[str, str]]:
    """Return the accommodations that bring this category no time, each with the categories that have the right."""
    codes = accommodation.split()
    return [
        (each.code, ", ".join(each.categories))
        for each in profile.accommodations
        if each.code in codes and not each.is_for(category)
    ]
