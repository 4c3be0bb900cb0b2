"""The demo bank serves three SKD forms that share no item, and the short simulation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from question_bank import demo
from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.checking import check_bank
from question_bank.profile_reading import load_profile
from question_bank.reading import ReadBank, read_bank
from question_bank.scoring_profile import Profile


@pytest.fixture(scope="module")
def bank() -> ReadBank:
    return read_bank(Path(demo.__file__).parent / "bank.csv")


def _profile(name: str) -> Profile:
    profile, _ = load_profile(name)
    assert profile is not None
    return profile


def test_it_reads_without_problems_or_warnings(bank: ReadBank) -> None:
    assert bank.problems == ()
    assert bank.warnings == ()
    assert len(bank.bank.items) >= 360


@pytest.mark.parametrize("name", ["skd_cpns_2024", "skd_sekdin_2025", "simulation_20x10"])
def test_it_serves_the_profile(bank: ReadBank, name: str) -> None:
    assert check_bank(bank.bank, bank.keys, bank.statistics, _profile(name)) == ([], [])


@pytest.mark.parametrize("seed", [b"\x01" * 32, b"\x02" * 32, b"\x03" * 32])
def test_three_forms_share_no_item(bank: ReadBank, seed: bytes) -> None:
    drawn = draw_forms(
        bank.bank,
        bank.keys,
        bank.statistics,
        _profile("skd_cpns_2024"),
        seats=3,
        spares=0,
        seed=SealedSeed(seed),
    )
    used = Counter(item.item_id for form in drawn.forms for item in form.items)
    assert len(used) == 3 * 110
    assert set(used.values()) == {1}


def test_every_item_has_its_difficulty_as_an_estimate(bank: ReadBank) -> None:
    assert bank.statistics.items.keys() == {item.item_id for item in bank.bank.items}
    assert {each.label for each in bank.statistics.items.values()} == {"easy", "medium", "hard"}
    assert all(each.p_micro is None and not each.responses for each in bank.statistics.items.values())
