from __future__ import annotations

import itertools

from cat_server.domain.ranking import Contender, ranked
from question_bank.scoring_profile import Ranking

SKD = Ranking("total", ("TKP", "TIU", "TWK"), 3)

# domain.md 1.7, BKN's worked example: TKP, TIU, TWK
EXAMPLE = {
    "Alehandro": (150, 110, 135),
    "Belinda": (148, 125, 115),
    "Doglas": (145, 105, 117),
    "Carlos": (147, 115, 105),
    "Esmeralda": (146, 112, 109),
    "Fabio": (146, 110, 100),
    "Sergio": (146, 115, 95),
}


def contender(name: str, tkp: int, tiu: int, twk: int, number: str = "") -> Contender[str]:
    sections = {"TKP": tkp * 10**6, "TIU": tiu * 10**6, "TWK": twk * 10**6}
    return Contender(number or name, sum(sections.values()), sections, name)


def test_the_worked_example_of_the_rules_comes_out_in_its_order() -> None:
    lines = ranked([contender(name, *points) for name, points in EXAMPLE.items()], SKD)
    names = ["Alehandro", "Belinda", "Carlos", "Esmeralda", "Doglas", "Sergio", "Fabio"]
    assert [(each.rank, each.entry) for each in lines] == list(enumerate(names, start=1))


def test_order_does_not_depend_on_the_order_of_arrival() -> None:
    everyone = [contender(name, *points) for name, points in list(EXAMPLE.items())[:5]]
    boards = {tuple(each.entry for each in ranked(some, SKD)) for some in itertools.permutations(everyone)}
    assert len(boards) == 1


def test_equals_share_a_rank_and_stand_by_participant_number() -> None:
    same = [contender("late", 100, 80, 70, "003"), contender("early", 100, 80, 70, "002")]
    lines = ranked([*same, contender("best", 101, 80, 70, "009"), contender("last", 1, 1, 1, "001")], SKD)
    assert [(each.rank, each.entry) for each in lines] == [
        (1, "best"),
        (2, "early"),
        (2, "late"),
        (4, "last"),
    ]


def test_the_tie_order_is_the_profile_s() -> None:
    two = [contender("verbal", 100, 90, 60), contender("civics", 100, 80, 70)]
    assert [each.entry for each in ranked(two, SKD)] == ["verbal", "civics"]
    assert [each.entry for each in ranked(two, Ranking("total", ("TWK",)))] == ["civics", "verbal"]
    assert [each.rank for each in ranked(two, Ranking("total"))] == [1, 1]


def test_a_profile_that_ranks_nobody_lists_by_number() -> None:
    lines = ranked([contender("b", 9, 9, 9, "2"), contender("a", 1, 1, 1, "1")], Ranking("none"))
    assert [(each.rank, each.entry) for each in lines] == [(None, "a"), (None, "b")]
