"""The shipped rules against the tables of domain.md 1.2 to 1.9: figures are written here by hand, not computed."""

from __future__ import annotations

import pytest

from question_bank.blueprint import MICROPOINTS, Graded, Keyed
from question_bank.profile_reading import load_profile, shipped_profiles
from question_bank.scoring_profile import Profile

MINUTE = 60_000
SKD = {"TWK": (30, 150), "TIU": (35, 175), "TKP": (45, 225)}
# name: (part of the decree, minutes per block, items and maximum per section, total)
FIGURES: dict[str, tuple[str, tuple[int, ...], dict[str, tuple[int, int]], int]] = {
    "skd_cpns_2024": ("321 Tahun 2024", (100,), SKD, 550),
    "skd_sekdin_2025": ("208 Tahun 2025", (100,), SKD, 550),
    "pppk_2024": (
        "347 Tahun 2024",
        (120, 10),
        {"TEKNIS": (90, 450), "MANAJERIAL": (25, 100), "SOSIOKULTURAL": (20, 80), "WAWANCARA": (10, 40)},
        670,
    ),
    "pppk_2024_puo": (
        "347 Tahun 2024",
        (120, 10),
        {"TEKNIS": (45, 225), "MANAJERIAL": (25, 100), "SOSIOKULTURAL": (20, 80), "WAWANCARA": (10, 40)},
        445,
    ),
    "ujian_dinas_1_2024": (
        "10 Tahun 2024",
        (90,),
        {"TWK": (40, 200), "TPU": (40, 200), "TSI": (20, 100)},
        500,
    ),
    "ujian_dinas_2_2024": (
        "10 Tahun 2024",
        (120,),
        {"TWK": (40, 200), "TPU": (50, 250), "TPM": (20, 100), "TSI": (20, 100)},
        650,
    ),
    "upkp_slta": ("10 Tahun 2024", (90,), {"TWK": (40, 200), "TKT": (30, 150), "TSI": (30, 150)}, 500),
    "upkp_d3_s3": (
        "10 Tahun 2024",
        (90,),
        {"TWK": (30, 150), "TKT": (25, 125), "TSI": (30, 150), "TKP": (15, 75)},
        500,
    ),
    "skb_generic": ("6 Tahun 2024", (90,), {"SKB": (100, 500)}, 500),
    "mapping_no_threshold": (
        "4 Tahun 2024",
        (270,),
        {"MANSOSKUL": (90, 360), "LITERASI_DIGITAL": (40, 40), "EMERGING_SKILL": (40, 40)},
        440,
    ),
}
# name: category: thresholds by sum of sections
THRESHOLDS: dict[str, dict[str, dict[str, int]]] = {
    "skd_cpns_2024": {
        **{key: {"TWK": 65, "TIU": 80, "TKP": 166} for key in ("umum", "kalimantan")},
        **{key: {"TWK+TIU+TKP": 311, "TIU": 85} for key in ("cumlaude", "diaspora")},
        **{key: {"TWK+TIU+TKP": 286, "TIU": 60} for key in ("disabilitas", "papua", "daerah tertinggal")},
        "lain": {},
    },
    "skd_sekdin_2025": {
        "umum": {"TWK": 65, "TIU": 80, "TKP": 156},
        "afirmasi": {"TWK+TIU+TKP": 281, "TIU": 55},
        "lain": {},
    },
    "ujian_dinas_1_2024": {"": {"TWK": 100, "TPU": 75, "TSI": 35}},
    "ujian_dinas_2_2024": {"": {"TWK": 100, "TPU": 90, "TPM": 35, "TSI": 40}},
    **{
        name: {"": {}, "umum": {}}
        for name in (
            *("pppk_2024", "pppk_2024_puo", "upkp_slta", "upkp_d3_s3"),
            *("skb_generic", "mapping_no_threshold"),
        )
    },
}


def shipped(name: str) -> Profile:
    profile, problems = load_profile(name)
    assert problems == []
    assert profile is not None
    return profile


def test_every_shipped_profile_is_held_against_its_decree() -> None:
    assert {*FIGURES, "generic", "simulation_20x10"} == set(shipped_profiles())
    assert THRESHOLDS.keys() == FIGURES.keys()
    assert [name for name in shipped_profiles() if shipped(name).profile_id != name] == []


@pytest.mark.parametrize("name", FIGURES)
def test_composition_and_time(name: str) -> None:
    decree, minutes, sections, total = FIGURES[name]
    profile = shipped(name)
    assert decree in profile.decree
    assert tuple(each.allotted_ms for each in profile.blocks) == tuple(each * MINUTE for each in minutes)
    found = {each.code: (each.items, each.maximum // MICROPOINTS) for each in profile.sections}
    assert found == sections
    assert profile.maximum == total * MICROPOINTS


@pytest.mark.parametrize("name", THRESHOLDS)
def test_thresholds_by_category(name: str) -> None:
    profile = shipped(name)
    for category, wanted in THRESHOLDS[name].items():
        found = {
            "+".join(each.sums): each.minimum // MICROPOINTS for each in profile.thresholds_for(category)
        }
        assert found == wanted, category


@pytest.mark.parametrize("name", ["pppk_2024", "pppk_2024_puo"])
def test_pppk_grades_from_one_to_four_and_the_interview_has_its_own_time(name: str) -> None:
    profile = shipped(name)
    assert profile.section("TEKNIS").rule == Keyed(5 * MICROPOINTS, 0, 0)
    for code in ("MANAJERIAL", "SOSIOKULTURAL", "WAWANCARA"):
        assert profile.section(code).rule == Graded(MICROPOINTS, 4 * MICROPOINTS, 0)
    assert [each.sections for each in profile.blocks] == [
        ("TEKNIS", "MANAJERIAL", "SOSIOKULTURAL"),
        ("WAWANCARA",),
    ]
    assert profile.items == (145 if name == "pppk_2024" else 100)
    assert [profile.allowed_ms(block, ["netra"]) for block in (1, 2)] == [150 * MINUTE, 15 * MINUTE]
    assert (profile.ranking.order, profile.ranking.factor) == ("total", 1)


def test_the_blind_have_more_time_on_the_disability_formation_only() -> None:
    for name, minutes in (("skd_cpns_2024", 130), ("skb_generic", 120)):
        profile = shipped(name)
        assert profile.allowed_ms(1, ["netra"], "disabilitas") == minutes * MINUTE
        for category in ("umum", "papua", ""):
            assert profile.allowed_ms(1, ["netra"], category) == (minutes - 30) * MINUTE


def test_the_same_code_names_two_sections() -> None:
    assert shipped("upkp_d3_s3").section("TKP").title == "Tes Kompetensi Penunjang"
    assert shipped("skd_cpns_2024").section("TKP").title == "Tes Karakteristik Pribadi"


def test_who_is_ranked_how() -> None:
    for name in ("skd_cpns_2024", "skd_sekdin_2025"):
        ranking = shipped(name).ranking
        assert (ranking.order, ranking.tie, ranking.factor) == ("total", ("TKP", "TIU", "TWK"), 3)
    assert shipped("mapping_no_threshold").ranking.order == "none"
