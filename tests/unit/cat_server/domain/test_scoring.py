from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cat_server.domain.scoring import AttemptScore, Marking, UnscorableError, score_attempt
from question_bank.blueprint import Block, Graded, Keyed, Section
from question_bank.forms import Form, FormItem
from question_bank.items import ItemKey, KeySheet
from question_bank.scoring_profile import Profile, Threshold, ThresholdSet

P = 10**6
LETTERS = ("o1", "o2", "o3", "o4", "o5")

PROFILE = Profile(
    profile_id="three",
    version=1,
    title="Tiga materi",
    decree="-",
    blocks=(Block("a", 60_000, ("TWK", "TIU", "TKP")),),
    sections=(
        Section("TIU", "TIU", 2, Keyed(5 * P)),
        Section("TWK", "TWK", 2, Keyed(4 * P, -1 * P, 0)),
        Section("TKP", "TKP", 2, Graded(1 * P, 5 * P)),
    ),
    threshold_sets=(
        ThresholdSet(
            ("*",), (Threshold(("TWK",), 3 * P), Threshold(("TIU",), 5 * P), Threshold(("TKP",), 6 * P))
        ),
        ThresholdSet(("cumlaude",), (Threshold(("TWK", "TIU", "TKP"), 20 * P), Threshold(("TIU",), 10 * P))),
    ),
)
FORM = Form(
    "test/1",
    tuple(FormItem(f"{code}-{n}", "a", code, LETTERS) for code in ("TWK", "TIU", "TKP") for n in (1, 2)),
)
WEIGHTS = {"o1": 1 * P, "o2": 3 * P, "o3": 5 * P, "o4": 2 * P, "o5": 4 * P}
KEYS = KeySheet(
    "b",
    {
        each.item_id: ItemKey(points=WEIGHTS) if each.section == "TKP" else ItemKey(correct=("o2",))
        for each in FORM.items
    },
    "00",
)


def score(
    answers: dict[int, str], category: str = "umum", annulled: frozenset[str] = frozenset()
) -> AttemptScore:
    responses = {position: (option,) if option else () for position, option in answers.items()}
    return score_attempt(PROFILE, FORM, KEYS, responses, category=category, annulled=annulled)


def points_of(result: AttemptScore) -> list[tuple[str, int, int]]:
    return [(each.code, each.points, each.answered) for each in result.sections]


def test_hand_computed_score() -> None:
    # TWK: right 4, wrong -1 -> 3; TIU: right 5, blank 0 -> 5; TKP: 5 + 1 -> 6
    result = score({1: "o2", 2: "o1", 3: "o2", 5: "o3", 6: "o1"})
    assert points_of(result) == [("TWK", 3 * P, 2), ("TIU", 5 * P, 1), ("TKP", 6 * P, 2)]
    assert (result.total, result.maximum, result.answered, result.items) == (14 * P, 28 * P, 5, 6)


def test_a_blank_is_not_a_wrong_answer() -> None:
    assert score({1: "o2"}).sections[0].points == 4 * P
    assert score({1: "o2", 2: ""}).sections[0].points == 4 * P
    assert score({1: "o2", 2: "o5"}).sections[0].points == 3 * P


def test_nothing_answered() -> None:
    result = score({})
    assert (result.total, result.answered, result.meets_threshold) == (0, 0, False)


def test_equality_passes_and_one_micropoint_less_does_not() -> None:
    exactly = {1: "o2", 2: "o1", 3: "o2", 5: "o3", 6: "o1"}
    assert score(exactly).meets_threshold is True
    assert [each.meets for each in score(exactly).sections] == [True, True, True]
    higher = replace(PROFILE.threshold_sets[0], all=(Threshold(("TKP",), 6 * P + 1),))
    profile = replace(PROFILE, threshold_sets=(higher,))
    assert score_attempt(profile, FORM, KEYS, {5: ("o3",), 6: ("o1",)}).meets_threshold is False


def test_every_threshold_counts_not_the_total_alone() -> None:
    # Domain 1.7, second example: the total is good enough, one section is not.
    result = score({1: "o2", 2: "o2", 3: "o2", 4: "o2", 5: "o3"})
    assert result.total == 23 * P
    assert [each.meets for each in result.sections] == [True, True, False]
    assert result.meets_threshold is False


def test_thresholds_follow_the_category() -> None:
    answers = {1: "o2", 3: "o2", 4: "o2", 5: "o3", 6: "o1"}
    special = score(answers, "Cumlaude")
    assert special.meets_threshold is True
    assert [(each.sums, each.points, each.meets) for each in special.thresholds] == [
        (("TWK", "TIU", "TKP"), 20 * P, True),
        (("TIU",), 10 * P, True),
    ]
    assert [each.threshold for each in special.sections] == [None, 10 * P, None]
    assert [each.meets for each in special.sections] == [None, True, None]


def test_without_a_threshold_for_the_category_nothing_is_met_or_missed() -> None:
    profile = replace(PROFILE, threshold_sets=PROFILE.threshold_sets[1:])
    result = score_attempt(profile, FORM, KEYS, {}, category="umum")
    assert (result.meets_threshold, result.thresholds) == (None, ())


def test_an_annulled_item_brings_full_marks_to_everybody() -> None:
    annulled = frozenset({"TWK-1", "TKP-1"})
    for answers in ({}, {1: "o1", 5: "o1"}, {1: "o2", 5: "o3"}):
        result = score(answers, annulled=annulled)
        assert [each.points for each in result.sections] == [4 * P, 0, 5 * P]
    assert score({}, annulled=annulled).answered == 0


