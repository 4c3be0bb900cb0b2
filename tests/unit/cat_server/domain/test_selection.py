from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cat_server.domain.selection import (
    Candidate,
    CandidateStatus,
    Formation,
    FormationKey,
    Outcome,
    ResultCode,
    rank_selection,
)
from question_bank.blueprint import MICROPOINTS
from question_bank.profile_reading import load_profile
from question_bank.scoring_profile import Profile, Threshold, ThresholdSet

CLERK = FormationKey("Kota Contoh", "Pranata Komputer")


def shipped(name: str) -> Profile:
    profile, problems = load_profile(name)
    assert profile is not None, problems
    return profile


SKD = shipped("skd_cpns_2024")


def someone(
    name: str,
    tkp: int,
    tiu: int,
    twk: int,
    *,
    category: str = "umum",
    status: CandidateStatus = CandidateStatus.PRESENT,
    key: FormationKey = CLERK,
) -> Candidate:
    points = {"TKP": tkp, "TIU": tiu, "TWK": twk}
    return Candidate(
        name, name, key, category, status, {code: each * MICROPOINTS for code, each in points.items()}
    )


# domain.md 1.7, BKN's worked example of 2020: TKP, TIU, TWK; the thresholds of that year were 126/80/65.
EXAMPLE = [
    someone("Alehandro", 150, 110, 135),
    someone("Belinda", 148, 125, 115),
    someone("Doglas", 145, 105, 117),
    someone("Carlos", 147, 115, 105),
    someone("Esmeralda", 146, 112, 109),
    someone("Fabio", 146, 110, 100),
    someone("Sergio", 146, 115, 95),
]


def with_thresholds(twk: int, tiu: int, tkp: int) -> Profile:
    rows = tuple(
        Threshold((code,), each * MICROPOINTS) for code, each in (("TWK", twk), ("TIU", tiu), ("TKP", tkp))
    )
    return replace(SKD, threshold_sets=(ThresholdSet(("umum",), rows),))


SKD_2019, SKD_2018 = with_thresholds(65, 80, 126), with_thresholds(75, 80, 143)


def outcomes(profile: Profile, quota: int, candidates: list[Candidate]) -> tuple[Outcome, ...]:
    (only,) = rank_selection(profile, [Formation(CLERK, quota)], candidates)
    return only.outcomes


def named(found: tuple[Outcome, ...], *codes: ResultCode) -> list[str]:
    return [each.candidate.name for each in found if each.code in codes]


@pytest.mark.parametrize(
    ("quota", "going_on"),
    [
        (1, ["Alehandro", "Belinda", "Carlos"]),
        (2, ["Alehandro", "Belinda", "Carlos", "Esmeralda", "Doglas", "Sergio"]),
    ],
)
def test_the_worked_example_of_bkn(quota: int, going_on: list[str]) -> None:
    found = outcomes(SKD_2019, quota, EXAMPLE)
    assert named(found, ResultCode.PL) == going_on
    assert [each.rank for each in found] == [1, 2, 3, 4, 5, 6, 7]
    assert named(found, ResultCode.P)[-1] == "Fabio"


def test_sragen_2018_a_high_total_does_not_heal_a_missed_threshold() -> None:
    found = outcomes(SKD_2018, 1, [someone("A", 142, 114, 100), someone("B", 143, 80, 75)])
    assert [(each.candidate.name, each.code, each.rank) for each in found] == [
        ("B", ResultCode.PL, 1),
        ("A", ResultCode.TL, None),
    ]
    assert found[1].total == 356 * MICROPOINTS


def test_equality_meets_each_threshold_and_one_point_less_does_not() -> None:
    exact = someone("exact", 166, 80, 65)
    below = [someone("tkp", 165, 80, 65), someone("tiu", 166, 79, 65), someone("twk", 166, 80, 64)]
    found = outcomes(SKD, 5, [exact, *below])
    assert named(found, ResultCode.PL) == ["exact"]
    assert sorted(named(found, ResultCode.TL)) == ["tiu", "tkp", "twk"]


def test_the_category_decides_which_thresholds_apply() -> None:
    points = (166, 60, 60)
    found = outcomes(
        SKD,
        5,
        [
            someone("umum", *points),
            someone("disabilitas", *points, category="Disabilitas"),
            someone("papua", *points, category="papua"),
            someone("cumlaude", *points, category="cumlaude"),
        ],
    )
    assert sorted(named(found, ResultCode.PL)) == ["disabilitas", "papua"]
    assert sorted(named(found, ResultCode.TL)) == ["cumlaude", "umum"]


def test_a_category_without_rules_is_not_judged() -> None:
    found = outcomes(SKD, 5, [someone("A", 200, 150, 140, category="lain")])
    assert [(each.code, each.rank) for each in found] == [(ResultCode.NONE, None)]


def test_all_equals_at_the_limit_go_on() -> None:
    best = [someone(f"best {n}", 200, 100, 100) for n in range(2)]
    equal = [someone(f"equal {n}", 190, 100, 100) for n in range(4)]
    found = outcomes(SKD, 1, [*best, *equal, someone("next", 189, 101, 100)])
    assert len(named(found, ResultCode.PL)) == 6
    assert named(found, ResultCode.P) == ["next"]
    assert [each.rank for each in found] == [1, 1, 3, 3, 3, 3, 7]


