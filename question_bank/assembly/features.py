"""What the engine holds equal between forms, by what is known of a section's items (fairness.md 3.1, 4.1).

Values are raw score units: one right answer, or one point of a graded option. They become integers once, here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from question_bank.assembly.response_curves import (
    ALL_ABILITIES,
    DESIGN_ABILITIES,
    ItemCurve,
    Reals,
    cut_ability,
    expected_scores,
    information,
)
from question_bank.assembly.section_table import FEATURE_SCALE, Limit
from question_bank.assembly.tiers import Tier
from question_bank.blueprint import MICROPOINTS, Graded, Section
from question_bank.items import Item, ItemStatistics
from question_bank.markup import plain
from question_bank.scoring_profile import Profile

KEYED_TOLERANCE = Fraction(1, 10)
"""A form's expected number of right answers may differ from the target by this much (fairness.md 2.2, G1)."""
GRADED_TOLERANCE = Fraction(1, 20)
"""The same for graded sections, as a share of an item's highest points: 0.25 of 5."""
_CUT_WEIGHT = 3
_CUT_SHARE = 4
_INFORMATION_WEIGHT = 0.05
_INFORMATION_ABILITIES = np.array([-1.0, 0.0, 1.0])
_LOAD_UNIT = 100
"""Seconds and words that weigh as much as one raw score unit."""
_PRIOR_RESPONSES = 2


@dataclass(frozen=True, slots=True)
class SectionFeatures:
    """The feature columns of a section. `values` are integers by item id; `responses` the fewest behind an item."""

    tier: Tier
    columns: tuple[str, ...]
    values: Mapping[str, tuple[int, ...]]
    limits: tuple[Limit, ...]
    responses: int


def tier_of(items: Sequence[Item], statistics: Mapping[str, ItemStatistics]) -> Tier:
    """Return what is known of all these items."""
    known = [statistics.get(each.item_id, ItemStatistics()) for each in items]
    groups = {len(each.group_means_micro) for each in known}
    if known and all(each.irt is not None for each in known):
        return Tier.IRT
    if len(groups) == 1 and 0 not in groups:
        return Tier.GROUP_MEANS
    if known and all(each.p_micro is not None and each.responses > 0 for each in known):
        return Tier.P_VALUES
    return Tier.LABELS if known and all(each.label for each in known) else Tier.NONE


def curve_of(parameters: ItemStatistics, section: Section) -> ItemCurve:
    """Return an item's curve.

    Raises:
        ValueError: the item has no parameters.
    """
    irt = parameters.irt
    if irt is None:
        raise ValueError("no item response parameters")
    lowest = section.rule.minimum // MICROPOINTS if isinstance(section.rule, Graded) else 0
    return ItemCurve(
        irt.a_micro / 1e6,
        irt.b_micro / 1e6,
        irt.c_micro / 1e6,
        tuple(each / 1e6 for each in irt.steps_micro),
        lowest,
    )


def highest_raw(section: Section) -> int:
    """Return the highest raw score of one item: 1 where it is right or wrong, else its most points."""
    return section.rule.maximum // MICROPOINTS if isinstance(section.rule, Graded) else 1


