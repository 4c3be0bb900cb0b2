"""Lots: forms on top, as equal as those of the room, each from its own number alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from question_bank.assembly.assemble import CannotAssemble, draw_forms
from question_bank.assembly.fairness import Fairness, measure
from question_bank.assembly.lots import LOTS_ENGINE, MOST_DRAWS, Lots, draw_lot
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.assembly.stream import Stream
from question_bank.blueprint import Block, Keyed, Quota, Section
from question_bank.forms import FormSet
from question_bank.items import (
    Bank,
    IrtParameters,
    Item,
    ItemKey,
    ItemKind,
    ItemStatistics,
    KeySheet,
    Option,
    Statistics,
)
from question_bank.scoring_profile import Profile, Threshold, ThresholdSet

POINT = 1_000_000
OPTIONS = tuple(Option(f"o{number}", f"option {number}") for number in range(1, 6))
ORDER = ("o3", "o1", "o5", "o2", "o4")
SEED = SealedSeed(b"\x05" * 32)
SECTION = Section(
    "TIU", "TIU", 20, Keyed(5 * POINT), tuple(Quota(f"topik {number}", "", 5) for number in range(4))
)
PROFILE = Profile(
    "uji",
    1,
    "Uji",
    "",
    (Block("b", 60_000, ("TIU",)),),
    (SECTION,),
    threshold_sets=(ThresholdSet((), (Threshold(("TIU",), 50 * POINT),)),),
)


def make_bank(size: int = 320) -> Bank:
    return Bank(
        "b",
        "b",
        tuple(
            Item(f"i{n:03d}", 1, ItemKind.CHOICE, "TIU", f"topik {n % 4}", "", f"stem {n}", OPTIONS, ORDER)
            for n in range(size)
        ),
    )


def make_keys(bank: Bank) -> KeySheet:
    keys = {each.item_id: ItemKey((f"o{1 + n * n % 5}",)) for n, each in enumerate(bank.items)}
    return KeySheet("b", keys, "00" * 16)


def chances(label: str, count: int) -> list[float]:
    return [each / 2**64 for each in Stream(b"statistics", label).draw(count)]


def make_statistics(bank: Bank) -> Statistics:
    """Slopes about 1, locations from -2 to 2, both by a fixed stream."""
    known = {}
    for each, one, other in zip(
        bank.items, *(chances(label, len(bank.items)) for label in "ab"), strict=True
    ):
        a, b = 0.6 + one, 4 * other - 2
        known[each.item_id] = ItemStatistics(
            responses=500, irt=IrtParameters(round(a * POINT), round(b * POINT))
        )
    return Statistics("b", known)


def measured(bank: Bank, forms: FormSet) -> Fairness:
    return measure(bank, make_keys(bank), make_statistics(bank), PROFILE, forms)


def as_set(forms: FormSet, lots: Lots, count: int) -> FormSet:
    drawn = tuple(lots.draw(forms.seats + number).form for number in range(1, count + 1))
    return replace(forms, seats=count, spares=0, forms=drawn)


def test_lots_are_as_equal_as_the_forms_of_the_room_and_only_the_room_uses_items_evenly() -> None:
    bank = make_bank()
    keys, known = make_keys(bank), make_statistics(bank)
    room = draw_forms(bank, keys, known, PROFILE, seats=60, spares=0, seed=SEED)
    lots = as_set(room, Lots(bank, keys, known, PROFILE, SEED), 60)
    (by_engine,), (by_lots,) = measured(bank, room).sections, measured(bank, lots).sections
    for found in (by_engine.curves, by_lots.curves):
        assert found is not None
        assert found.tcc_design_difference <= 0.1
        assert found.pass_spread is not None
        assert found.pass_spread < 2
    assert by_engine.exposure_excess <= 1 < by_lots.exposure_excess
    assert not {each.hash for each in room.forms} & {each.hash for each in lots.forms}


def test_a_lot_obeys_the_blueprint_and_follows_from_its_number_alone() -> None:
    bank = make_bank()
    retired = replace(
        bank, items=tuple(replace(each, is_retired=each.item_id < "i060") for each in bank.items)
    )
    keys, known = make_keys(bank), make_statistics(bank)
    lots = Lots(retired, keys, known, PROFILE, SEED)
    later, earlier = lots.draw(41), lots.draw(40)
    alone = draw_lot(retired, keys, known, PROFILE, number=41, seed=SEED)
    assert alone == later
    assert earlier.form.item_ids != later.form.item_ids
    topics = {each.item_id: each.topic for each in bank.items}
    assert Counter(topics[each.item_id] for each in later.form.items) == {f"topik {n}": 5 for n in range(4)}
    assert min(later.form.item_ids) >= "i060"
    assert later.form.engine == LOTS_ENGINE
    assert 0 < later.excess <= 1000
    assert 1 <= later.draws["TIU"] < MOST_DRAWS
    other = draw_lot(retired, keys, known, PROFILE, number=41, seed=SealedSeed(SEED.secret, "3 5 1 6"))
    assert other.form.item_ids != later.form.item_ids


def test_enemies_never_meet_and_sets_stay_together() -> None:
    bank = make_bank(160)
    enemies = {"i001": tuple(f"i{n:03d}" for n in range(2, 8))}
    items = tuple(
        replace(
            each,
            enemies=enemies.get(each.item_id, ()),
            stimulus_id=f"s{n // 8}" if n % 4 == 0 and n >= 80 else "",
        )
        for n, each in enumerate(bank.items)
    )
    bank = replace(bank, items=items)
    sets = {each.item_id: each.stimulus_id for each in items if each.stimulus_id}
    lots = Lots(bank, make_keys(bank), make_statistics(bank), PROFILE, SEED)
    forms = [lots.draw(number).form for number in range(1, 60)]
    assert any("i001" in form.item_ids for form in forms)
    for form in forms:
        assert "i001" not in form.item_ids or not form.item_ids & set(enemies["i001"])
        found = Counter(sets[each] for each in form.item_ids if each in sets)
        assert set(found.values()) == {2}


def test_enemies_across_sections_never_meet() -> None:
    bank = make_bank(20)
    first = SECTION.items // 5
    items = tuple(
        replace(each, section="TWK" if n < 10 else "TIU", topic="", enemies=("i010",) if n < 9 else ())
        for n, each in enumerate(bank.items)
    )
    bank = replace(bank, items=items)
    sections = tuple(Section(code, code, first, Keyed(5 * POINT)) for code in ("TWK", "TIU"))
    profile = replace(
        PROFILE, blocks=(Block("b", 60_000, ("TWK", "TIU")),), sections=sections, threshold_sets=()
    )
    lots = Lots(bank, make_keys(bank), Statistics("b"), profile, SEED)
    assert all("i010" not in lots.draw(number).form.item_ids for number in range(40))
    closed = tuple(replace(each, is_retired=n > 13) for n, each in enumerate(items))
    with pytest.raises(CannotAssemble) as refused:
        draw_lot(replace(bank, items=closed), make_keys(bank), Statistics("b"), profile, number=7, seed=SEED)
    problem = refused.value.problems[0]
    assert (problem.code, dict(problem.params)) == (
        "form_lot_enemies",
        {"section": "TIU", "draws": MOST_DRAWS},
    )


def test_a_bank_that_no_lot_can_be_equal_from_is_refused_with_numbers() -> None:
    """One item is the whole section, and half of the items differ from the mean by half a score."""
    bank = make_bank(40)
    known = {
        each.item_id: ItemStatistics(p_micro=POINT * (n % 8 > 3), responses=100_000)
        for n, each in enumerate(bank.items)
    }
    sections = (replace(SECTION, items=1, quotas=()),)
    profile = replace(PROFILE, sections=sections)
    with pytest.raises(CannotAssemble) as refused:
        draw_lot(bank, make_keys(bank), Statistics("b", known), profile, number=9, seed=SEED)
    problem = refused.value.problems[0]
    assert problem.code == "form_lot_unreachable"
    assert problem.params["draws"] == MOST_DRAWS
    assert (problem.params["reachable"], problem.params["allowed"]) == ("5.1", "5.0")
    labels = Statistics("b", {one: ItemStatistics("easy") for one in known})
    assert draw_lot(bank, make_keys(bank), labels, profile, number=9, seed=SEED).excess == 0


def test_a_bank_that_lacks_items_is_refused_like_by_the_engine() -> None:
    bank = make_bank(16)
    with pytest.raises(CannotAssemble) as refused:
        draw_lot(bank, make_keys(bank), make_statistics(bank), PROFILE, number=1, seed=SEED)
    assert {each.code for each in refused.value.problems} == {"bank_section_too_few", "bank_topic_too_few"}
