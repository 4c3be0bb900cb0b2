from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.assembly.assemble import CannotAssemble, draw_forms
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.blueprint import Block, Graded, Keyed, Quota, Section
from question_bank.canonical import digest
from question_bank.forms import Form, FormSet
from question_bank.items import Bank, Item, ItemKey, ItemKind, ItemStatistics, KeySheet, Option, Statistics
from question_bank.scoring_profile import Profile

POINT = 1_000_000
SEED = b"\x07" * 32
OPTIONS = tuple(Option(f"o{number}", f"option {number}") for number in range(1, 6))
ORDER = ("o3", "o1", "o5", "o2", "o4")
LABELS = ("easy", "medium", "hard")


def item(item_id: str, section: str, topic: str = "", subtopic: str = "") -> Item:
    return Item(item_id, 1, ItemKind.CHOICE, section, topic, subtopic, f"stem {item_id}", OPTIONS, ORDER)


def make_bank(**sizes: int) -> Bank:
    items = [
        item(f"{section.lower()}-{number:03d}", section, f"topik {number % 4}")
        for section, size in sizes.items()
        for number in range(size)
    ]
    return Bank("b", "b", tuple(items))


def make_keys(bank: Bank) -> KeySheet:
    keys = {}
    for number, each in enumerate(bank.items):
        points = {f"o{1 + (number + place) % 5}": (place + 1) * POINT for place in range(5)}
        keys[each.item_id] = (
            ItemKey(points=points) if each.section == "TKP" else ItemKey((f"o{1 + number * number % 5}",))
        )
    return KeySheet("b", keys, "00" * 16)


def make_statistics(bank: Bank) -> Statistics:
    labels = {each.item_id: ItemStatistics(LABELS[number % 3]) for number, each in enumerate(bank.items)}
    return Statistics("b", labels)


def make_profile(*sections: Section) -> Profile:
    blocks = tuple(Block(f"b-{each.code}", 60_000, (each.code,)) for each in sections)
    return Profile("uji", 1, "Uji", "", blocks, sections)


def keyed(code: str, items: int, *quotas: Quota) -> Section:
    return Section(code, code, items, Keyed(5 * POINT), quotas)


TKP = Section("TKP", "TKP", 10, Graded(POINT, 5 * POINT))


def draw(bank: Bank, profile: Profile, seats: int = 30, spares: int = 2, seed: bytes = SEED) -> FormSet:
    return draw_forms(
        bank,
        make_keys(bank),
        make_statistics(bank),
        profile,
        seats=seats,
        spares=spares,
        seed=SealedSeed(seed),
    )


def test_every_form_obeys_the_blueprint_in_the_order_of_the_profile() -> None:
    bank = make_bank(TKP=40, TIU=60, TWK=30)
    profile = make_profile(
        keyed("TWK", 8), keyed("TIU", 12, Quota("topik 0", "", 5), Quota("topik 3", "", 7)), TKP
    )
    forms = draw(bank, profile)
    topics = {each.item_id: each.topic for each in bank.items}
    assert len(forms.forms) == 32
    for form in forms.forms:
        assert [each.section for each in form.items] == ["TWK"] * 8 + ["TIU"] * 12 + ["TKP"] * 10
        assert [each.block for each in form.items] == ["b-TWK"] * 8 + ["b-TIU"] * 12 + ["b-TKP"] * 10
        assert len(form.item_ids) == 30
        assert Counter(topics[each.item_id] for each in form.items if each.section == "TIU") == {
            "topik 0": 5,
            "topik 3": 7,
        }
        assert all(sorted(each.options) == [option.option_id for option in OPTIONS] for each in form.items)


def test_subtopics_are_obeyed_and_the_rest_of_a_topic_goes_to_its_open_quota() -> None:
    items = [
        item(f"a{number}", "TIU", "numerik", ("deret", "cerita", "")[number % 3]) for number in range(30)
    ]
    profile = make_profile(keyed("TIU", 6, Quota("Numerik", "Deret", 4), Quota("numerik", "", 2)))
    subtopics = {each.item_id: each.subtopic for each in items}
    for form in draw(Bank("b", "b", tuple(items)), profile).forms:
        assert sum(1 for each in form.items if subtopics[each.item_id] == "deret") == 4


