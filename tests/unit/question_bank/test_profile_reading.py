from __future__ import annotations

from pathlib import Path

import pytest

from question_bank.blueprint import Graded, Keyed, Quota
from question_bank.messages import LANGUAGES, Catalogue
from question_bank.problems import Place, Problem
from question_bank.profile_reading import load_profile, parse_profile, shipped_profiles
from question_bank.scoring_profile import Policy, Profile

GOOD = """\
id = "two_blocks"
version = 3
title = "Dua blok"
decree = "SK 12/2025"
digits = 2

[[block]]
code = "utama"
minutes = 120
sections = ["TEKNIS", "SOSIO"]

[[block]]
code = "wawancara"
minutes = "7.5"
sections = ["WAWANCARA"]

[[section]]
code = "TEKNIS"
title = "Teknis"
items = 3
rule = { keyed = { correct = "2.5", wrong = "-0.25", blank = 0 } }

[[section.quota]]
topic = "umum"
count = 1

[[section.quota]]
topic = "khusus"
subtopic = "jaringan"
count = 2

[[section]]
code = "SOSIO"
items = 2
rule = { graded = { min = "1", max = "4" } }

[[section]]
code = "WAWANCARA"
items = 1
rule = { graded = { min = "1", max = "4" } }

[[threshold_set]]
categories = ["umum"]
all = [{ sum = ["TEKNIS", "SOSIO"], min = "15.5" }]

[[accommodation]]
code = "netra"
add_minutes = { utama = 30, wawancara = 5 }

[ranking]
tie = ["TEKNIS"]

[policy]
scoreboard = "off"
"""


def read(text: str) -> tuple[Profile | None, list[Problem]]:
    return parse_profile(text.encode(), Place(file="p.toml"))


def good() -> Profile:
    profile, problems = read(GOOD)
    assert problems == []
    assert profile is not None
    return profile


def test_a_whole_profile_is_read_exactly() -> None:
    profile = good()
    assert (profile.profile_id, profile.version, profile.digits) == ("two_blocks", 3, 2)
    assert [(each.code, each.allotted_ms) for each in profile.blocks] == [
        ("utama", 7_200_000),
        ("wawancara", 450_000),
    ]
    assert profile.section("TEKNIS").rule == Keyed(2_500_000, -250_000, 0)
    assert profile.section("TEKNIS").quotas == (Quota("umum", "", 1), Quota("khusus", "jaringan", 2))
    assert profile.section("SOSIO").rule == Graded(1_000_000, 4_000_000, 0)
    assert profile.section("SOSIO").title == "SOSIO"
    assert profile.thresholds_for(" Umum ")[0].minimum == 15_500_000
    assert profile.thresholds_for("papua") == ()
    assert profile.allowed_ms(1, ["netra"]) == 150 * 60_000
    assert profile.allowed_ms(2, ["netra"]) == 750_000
    assert profile.allowed_ms(2) == 450_000
    assert profile.policy == Policy(scoreboard="off")
    assert (profile.items, profile.maximum) == (6, 19_500_000)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    profile, problems = parse_profile(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), Place())
    assert problems == []
    assert profile == good()


