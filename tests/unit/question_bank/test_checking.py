from __future__ import annotations

from dataclasses import replace

from question_bank.blueprint import Block, Graded, Keyed, Quota, Section
from question_bank.checking import check_bank
from question_bank.items import Bank, Item, ItemKey, ItemKind, KeySheet, Option, Statistics
from question_bank.messages import Catalogue
from question_bank.problems import Problem
from question_bank.scoring_profile import Profile

POINT = 1_000_000


def item(number: int, section: str = "TIU", topic: str = "deret", subtopic: str = "") -> Item:
    return Item(
        *(f"i{number}", 1, ItemKind.CHOICE, section, topic, subtopic, f"stem {number}"),
        options=(Option("o1", "a"), Option("o2", "b")),
        source_order=("o1", "o2"),
    )


def sheet(bank: Bank, *, graded: str = "TKP") -> KeySheet:
    keys = {
        each.item_id: ItemKey(points={"o1": POINT, "o2": 5 * POINT})
        if each.section == graded
        else ItemKey(("o1",))
        for each in bank.items
    }
    return KeySheet(bank.bank_id, keys, "00" * 16)


def profile(*sections: Section) -> Profile:
    block = Block("utama", 60_000, tuple(each.code for each in sections))
    return Profile("uji", 1, "Uji", "", (block,), sections)


def tiu(items: int, *quotas: Quota) -> Section:
    return Section("TIU", "TIU", items, Keyed(5 * POINT), quotas)


def checked(bank: Bank, rules: Profile | None, **options: object) -> tuple[list[Problem], list[Problem]]:
    found: tuple[list[Problem], list[Problem]] = check_bank(
        bank,
        sheet(bank),
        Statistics(bank.bank_id),
        rules,
        **options,  # type: ignore[arg-type] # by name
    )
    return found


def test_a_fitting_bank_has_no_problems() -> None:
    bank = Bank("b", "b", tuple(item(number) for number in range(5)))
    assert checked(bank, profile(tiu(5))) == ([], [])
    assert checked(bank, profile(tiu(5, Quota("Deret", "", 5)))) == ([], [])


def test_a_small_bank_is_refused_with_counts_and_the_command_that_helps() -> None:
    bank = Bank("b", "b", tuple(item(number) for number in range(3)))
    problems, _ = checked(bank, profile(tiu(5)), file="/srv/soal.csv")
    assert [(each.code, each.params["needed"], each.params["available"]) for each in problems] == [
        ("bank_section_too_few", 5, 3)
    ]
    assert problems[0].place.file == "soal.csv"
    for language in ("id", "en"):
        text = Catalogue("question_bank").text(language, problems[0].code, problems[0].params)
        assert "cat-server profile from-bank /srv/soal.csv" in text


def test_topics_are_counted_one_by_one() -> None:
    items = (item(1), item(2, subtopic="angka"), item(3, topic="verbal"), item(4, topic=""))
    rules = profile(tiu(7, Quota("deret", "angka", 2), Quota("deret", "", 1), Quota("verbal", "", 4)))
    problems, _ = checked(Bank("b", "b", items), rules)
    found = {each.code: dict(each.params) for each in problems}
    assert found["bank_section_too_few"]["available"] == 4
    assert found["bank_topics_missing"]["count"] == 1
    assert (found["bank_subtopic_too_few"]["needed"], found["bank_subtopic_too_few"]["available"]) == (2, 1)
    assert (found["bank_topic_too_few"]["topic"], found["bank_topic_too_few"]["available"]) == ("verbal", 1)


def test_retired_items_do_not_count() -> None:
    bank = Bank("b", "b", (item(1), replace(item(2), is_retired=True)))
    problems, _ = checked(bank, profile(tiu(2)))
    assert problems[0].params["available"] == 1


def test_the_kind_of_key_must_fit_the_section() -> None:
    bank = Bank("b", "b", (item(1, "TIU"), item(2, "TKP")))
    rules = profile(tiu(1), Section("TKP", "TKP", 1, Graded(POINT, 4 * POINT)))
    problems, _ = checked(bank, rules)
    assert [(each.code, each.place.item, each.params["points"]) for each in problems] == [
        ("bank_points_outside", "i2", "5")
    ]
    swapped = sheet(bank, graded="TIU")
    problems, _ = check_bank(bank, swapped, Statistics("b"), rules)
    assert [(each.code, each.place.item) for each in problems] == [
        ("bank_graded_item_in_keyed_section", "i1"),
        ("bank_keyed_item_in_graded_section", "i2"),
    ]


def test_unknown_sections_are_a_warning() -> None:
    bank = Bank("b", "b", (item(1), item(2, "TPA")))
    problems, warnings = checked(bank, profile(tiu(1)))
    assert problems == []
    assert [(each.code, each.params["section"]) for each in warnings] == [("bank_section_unknown", "TPA")]


def test_duplicates_in_other_banks_are_found_and_the_bank_itself_is_not() -> None:
    bank = Bank("baru", "b", (item(1), item(2)))
    copy = replace(item(2), item_id="lama-7", stem=" Stem  2", options=(Option("o1", "b"), Option("o2", "a")))
    problems, _ = checked(bank, None, others=[Bank("lama", "l", (copy,)), bank])
    assert [(each.code, each.place.item, each.params) for each in problems] == [
        ("bank_item_in_other_bank", "i2", {"bank": "lama", "other": "lama-7"})
    ]


def test_keys_that_pile_up_on_one_letter_are_a_warning() -> None:
    items = tuple(
        replace(
            item(number),
            options=tuple(Option(f"o{n}", str(n)) for n in (1, 2, 3)),
            source_order=("o1", "o2", "o3"),
        )
        for number in range(12)
    )
    _, warnings = checked(Bank("b", "b", items), None)
    assert [(each.code, each.params["letter"]) for each in warnings] == [("bank_key_positions_uneven", "A")]