def test_topics_are_exact_and_labels_weigh_alike_in_all_forms() -> None:
    bank = make_bank(TIU=120)
    labels = make_statistics(bank).items
    topics = {each.item_id: each.topic for each in bank.items}
    quotas = tuple(Quota(f"topik {number}", "", 6) for number in range(4))
    forms = draw(bank, make_profile(keyed("TIU", 24, *quotas))).forms
    assert {tuple(sorted(Counter(topics[one] for one in form.item_ids).items())) for form in forms} == {
        tuple((f"topik {number}", 6) for number in range(4))
    }
    assert {tuple(sorted(Counter(labels[one].label for one in form.item_ids).items())) for form in forms} == {
        tuple((label, 8) for label in sorted(LABELS))
    }


def test_labels_are_evened_out_where_topics_are_small() -> None:
    items = tuple(item(f"a{number:02d}", "TIU", f"topik {number // 5}") for number in range(60))
    bank = Bank("b", "b", items)
    found = Statistics("b", {each.item_id: ItemStatistics(LABELS[n * n % 3]) for n, each in enumerate(items)})
    quotas = tuple(Quota(f"topik {number}", "", 1) for number in range(12))
    forms = draw_forms(
        bank,
        make_keys(bank),
        found,
        make_profile(keyed("TIU", 12, *quotas)),
        seats=40,
        spares=0,
        seed=SealedSeed(SEED),
    ).forms
    easy = [sum(found.items[one].label == "easy" for one in form.item_ids) for form in forms]
    assert max(easy) - min(easy) <= 1, "random forms differ by about six"
    uses = Counter(one for form in forms for one in form.item_ids)
    assert max(uses.values()) - min(uses.values()) <= 1


def test_exposure_is_even() -> None:
    bank = make_bank(TIU=60)
    forms = draw(bank, make_profile(keyed("TIU", 12)), seats=50, spares=0).forms
    uses = Counter(one for form in forms for one in form.item_ids)
    assert len(uses) == 60
    assert max(uses.values()) - min(uses.values()) <= 1


def test_earlier_use_is_made_up_for() -> None:
    bank = make_bank(TIU=40)
    profile = make_profile(keyed("TIU", 4))
    worn = {each.item_id: 1 for each in bank.items[:20]}
    forms = draw_forms(
        bank, make_keys(bank), Statistics("b"), profile, seats=5, spares=0, seed=SealedSeed(SEED), usage=worn
    ).forms
    assert not {one for form in forms for one in form.item_ids} & worn.keys()


def test_the_same_inputs_give_the_same_bytes_and_another_seed_gives_others() -> None:
    bank = make_bank(TWK=20, TIU=40)
    profile = make_profile(keyed("TWK", 5), keyed("TIU", 10))
    first = draw(bank, profile)
    shuffled = list(bank.items)
    random.Random(1).shuffle(shuffled)
    keys = make_keys(bank)
    again = draw_forms(
        replace(bank, items=tuple(shuffled)),
        replace(keys, keys=dict(reversed(keys.keys.items()))),
        make_statistics(bank),
        profile,
        seats=30,
        spares=2,
        seed=SealedSeed(SEED),
    )
    assert [each.encoded for each in again.forms] == [each.encoded for each in first.forms]
    assert (again.items_hash, again.keys_hash) == (first.items_hash, first.keys_hash)
    other = draw(bank, profile, seed=b"\x08" * 32)
    assert not {each.hash for each in other.forms} & {each.hash for each in first.forms}
    assert first.seed_commitment == digest("seed/1", SEED) != other.seed_commitment


def test_the_drawing_is_a_format() -> None:
    """The drawing is a format that auditors re-derive: a change of these values needs a new engine version."""
    bank = make_bank(TWK=12, TKP=24)
    forms = draw(bank, make_profile(keyed("TWK", 5), TKP), seats=6, spares=1)
    assert forms.engine == "balanced/1"
    assert (
        digest("test/1", b"".join(each.encoded for each in forms.forms))
        == "5e8b82f4ce76b44f0984d8813552b96038f1d3c34145ac335af58e57b0ed82d1"
    )


def test_forms_of_a_bank_without_choice_differ_by_order() -> None:
    forms = draw(make_bank(TIU=6), make_profile(keyed("TIU", 6)), seats=100, spares=2).forms
    assert len({each.item_ids for each in forms}) == 1
    assert len({tuple(one.item_id for one in each.items) for each in forms}) > 80
    assert len({each.hash for each in forms}) == 102


def test_too_many_forms_for_the_bank_are_refused_with_numbers() -> None:
    bank = Bank("b", "b", (replace(item("a", "TIU"), shuffle=False),))
    with pytest.raises(CannotAssemble) as refused:
        draw(bank, make_profile(keyed("TIU", 1)), seats=2, spares=0)
    problem = refused.value.problems[0]
    assert (problem.code, dict(problem.params)) == ("form_too_few_different", {"available": 1, "needed": 2})