BAD = [
    ("digits = 2", "digits = 7", "profile_out_of_range", 5, "digits"),
    ("digits = 2", 'digits = "2"', "profile_not_whole", 5, "digits"),
    ("digits = 2", "digits = true", "profile_not_whole", 5, "digits"),
    ("digits = 2", "digit = 2", "profile_unknown_key_near", 5, "digit"),
    ("digits = 2", "zzz = 2", "profile_unknown_key", 5, "zzz"),
    ('decree = "SK 12/2025"', "", "profile_missing", None, "decree"),
    ('decree = "SK 12/2025"', 'decree = " "', "profile_not_text", 4, "decree"),
    ('id = "two_blocks"', 'id = "Dua Blok"', "profile_bad_id", 1, "id"),
    ("version = 3", "version = 0", "profile_out_of_range", 2, "version"),
    ("minutes = 120\n", "", "profile_missing", 7, "block[1].minutes"),
    ("minutes = 120", "minutes = 0", "profile_not_minutes", 9, "block[1].minutes"),
    ("minutes = 120", "minutes = -5", "profile_not_minutes", 9, "block[1].minutes"),
    ("minutes = 120", "minutes = 7.5", "profile_not_minutes", 9, "block[1].minutes"),
    ('sections = ["WAWANCARA"]', "sections = []", "profile_not_codes", 15, "block[2].sections"),
    ('sections = ["WAWANCARA"]', 'sections = "WAWANCARA"', "profile_not_codes", 15, "block[2].sections"),
    ('["WAWANCARA"]', '["WAWANCARA", "WAWANCARA"]', "profile_duplicate", 15, "block[2].sections"),
    ('["WAWANCARA"]', '["WAWANCARA", "SOSIO"]', "profile_section_twice", 15, "block[2].sections"),
    ('["WAWANCARA"]', '["WAWANCARA", "SOSIAL"]', "profile_unknown_section_near", 15, "block[2].sections"),
    ('"TEKNIS", "SOSIO"]\n\n', '"TEKNIS"]\n\n', "profile_section_unplaced", 32, "section[2]"),
    ('code = "wawancara"', 'code = "utama"', "profile_duplicate", 13, "block[2].code"),
    ('correct = "2.5"', 'correct = "2,5"', "profile_not_points", 21, "section[1].rule.keyed.correct"),
    ('correct = "2.5"', "correct = 2.5", "profile_not_points", 21, "section[1].rule.keyed.correct"),
    ('correct = "2.5"', 'correct = "1e3"', "profile_not_points", 21, "section[1].rule.keyed.correct"),
    ('correct = "2.5"', 'correct = "0.0000001"', "profile_not_points", 21, "section[1].rule.keyed.correct"),
    ('correct = "2.5"', 'correct = "-1"', "profile_correct_not_best", 21, "section[1].rule.keyed.correct"),
    ('max = "4"', 'max = "1"', "profile_max_not_best", 35, "section[2].rule.graded.max"),
    ("rule = { graded", "rule = { grade", "profile_rule_missing", 35, "section[2].rule"),
    ("count = 2", "count = 3", "profile_quota_sum", 20, "section[1].items"),
    ("count = 2", "count = -2", "profile_out_of_range", 30, "section[1].quota[2].count"),
    ('topic = "umum"', 'topic = "khusus"', "profile_quota_overlap", 23, "section[1].quota"),
    ('min = "15.5"', 'min = "15.500001"', "profile_threshold_too_high", 44, "threshold_set[1].all[1].min"),
    (
        'sum = ["TEKNIS", "SOSIO"]',
        'sum = ["TKNIS"]',
        "profile_unknown_section_near",
        44,
        "threshold_set[1].all[1].sum",
    ),
    ('["umum"]', '["umum", "umum"]', "profile_duplicate", 43, "threshold_set[1].categories"),
    ('tie = ["TEKNIS"]', 'tie = ["X"]', "profile_unknown_section", 51, "ranking.tie"),
    ("{ utama = 30, wawancara = 5 }", "30", "profile_add_by_block", 48, "accommodation[1].add_minutes"),
    ("{ utama = 30,", "{ utma = 30,", "profile_unknown_block_near", 48, "accommodation[1].add_minutes.utma"),
    ('scoreboard = "off"', 'scoreboard = "of"', "profile_not_allowed_near", 54, "policy.scoreboard"),
    ('scoreboard = "off"', 'two_person = ["grant_tme"]', "profile_not_allowed_near", 54, "policy.two_person"),
    ('scoreboard = "off"', "offline_grace_s = -1", "profile_out_of_range", 54, "policy.offline_grace_s"),
    ("[ranking]", "[[ranking]]", "profile_not_table", 50, "ranking"),
    (
        'code = "netra"',
        'code = "netra"\ncategories = ["umm"]',
        "profile_unknown_category_near",
        48,
        "accommodation[1].categories",
    ),
    ("[[accommodation]]", "[accommodation]", "profile_not_tables", 46, "accommodation"),
]


@pytest.mark.parametrize(("before", "after", "code", "row", "field"), BAD)
def test_each_slip_is_named_with_its_place(
    before: str, after: str, code: str, row: int | None, field: str
) -> None:
    assert before in GOOD
    profile, problems = read(GOOD.replace(before, after, 1))
    assert profile is None
    assert (code, Place(file="p.toml", row=row, column=field)) in [
        (each.code, each.place) for each in problems
    ]