def one_item(correct: tuple[str, ...], response: tuple[str, ...], options: tuple[str, ...] = LETTERS) -> bool:
    profile = replace(
        PROFILE,
        blocks=(Block("a", 1, ("S",)),),
        sections=(Section("S", "S", 1, Keyed(1)),),
        threshold_sets=(),
    )
    form = Form("test/1", (FormItem("i", "a", "S", options),))
    keys = KeySheet("b", {"i": ItemKey(correct=correct)}, "00")
    return score_attempt(profile, form, keys, {1: response}).total == 1


@pytest.mark.parametrize(
    ("correct", "response", "is_right"),
    [
        (("o1", "o3"), ("o1", "o3"), True),
        (("o1", "o3"), ("o1",), False),
        (("o1", "o3"), ("o1", "o2", "o3"), False),
        (("o3", "o1", "o2"), ("o3", "o1", "o2"), True),
        (("o3", "o1", "o2"), ("o1", "o3", "o2"), False),
        (("o1 m2", "o2 m1"), ("o2 m1", "o1 m2"), True),
        (("o1 m2", "o2 m1"), ("o1 m1", "o2 m2"), False),
    ],
)
def test_multiple_order_and_match_take_all_or_nothing(
    correct: tuple[str, ...], response: tuple[str, ...], is_right: bool
) -> None:
    assert one_item(correct, response) is is_right


@pytest.mark.parametrize(
    ("key", "typed", "is_right"),
    [
        ("Bhinneka Tunggal Ika", "  bhinneka   tunggal ika ", True),
        ("Bhinneka Tunggal Ika", "bhineka tunggal ika", False),
        ("caf\u00e9", "cafe\u0301", True),
        ("2.5", "2,50", True),
        ("2.5", "2.51", False),
        ("1000", "1.000", False),
        ("-3", "-3.0", True),
        ("3", "tiga", False),
    ],
)
def test_typed_responses_are_compared_plainly(key: str, typed: str, is_right: bool) -> None:
    assert one_item((key,), (typed,), ()) is is_right


def test_a_typed_item_accepts_any_of_its_keys() -> None:
    assert one_item(("UUD 1945", "Undang-Undang Dasar 1945"), ("undang-undang dasar 1945",), ())
    assert not one_item(("a", "b"), ("a", "b"), ())


def test_space_alone_is_blank() -> None:
    profile = replace(PROFILE, threshold_sets=())
    result = score_attempt(profile, FORM, KEYS, {1: ("  ",)})
    assert (result.sections[0].points, result.answered) == (0, 0)


@pytest.mark.parametrize("position", [0, 7, -1])
def test_a_response_outside_the_form_is_loud(position: int) -> None:
    with pytest.raises(UnscorableError, match="outside"):
        score({position: "o1"})


def test_missing_and_unfitting_keys_are_loud() -> None:
    for keys in ({}, {each.item_id: ItemKey() for each in FORM.items}):
        with pytest.raises(UnscorableError, match="key"):
            score_attempt(PROFILE, FORM, KeySheet("b", keys, "00"), {})
    swapped = {each.item_id: ItemKey(correct=("o1",)) for each in FORM.items}
    with pytest.raises(UnscorableError, match="graded"):
        score_attempt(PROFILE, FORM, KeySheet("b", swapped, "00"), {})
    strange = Form("test/1", (FormItem("TWK-1", "a", "XYZ", LETTERS),))
    with pytest.raises(UnscorableError, match="XYZ"):
        score_attempt(PROFILE, strange, KEYS, {})


ANSWERS = st.dictionaries(st.integers(1, 6), st.sampled_from(["", *LETTERS]))


@given(answers=ANSWERS, annulled=st.frozensets(st.sampled_from([each.item_id for each in FORM.items])))
def test_sections_add_up_and_stay_in_bounds(answers: dict[int, str], annulled: frozenset[str]) -> None:
    result = score(answers, annulled=annulled)
    assert sum(each.points for each in result.sections) == result.total
    for each in result.sections:
        rules = PROFILE.section(each.code)
        assert rules.minimum <= each.points <= rules.maximum == each.maximum
    assert result.answered == sum(1 for option in answers.values() if option)


@given(answers=ANSWERS, seed=st.integers())
def test_neither_the_order_of_answers_nor_of_items_matters(answers: dict[int, str], seed: int) -> None:
    chance = random.Random(seed)
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    assert score(dict(shuffled)) == score(answers)
    places = list(range(6))
    chance.shuffle(places)
    moved = Form("test/1", tuple(FORM.items[at] for at in places))
    responses = {new: (answers[old + 1],) for new, old in enumerate(places, start=1) if answers.get(old + 1)}
    assert score_attempt(PROFILE, moved, KEYS, responses, category="umum") == score(answers)


@given(
    moments=st.lists(ANSWERS, min_size=2, max_size=6), annulled=st.frozensets(st.just(FORM.items[0].item_id))
)
def test_a_paper_marked_again_scores_as_one_that_is_marked_for_the_first_time(
    moments: list[dict[int, str]], annulled: frozenset[str]
) -> None:
    marking = Marking(PROFILE, FORM, KEYS, category="umum", annulled=annulled)
    for answers in moments:
        responses = {position: (option,) if option else () for position, option in answers.items()}
        assert marking.score(responses) == score(answers, annulled=annulled)
    with pytest.raises(UnscorableError):
        marking.score({len(FORM.items) + 1: ("o1",)})
    assert marking.score({}) == score({}, annulled=annulled)
