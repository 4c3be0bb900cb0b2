from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.blueprint import Block, Graded, Keyed, Quota, Section
from question_bank.messages import LANGUAGES
from question_bank.problems import Place
from question_bank.profile_reading import load_profile, parse_profile, shipped_profiles
from question_bank.profile_writing import write_profile
from question_bank.scoring_profile import (
    Accommodation,
    Policy,
    Profile,
    Ranking,
    Threshold,
    ThresholdSet,
)

TEXTS = st.text(string.ascii_letters + string.digits + " \"'\\#[]=éñ…“", min_size=1, max_size=12).map(
    lambda text: "x" + text.strip()
)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    codes = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    rules = st.one_of(
        st.builds(
            Keyed,
            correct=st.integers(1, 10**9),
            wrong=st.integers(-(10**9), 0),
            blank=st.integers(-(10**6), 0),
        ),
        st.builds(Graded, minimum=st.integers(0, 10**6), maximum=st.integers(10**6 + 1, 10**9)),
    )
    topics = st.lists(TEXTS, max_size=3, unique=True)
    sections = []
    for code in codes:
        quotas = tuple(Quota(topic, draw(st.one_of(st.just(""), TEXTS)), 2) for topic in draw(topics))
        items = 2 * len(quotas) or draw(st.integers(1, 9))
        sections.append(Section(code, draw(TEXTS), items, draw(rules), quotas))
    cut = draw(st.integers(1, len(codes)))
    parts = [tuple(part) for part in (codes[:cut], codes[cut:]) if part]
    blocks = tuple(Block(f"b{n}", 3 * draw(st.integers(1, 10**6)), part) for n, part in enumerate(parts))
    add_ms = tuple(3 * draw(st.integers(0, 10**5)) for _ in blocks)
    return Profile(
        profile_id="p-1",
        version=draw(st.integers(1, 9)),
        title=draw(TEXTS),
        decree=draw(TEXTS),
        blocks=blocks,
        sections=tuple(sections),
        threshold_sets=(
            ThresholdSet((draw(TEXTS), "*"), (Threshold(tuple(codes), draw(st.integers(0, 1))),)),
        ),
        accommodations=(
            Accommodation("a", draw(TEXTS), add_ms, tuple(draw(st.lists(TEXTS, max_size=2, unique=True)))),
        ),
        ranking=Ranking("none", tuple(reversed(codes)), 2),
        policy=Policy(two_person=(), masking="number"),
        digits=draw(st.integers(0, 6)),
    )


@given(profile=profiles(), language=st.sampled_from(LANGUAGES))
def test_what_is_written_reads_back_equal(profile: Profile, language: str) -> None:
    again, problems = parse_profile(write_profile(profile, language).encode(), Place())
    assert problems == []
    assert again == profile
    assert again.hash == profile.hash


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_profiles_survive_writing(name: str) -> None:
    profile, _ = load_profile(name)
    assert profile is not None
    again, problems = parse_profile(write_profile(profile).encode(), Place())
    assert (again, problems) == (profile, [])


def test_a_duration_without_a_decimal_number_of_minutes_is_refused() -> None:
    profile, _ = load_profile("generic")
    assert profile is not None
    odd = replace(profile, blocks=(replace(profile.blocks[0], allotted_ms=1000),))
    with pytest.raises(ValueError, match="minutes"):
        write_profile(odd)
