from __future__ import annotations

import json
from dataclasses import replace

import pytest

from question_bank.blueprint import Block, Keyed, Section
from question_bank.canonical import cjson
from question_bank.profile_content import profile_from_content
from question_bank.profile_reading import load_profile, shipped_profiles
from question_bank.scoring_profile import EVERY_CATEGORY, Profile, Threshold, ThresholdSet

SMALL = Profile(
    profile_id="small",
    version=1,
    title="Kecil",
    decree="-",
    blocks=(Block("b", 60_000, ("S",)), Block("a", 1_000, ("R",))),
    sections=(Section("R", "R", 1, Keyed(5)), Section("S", "S", 2, Keyed(5, -1))),
)


def test_the_hash_of_a_profile_never_changes_by_accident() -> None:
    # Attempts and sign-offs store this hash: a new field needs a decision note and a new expected value here.
    assert SMALL.hash == "60bf99010da7ed159d882229b1fd8917cc5795f6ee3f6bfbed94aa7eece5f192"


def test_content_is_canonical() -> None:
    assert cjson(json.loads(SMALL.content)) == SMALL.content


def test_any_change_changes_the_hash() -> None:
    for changed in (
        replace(SMALL, title="Lain"),
        replace(SMALL, digits=1),
        replace(SMALL, sections=(SMALL.sections[0], replace(SMALL.sections[1], rule=Keyed(5, 0)))),
        replace(SMALL, policy=replace(SMALL.policy, masking="none")),
    ):
        assert changed.hash != SMALL.hash


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_stored_profile_comes_back_with_its_own_bytes(name: str) -> None:
    profile, _ = load_profile(name)
    assert profile is not None
    again = profile_from_content(profile.content)
    assert again == profile
    older = profile.content.replace(b'"masking":"none",', b"").replace(b'"masking":"partial",', b"")
    assert older != profile.content
    assert profile_from_content(older).content == older


@pytest.mark.parametrize("content", [b"{}", b"[]", b"3", b"x", b'{"profile_id":1}'])
def test_other_bytes_are_not_a_profile(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"stored profile|Expecting value"):
        profile_from_content(content)


def test_the_paper_follows_the_blocks() -> None:
    assert [(block.code, section.code) for block, section in SMALL.paper_order()] == [("b", "S"), ("a", "R")]


def test_the_catch_all_serves_whoever_is_not_named() -> None:
    named, other = (Threshold(("S",), 5),), (Threshold(("R",), 5),)
    profile = replace(
        SMALL, threshold_sets=(ThresholdSet((EVERY_CATEGORY,), other), ThresholdSet(("Papua",), named))
    )
    assert profile.thresholds_for("papua") == named
    assert profile.thresholds_for("") == profile.thresholds_for("umum") == other
    assert profile.categories == ("Papua",)


def test_time_is_refused_for_what_the_profile_does_not_know() -> None:
    with pytest.raises(KeyError):
        SMALL.allowed_ms(1, ["netra"])
    for block_no in (0, 3):
        with pytest.raises(IndexError):
            SMALL.allowed_ms(block_no)