def test_people_without_a_result_get_their_code_and_no_rank() -> None:
    every = [
        someone("off", 0, 0, 0, status=CandidateStatus.ABSENT),
        someone("out", 200, 150, 140, status=CandidateStatus.DISQUALIFIED),
        someone("gone", 200, 150, 140, status=CandidateStatus.WITHDRAWN),
        someone("here", 166, 80, 65),
    ]
    assert [(each.candidate.name, each.code, each.rank) for each in outcomes(SKD, 1, every)] == [
        ("here", ResultCode.PL, 1),
        ("off", ResultCode.TH, None),
        ("out", ResultCode.DIS, None),
        ("gone", ResultCode.APS, None),
    ]


def test_no_vacancies_lets_nobody_on_and_an_unknown_formation_is_shown() -> None:
    good = someone("A", 200, 150, 140)
    assert [each.code for each in outcomes(SKD, 0, [good])] == [ResultCode.P]
    other = FormationKey("Kota Lain", "Guru")
    first, second = rank_selection(SKD, [Formation(CLERK, 1)], [replace(good, formation=other)])
    assert (first.key, first.limit, first.outcomes) == (CLERK, 3, ())
    assert (second.key, second.quota, second.limit) == (other, None, None)
    assert [(each.rank, each.code) for each in second.outcomes] == [(1, ResultCode.P)]


def test_formations_are_ranked_apart_and_the_most_particular_row_wins() -> None:
    disabled = FormationKey("kota  contoh", "PRANATA KOMPUTER", "disabilitas")
    formations = [Formation(CLERK, 1), Formation(disabled, 2), Formation(FormationKey("", "Guru"), 3)]
    people = [
        someone("own", 200, 150, 140, key=disabled),
        someone("whole", 200, 150, 140, key=FormationKey("Kota Contoh", "Pranata Komputer", "umum")),
        someone("any agency", 200, 150, 140, key=FormationKey("Kota Lain", "Guru", "umum")),
    ]
    found = rank_selection(SKD, formations, people)
    assert {each.quota: [one.candidate.name for one in each.outcomes] for each in found} == {
        1: ["whole"],
        2: ["own"],
        3: ["any agency"],
    }


POINTS = st.tuples(*(st.sampled_from(range(low, high, 5)) for low, high in ((155, 180), (70, 95), (55, 80))))
CROWD = st.lists(
    st.tuples(POINTS, st.sampled_from(["umum", "disabilitas", "cumlaude"]), st.sampled_from(CandidateStatus)),
    max_size=30,
)


def crowd(rows: list[tuple[tuple[int, int, int], str, CandidateStatus]]) -> list[Candidate]:
    return [
        someone(f"{number:03d}", *points, category=category, status=status)
        for number, (points, category, status) in enumerate(rows)
    ]


@given(CROWD, st.integers(0, 4), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(
    rows: list[tuple[tuple[int, int, int], str, CandidateStatus]], quota: int, chance: random.Random
) -> None:
    people = crowd(rows)
    mixed = chance.sample(people, len(people))
    assert outcomes(SKD, quota, people) == outcomes(SKD, quota, mixed)


@given(CROWD, st.integers(0, 4))
def test_who_goes_on(rows: list[tuple[tuple[int, int, int], str, CandidateStatus]], quota: int) -> None:
    found = outcomes(SKD, quota, crowd(rows))
    assert sorted(each.candidate.participant_number for each in found) == [
        f"{number:03d}" for number in range(len(rows))
    ]

    def standing(each: Outcome) -> tuple[int, ...]:
        sections = each.candidate.sections
        return each.total, sections["TKP"], sections["TIU"], sections["TWK"]

    passed = [each for each in found if each.code in (ResultCode.PL, ResultCode.P)]
    on = [each for each in passed if each.code is ResultCode.PL]
    for each in passed:
        better = sum(standing(other) > standing(each) for other in passed)
        assert (each.code is ResultCode.PL) == (better < 3 * quota)
        assert each.rank == better + 1
    if len(on) > 3 * quota:
        assert sum(standing(each) > min(map(standing, on)) for each in on) < 3 * quota
    by_standing: dict[tuple[int, ...], set[ResultCode]] = {}
    for each in passed:
        by_standing.setdefault(standing(each), set()).add(each.code)
    assert all(len(codes) == 1 for codes in by_standing.values())


@given(CROWD, st.integers(0, 4), st.sampled_from(CandidateStatus))
def test_someone_who_fails_changes_nothing_for_the_others(
    rows: list[tuple[tuple[int, int, int], str, CandidateStatus]], quota: int, status: CandidateStatus
) -> None:
    people = crowd(rows)
    extra = someone("extra", 100, 150, 140, status=status)
    with_extra = outcomes(SKD, quota, [*people, extra])
    assert outcomes(SKD, quota, people) == tuple(each for each in with_extra if each.candidate != extra)
