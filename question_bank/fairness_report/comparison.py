"""How unequal forms of the same bank are when they are drawn otherwise: at random by topic, and by three exact labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.features import curve_of, raw_cut, section_cut_ability, tier_of
from question_bank.assembly.response_curves import (
    ALL_ABILITIES,
    Reals,
    category_chances,
    expected_scores,
    pass_chances,
)
from question_bank.assembly.supply import Demand
from question_bank.assembly.tiers import Tier
from question_bank.assembly.wide_stream import WideStream
from question_bank.blueprint import Section
from question_bank.items import ItemStatistics
from question_bank.scoring_profile import Profile

MOST_FORMS = 300
LABELS = 3
_SEED = b"cat/comparison/1"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the forms of another method span: ability, least and largest difference from the target.

    `pass_spread` is at the cut, in percentage points.
    """

    points: tuple[tuple[float, float, float], ...]
    pass_spread: float | None


def compared(
    profile: Profile,
    section: Section,
    wanted: Sequence[Demand],
    statistics: Mapping[str, ItemStatistics],
    forms: int,
) -> dict[str, Envelope]:
    """Return `random` and `labels` for a section whose items have parameters; nothing where they have none.

    At most 300 forms of each are drawn, from the same items and to the same blueprint.
    """
    items = [item for each in wanted for item in each.items]
    if tier_of(items, statistics) is not Tier.IRT:
        return {}
    curves = [curve_of(statistics[each.item_id], section) for each in items]
    everywhere = expected_scores(curves, ALL_ABILITIES)
    weights = np.concatenate(
        [np.full(len(each.items), each.count / max(len(each.items), 1)) for each in wanted]
    )
    target = weights @ everywhere
    cut = raw_cut(profile, section)
    table = None
    if cut is not None:
        ability = section_cut_ability(curves, weights, cut)
        found = [category_chances(each, np.array([ability])) for each in curves]
        table = np.zeros((len(curves), 1 + int(max(scores[-1] for scores, _ in found))))
        for number, (scores, chances) in enumerate(found):
            table[number, scores.astype(np.int64)] = chances[0]
    difficulty = everywhere[:, len(ALL_ABILITIES) // 2]
    count = min(forms, MOST_FORMS)
    drawn = {
        "random": drawn_by_labels(section.code, wanted, count, difficulty, 1),
        "labels": drawn_by_labels(section.code, wanted, count, difficulty, LABELS),
    }
    return {name: _envelope(each, everywhere, target, table, cut) for name, each in drawn.items()}


def drawn_by_labels(
    code: str, wanted: Sequence[Demand], count: int, difficulty: Reals, labels: int
) -> NDArray[np.int64]:
    """Return `count` forms of section `code` as item indexes: of each topic as many of every label as its share.

    Labels are exact: equal parts of a topic's items by `difficulty`. One label draws at random by topic.
    """
    stream = WideStream(_SEED, f"{code}/{labels}")
    forms = np.empty((count, sum(each.count for each in wanted)), dtype=np.int64)
    for form in range(count):
        start, picked = 0, []
        for each in wanted:
            members = start + np.argsort(difficulty[start : start + len(each.items)], kind="stable")
            groups = np.array_split(members, labels)
            shares = [each.count // labels + (place < each.count % labels) for place in range(labels)]
            for group, share in zip(groups, shares, strict=True):
                picked += group[stream.permutation(len(group))[:share]].tolist()
            start += len(each.items)
        forms[form, : len(picked)] = picked
    return forms


def _envelope(
    forms: NDArray[np.int64], everywhere: Reals, target: Reals, table: Reals | None, cut: int | None
) -> Envelope:
    difference = np.zeros((len(forms), len(ALL_ABILITIES))) - target
    for place in range(forms.shape[1]):
        difference += everywhere[forms[:, place]]
    spread = None
    if table is not None and cut is not None:
        spread = float(100 * np.ptp(pass_chances(table, forms, cut)))
    points = zip(ALL_ABILITIES, difference.min(axis=0), difference.max(axis=0), strict=True)
    return Envelope(tuple((float(x), float(low), float(high)) for x, low, high in points), spread)
