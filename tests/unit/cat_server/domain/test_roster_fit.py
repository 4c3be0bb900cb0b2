from __future__ import annotations

import pytest

from cat_server.domain.roster import RosterPerson
from cat_server.domain.roster_fit import fit_warnings
from question_bank.problems import Place
from question_bank.profile_reading import load_profile


def warned(profile: str, category: str, accommodation: str) -> list[tuple[str, str]]:
    rules, _ = load_profile(profile)
    assert rules is not None
    person = RosterPerson("1", "A", category=category, accommodation=accommodation)
    found = fit_warnings(rules, [person], lambda _, field: Place("f", row=2, column=field))
    assert all(each.place.row == 2 for each in found)
    return [(each.code, each.place.column) for each in found]


@pytest.mark.parametrize(
    ("profile", "category", "accommodation", "codes"),
    [
        ("skd_cpns_2024", "disabilitas", "netra", []),
        ("skd_cpns_2024", "Umum", "", []),
        ("skd_cpns_2024", "umum", "netra", [("roster_accommodation_category", "accommodation")]),
        ("skd_cpns_2024", "umum", "tuli", [("roster_accommodation_unknown", "accommodation")]),
        ("skd_cpns_2024", "umun", "", [("roster_category_unjudged", "category")]),
        ("skd_cpns_2024", "", "", [("roster_category_unjudged", "category")]),
        ("pppk_2024", "", "netra", []),
        ("ujian_dinas_1_2024", "", "", []),
    ],
)
def test_what_does_not_fit_the_rules_is_named(
    profile: str, category: str, accommodation: str, codes: list[tuple[str, str]]
) -> None:
    assert warned(profile, category, accommodation) == codes