@pytest.mark.parametrize(("before", "after"), [case[:2] for case in BAD])
def test_each_problem_reads_as_a_sentence_in_both_languages(before: str, after: str) -> None:
    catalogue = Catalogue("question_bank")
    for each in read(GOOD.replace(before, after, 1))[1]:
        for language in LANGUAGES:
            assert catalogue.text(language, each.code, each.params)


def test_one_slip_is_one_problem() -> None:
    lonely = [case for case in BAD if case[2] not in {"profile_unknown_key_near", "profile_rule_missing"}]
    counts = {
        f"{before} -> {after}": len(read(GOOD.replace(before, after, 1))[1]) for before, after, *_ in lonely
    }
    assert {slip: count for slip, count in counts.items() if count > 2} == {}


def test_all_problems_come_at_once() -> None:
    text = (
        GOOD.replace("version = 3", "version = 0")
        .replace("count = 2", "count = 5")
        .replace('"off"', '"offf"')
    )
    codes = [each.code for each in read(text)[1]]
    assert codes == ["profile_out_of_range", "profile_quota_sum", "profile_not_allowed_near"]


def test_broken_toml_names_the_line() -> None:
    profile, problems = read(GOOD.replace("version = 3", "version = = 3"))
    assert profile is None
    assert [(each.code, each.place.row) for each in problems] == [("profile_syntax", 2)]


def test_toml_broken_at_its_end_names_the_last_line() -> None:
    assert [(each.code, each.place.row) for each in read('id = "x"\n[block')[1]] == [("profile_syntax", 2)]


def test_a_file_that_is_not_utf8_says_so() -> None:
    _, problems = parse_profile(b'id = "a"\ntitle = "caf\xe9"\n', Place())
    assert [(each.code, each.place.row) for each in problems] == [("profile_not_utf8", 2)]


@pytest.mark.parametrize(
    "text", ["", "id = 1", "block = 3", "section = [1]", "[section]\n[[block]]", "policy = []"]
)
def test_nothing_a_file_holds_breaks_the_reader(text: str) -> None:
    profile, problems = read(text)
    assert profile is None
    assert problems


@pytest.mark.parametrize("name", ["simulation_20x10", "generic", "skd_cpns_2024"])
def test_shipped_profiles_are_good(name: str) -> None:
    assert name in shipped_profiles()
    profile, problems = load_profile(name)
    assert problems == []
    assert profile is not None
    assert profile.profile_id == name


def test_the_simulation_fits_its_name() -> None:
    profile, _ = load_profile("simulation_20x10")
    assert profile is not None
    assert (profile.items, profile.allowed_ms(1)) == (20, 600_000)
    assert [(each.code, each.items) for each in profile.sections] == [("TWK", 6), ("TIU", 7), ("TKP", 7)]


def test_skd_2024_has_the_figures_of_the_decree() -> None:
    profile, _ = load_profile("skd_cpns_2024")
    assert profile is not None
    assert [(each.items, each.maximum // 10**6) for each in profile.sections] == [
        (30, 150),
        (35, 175),
        (45, 225),
    ]
    assert profile.maximum == 550 * 10**6
    assert profile.allowed_ms(1) == 100 * 60_000
    assert profile.allowed_ms(1, ["netra"], " Disabilitas ") == 130 * 60_000
    for category in ("", "umum", "papua"):
        assert profile.allowed_ms(1, ["netra"], category) == 100 * 60_000
    umum = {each.sums: each.minimum // 10**6 for each in profile.thresholds_for("umum")}
    assert umum == {("TWK",): 65, ("TIU",): 80, ("TKP",): 166}
    papua = {each.sums: each.minimum // 10**6 for each in profile.thresholds_for("papua")}
    assert papua == {("TWK", "TIU", "TKP"): 286, ("TIU",): 60}
    assert (profile.ranking.tie, profile.ranking.factor) == (("TKP", "TIU", "TWK"), 3)
    assert "321" in profile.decree


def test_a_file_works_wherever_a_name_does(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert load_profile(str(file)) == (good(), [])


def test_an_unknown_name_offers_the_nearest(tmp_path: Path) -> None:
    _, near = load_profile("simulasi_20x10")
    assert near[0].code == "profile_not_found_near"
    assert near[0].params["nearest"] == "simulation_20x10"
    assert load_profile(str(tmp_path / "qqq"))[1][0].code == "profile_not_found"
    assert load_profile(str(tmp_path))[1][0].code == "profile_unreadable"
