from __future__ import annotations

from collections.abc import Mapping

import pytest

from question_bank.blueprint import Graded, Keyed
from question_bank.fitting_profile import Wanted, fitting_profile, serves_every_item
from question_bank.items import Bank, Item, ItemKey, ItemKind, KeySheet
from question_bank.problems import Place
from question_bank.profile_reading import parse_profile
from question_bank.profile_writing import write_profile
from question_bank.scoring_profile import Profile

P = 10**6
GRADED = {"o1": P, "o2": 5 * P}


def item(item_id: str, section: str, *enemies: str, is_retired: bool = False) -> Item:
    return Item(
        item_id, 1, ItemKind.CHOICE, section, "", "", "?", (), (), enemies=enemies, is_retired=is_retired
    )


def bank_of(sections: Mapping[str, int], graded: tuple[str, ...] = ()) -> tuple[Bank, KeySheet]:
    items = [item(f"{section}-{n}", section) for section, count in sections.items() for n in range(count)]
    keys = {
        each.item_id: ItemKey(points=GRADED) if each.section in graded else ItemKey(correct=("o1",))
        for each in items
    }
    return Bank("b", "Bank", tuple(items)), KeySheet("b", keys, "00")


def fit(bank: Bank, keys: KeySheet, items: int | None = None, minutes: int | None = None) -> Profile:
    profile, problems = fitting_profile(bank, keys, Wanted("b", "Bank", "-", items, minutes))
    assert problems == []
    assert profile is not None
    return profile


def test_half_of_each_section_and_a_minute_an_item() -> None:
    profile = fit(*bank_of({"TWK": 35, "TIU": 30, "TKP": 1}))
    assert [(each.code, each.items) for each in profile.sections] == [("TWK", 18), ("TIU", 15), ("TKP", 1)]
    assert profile.allowed_ms(1) == 34 * 60_000


def test_rules_come_from_the_keys() -> None:
    profile = fit(*bank_of({"TWK": 4, "TKP": 4}, graded=("TKP",)))
    assert profile.section("TKP").rule == Graded(P, 5 * P)
    assert profile.section("TWK").rule == Keyed(5 * P)
    assert fit(*bank_of({"TWK": 4})).section("TWK").rule == Keyed(P)


@pytest.mark.parametrize("items", range(3, 67))
def test_any_possible_number_of_items_is_met_exactly(items: int) -> None:
    sections = {"TWK": 35, "TIU": 30, "TKP": 1}
    profile = fit(*bank_of(sections), items=items, minutes=7)
    assert profile.items == items
    assert all(1 <= each.items <= sections[each.code] for each in profile.sections)
    assert profile.allowed_ms(1) == 7 * 60_000


@pytest.mark.parametrize("items", [1, 7])
def test_an_impossible_number_is_refused_with_the_limits(items: int) -> None:
    bank, keys = bank_of({"TWK": 4, "TIU": 2})
    profile, problems = fitting_profile(bank, keys, Wanted("b", "B", "-", items))
    assert profile is None
    assert [(each.code, each.params["least"], each.params["most"]) for each in problems] == [
        ("profile_bank_items", 2, 6)
    ]


def test_retired_items_and_enemies_do_not_count() -> None:
    items = (item("a", "S", "b"), item("b", "S"), item("c", "S", is_retired=True), item("d", "S", "a"))
    keys = KeySheet("b", {each.item_id: ItemKey(correct=("o1",)) for each in items}, "00")
    bank = Bank("b", "B", items)
    assert fitting_profile(bank, keys, Wanted("b", "B", "-", 2))[0] is None
    profile = fit(bank, keys, items=1)
    assert profile.items == 1
    assert serves_every_item(profile, bank)


def test_papers_that_take_everything_are_noticed() -> None:
    bank, keys = bank_of({"TWK": 4, "TIU": 4})
    assert not serves_every_item(fit(bank, keys), bank)
    assert serves_every_item(fit(bank, keys, items=8), bank)


def test_what_no_rule_can_score_is_refused() -> None:
    bank, keys = bank_of({"TWK": 2, "TIU": 2, "x" * 65: 1, "TKP": 1})
    mixed = {**keys.keys, "TWK-0": ItemKey(points=GRADED), "TKP-0": ItemKey(points={"o1": 0})}
    profile, problems = fitting_profile(bank, KeySheet("b", mixed, "00"), Wanted("b", "B", "-"))
    assert profile is None
    assert [each.code for each in problems] == [
        "profile_bank_mixed",
        "profile_bank_section_name",
        "profile_bank_no_points",
    ]
    assert fitting_profile(Bank("b", "B", ()), keys, Wanted("b", "B", "-"))[1][0].code == "profile_bank_empty"


def test_the_written_profile_is_a_good_one() -> None:
    profile = fit(*bank_of({"TWK": 4, "Tes Potensi": 4}, graded=("TWK",)))
    assert parse_profile(write_profile(profile).encode(), Place()) == (profile, [])