def test_shortages_are_refused_with_numbers() -> None:
    bank = make_bank(TWK=3, TIU=9)
    with pytest.raises(CannotAssemble) as refused:
        draw(bank, make_profile(keyed("TWK", 5), keyed("TIU", 9, Quota("topik 1", "", 9))))
    assert [
        (each.code, each.params["needed"], each.params["available"]) for each in refused.value.problems
    ] == [
        ("bank_section_too_few", 5, 3),
        ("bank_topic_too_few", 9, 2),
    ]
    with pytest.raises(CannotAssemble):
        draw(bank, make_profile(keyed("TWK", 2)), seats=0, spares=0)


def test_enemies_never_meet_and_retired_items_never_come() -> None:
    bank = make_bank(TWK=20, TIU=20)
    enemies = {"twk-000": ("tiu-000", "twk-001"), "tiu-005": ("tiu-006", "tiu-007", "tiu-008")}
    items = tuple(
        replace(each, enemies=enemies.get(each.item_id, ()), is_retired=each.item_id == "twk-019")
        for each in bank.items
    )
    forms = draw(replace(bank, items=items), make_profile(keyed("TWK", 8), keyed("TIU", 8)), seats=60).forms
    for form in forms:
        assert "twk-019" not in form.item_ids
        assert len(form.item_ids) == 16
        for one, others in enemies.items():
            assert one not in form.item_ids or not form.item_ids & set(others)
    assert any("twk-000" in form.item_ids for form in forms)


def test_enemies_that_nothing_can_part_are_refused_by_name() -> None:
    bank = make_bank(TIU=4)
    items = (replace(bank.items[0], enemies=("tiu-001",)), *bank.items[1:])
    with pytest.raises(CannotAssemble) as refused:
        draw(replace(bank, items=items), make_profile(keyed("TIU", 4)))
    problem = refused.value.problems[0]
    assert problem.code == "form_enemies_unavoidable"
    assert {problem.params["first"], problem.params["second"]} == {"tiu-000", "tiu-001"}


def test_options_are_shuffled_where_allowed_and_keys_are_spread() -> None:
    bank = make_bank(TIU=80)
    fixed = {each.item_id for each in bank.items[::10]}
    bank = replace(bank, items=tuple(replace(each, shuffle=each.item_id not in fixed) for each in bank.items))
    keys = make_keys(bank).keys
    forms = draw(bank, make_profile(keyed("TIU", 40)), seats=20, spares=0).forms
    exact = 0
    for form in forms:
        positions = Counter()
        for each in form.items:
            if each.item_id in fixed:
                assert each.options == ORDER
            positions[each.options.index(keys[each.item_id].correct[0])] += 1
        assert all(8 - 3 <= positions[place] <= 8 + 3 for place in range(5))
        exact += set(positions.values()) == {8}
    assert exact < len(forms) / 2
    orders = Counter(each.options for form in forms for each in form.items if each.item_id not in fixed)
    assert len(orders) > 100


def test_best_options_of_graded_items_are_spread_too() -> None:
    bank = make_bank(TKP=40)
    keys = make_keys(bank).keys
    for form in draw(bank, make_profile(TKP)).forms:
        positions = Counter(
            each.options.index(max(keys[each.item_id].points, key=keys[each.item_id].points.__getitem__))
            for each in form.items
        )
        assert max(positions.values()) <= 4


def test_neighbouring_forms_of_a_round_share_nothing() -> None:
    bank = make_bank(TIU=48)
    forms = draw(bank, make_profile(keyed("TIU", 12)), seats=4, spares=0).forms
    assert all(not one.item_ids & other.item_ids for one, other in pairwise(forms))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 25),
    st.integers(0, 20),
    st.integers(1, 12),
    st.binary(min_size=1, max_size=32),
    st.integers(1, 5),
)
def test_any_bank_that_is_large_enough_serves_exactly(
    items: int, more: int, forms: int, seed: bytes, topics: int
) -> None:
    bank = Bank("b", "b", tuple(item(f"i{n}", "TIU", f"t{n * n % topics}") for n in range(items + more)))
    found = draw(bank, make_profile(keyed("TIU", items)), seats=forms, spares=0, seed=seed).forms
    assert all(len(form.item_ids) == len(form.items) == items for form in found)
    assert len({form.hash for form in found}) == forms
    assert all(Form.decode(form.encoded) == form for form in found)