def raw_cut(profile: Profile, section: Section) -> int | None:
    """Return the least raw score that meets the section's own threshold for the profile's first category; None if none.

    Thresholds are points; a keyed section's raw score counts right answers.
    """
    for threshold_set in profile.threshold_sets:
        alone = [each.minimum for each in threshold_set.all if each.sums == (section.code,)]
        if alone:
            unit = MICROPOINTS if isinstance(section.rule, Graded) else max(section.rule.correct, 1)
            return -(-max(alone) // unit)
    return None


def section_features(
    profile: Profile,
    section: Section,
    cells: Sequence[tuple[int, Sequence[Item]]],
    statistics: Mapping[str, ItemStatistics],
) -> SectionFeatures:
    """Return the columns of a section whose `cells` are pairs of a count and the items it is taken from."""
    items = [item for _, members in cells for item in members]
    tier = tier_of(items, statistics)
    known = [statistics.get(each.item_id, ItemStatistics()) for each in items]
    weights = np.concatenate(
        [np.full(len(members), count / max(len(members), 1)) for count, members in cells]
    )
    match tier:
        case Tier.IRT:
            columns, values, limited = _irt(profile, section, known, weights)
        case Tier.GROUP_MEANS:
            values = np.array([each.group_means_micro for each in known]) / 1e6
            columns = tuple(f"group {number}" for number in range(1, values.shape[1] + 1))
            limited = dict.fromkeys(range(values.shape[1]), 1)
        case Tier.P_VALUES:
            columns, values, limited = ("p",), _shrunk(known)[:, None] * highest_raw(section), {0: 1}
        case Tier.LABELS:
            columns = ("easy", "hard")
            values = np.array(
                [[each.label == "easy", each.label == "hard"] for each in known], dtype=np.float64
            )
            limited = {0: 1, 1: 1}
        case Tier.NONE:
            columns, values, limited = (), np.zeros((len(items), 0)), {}
    load_columns, load = _load(items, known)
    whole = np.rint(np.concatenate((values, load), axis=1) * FEATURE_SCALE).astype(np.int64)
    return SectionFeatures(
        tier,
        (*columns, *load_columns),
        {item.item_id: tuple(int(each) for each in row) for item, row in zip(items, whole, strict=True)},
        tuple(Limit(column, _tolerance(section, tier, share)) for column, share in limited.items()),
        min((each.responses for each in known), default=0),
    )


def _tolerance(section: Section, tier: Tier, share: int) -> int:
    """Return the guarantee in feature integers: a whole tolerance, or for the cut a quarter of it times its weight.

    One less per item, since centring rounds each item by up to half an integer. Labels are counted: one item.
    """
    if tier is Tier.LABELS:
        return FEATURE_SCALE
    whole = GRADED_TOLERANCE * highest_raw(section) if isinstance(section.rule, Graded) else KEYED_TOLERANCE
    scaled = whole * FEATURE_SCALE if share == 1 else whole * FEATURE_SCALE * _CUT_WEIGHT / _CUT_SHARE
    return int(scaled) - section.items


def _irt(
    profile: Profile, section: Section, known: Sequence[ItemStatistics], weights: Reals
) -> tuple[tuple[str, ...], Reals, dict[int, int]]:
    curves = [curve_of(each, section) for each in known]
    at_design = expected_scores(curves, DESIGN_ABILITIES)
    told = information(curves, _INFORMATION_ABILITIES)
    target = weights @ told
    parts = [at_design, _INFORMATION_WEIGHT * section.items * told / np.maximum(target, 1e-9)]
    names = [f"T({each:g})" for each in DESIGN_ABILITIES] + [
        f"I({each:g})" for each in _INFORMATION_ABILITIES
    ]
    limited = dict.fromkeys(range(len(DESIGN_ABILITIES)), 1)
    cut = raw_cut(profile, section)
    if cut is not None:
        at_cut = section_cut_ability(curves, weights, cut)
        limited[len(names)] = _CUT_SHARE
        names.append("T(cut)")
        parts.append(_CUT_WEIGHT * expected_scores(curves, np.array([at_cut])))
    return tuple(names), np.concatenate(parts, axis=1), limited


def section_cut_ability(curves: Sequence[ItemCurve], weights: Reals, cut: int) -> float:
    """Return theta_c: the ability whose expected score on the target form is half a point below the cut."""
    return cut_ability(weights @ expected_scores(curves, ALL_ABILITIES), ALL_ABILITIES, cut - 0.5)


def _shrunk(known: Sequence[ItemStatistics]) -> Reals:
    """Return p-values drawn towards their mean by two imagined responses, so that few responses claim little."""
    shares = np.array([(each.p_micro or 0) / 1e6 for each in known])
    responses = np.array([each.responses for each in known], dtype=np.float64)
    mean = float((shares * responses).sum() / responses.sum())
    return np.asarray((shares * responses + _PRIOR_RESPONSES * mean) / (responses + _PRIOR_RESPONSES))


def _load(items: Sequence[Item], known: Sequence[ItemStatistics]) -> tuple[tuple[str, ...], Reals]:
    """Return what reading and thinking take: words always, seconds where every item has them."""
    words = np.array([[word_count(each) / _LOAD_UNIT] for each in items]).reshape(len(items), 1)
    if known and all(each.seconds for each in known):
        seconds = np.array([[each.seconds / _LOAD_UNIT] for each in known])
        return ("words", "seconds"), np.concatenate((words, seconds), axis=1)
    return ("words",), words


def word_count(item: Item) -> int:
    """Return how many words a participant reads: stem and options."""
    return sum(len(plain(text).split()) for text in (item.stem, *(each.html for each in item.options)))
