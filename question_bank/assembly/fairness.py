"""What was achieved: the metrics G1 to G9 of a set of forms, computed from scratch (fairness.md 2).

Floats are welcome here: nothing is decided by these figures but whether a bank is refused, and they are rounded where
they are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.features import (
    curve_of,
    highest_raw,
    raw_cut,
    section_cut_ability,
    tier_of,
    word_count,
)
from question_bank.assembly.neighbours import SeatPlace, neighbours_of
from question_bank.assembly.ordering import key_positions, longest_run, right_options
from question_bank.assembly.response_curves import (
    ALL_ABILITIES,
    DESIGN_ABILITIES,
    ItemCurve,
    Reals,
    category_chances,
    expected_scores,
    information,
    pass_chances,
)
from question_bank.assembly.supply import Demand, demands
from question_bank.assembly.tiers import Tier
from question_bank.assembly.uncertainty import mean_spread_band, pass_spread_band
from question_bank.blueprint import Section
from question_bank.forms import FormItem, FormSet
from question_bank.items import Bank, ItemStatistics, KeySheet, Statistics
from question_bank.scoring_profile import Profile


@dataclass(frozen=True, slots=True)
class CurveFairness:
    """What item parameters tell of a section over all seats. Scores are raw: right answers, or points of options.

    `tcc_max_difference` (G1) is over all 61 abilities, `tcc_design_difference` over the nine that are held;
    `envelope` holds ability, least and largest difference. `cut_sd` (G2), `pass_spread` in percentage points (G3), `pass_spread_band` with the
    uncertainty of the statistics (95 %), and `pass_chances` by seat are at `cut_ability`, None and empty without a threshold; `tif_sd` (G4) is in percent.
    """

    cut_ability: float | None
    tcc_max_difference: float
    tcc_design_difference: float
    cut_sd: float | None
    pass_spread: float | None
    pass_spread_band: float | None
    tif_sd: float
    pass_chances: tuple[float, ...]
    envelope: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class SectionFairness:
    """One section over all seats.

    `responses` are the fewest behind an item; `cut` is the raw score that passes. `mean_spread` (G7) is the largest
    difference between two forms' observed mean scores in any group of participants. `exposure_ratio` (G5) is the most
    uses of an item against an even share, `exposure_excess` how many uses that is above the least possible.
    """

    section: str
    tier: Tier
    responses: int
    cut: int | None
    curves: CurveFairness | None
    mean_spread: float | None
    mean_spread_band: float | None
    exposure_ratio: float
    exposure_excess: int
    key_counts: tuple[tuple[int, ...], ...]
    words_sd: float
    seconds_sd: float | None


@dataclass(frozen=True, slots=True)
class Fairness:
    """All sections, and what concerns whole forms: overlap (G6) of all pairs and of neighbours, runs of keys (G8)."""

    sections: tuple[SectionFairness, ...]
    forms: int
    overlap_mean: float
    overlap_ideal: float
    overlap_neighbours_mean: float | None
    overlap_neighbours_max: int | None
    neighbours_without: float | None
    key_longest_run: int


def measure(
    bank: Bank,
    keys: KeySheet,
    statistics: Statistics,
    profile: Profile,
    drawn: FormSet,
    places: Sequence[SeatPlace] = (),
) -> Fairness:
    """Return the metrics of the forms that belong to seats."""
    forms = drawn.forms[: drawn.seats]
    right = right_options(bank.items, keys.keys)
    wanted = list(demands(bank, profile))
    sections = tuple(
        _section(
            profile,
            section,
            [each for each in wanted if each.section == section.code],
            [[each for each in form.items if each.section == section.code] for form in forms],
            statistics.items,
            right,
        )
        for _, section in profile.paper_order()
    )
    held = [form.item_ids for form in forms]
    shared = [
        len(held[seat] & held[other])
        for seat, others in enumerate(neighbours_of(places[: len(forms)]))
        for other in others
        if seat < other
    ]
    return Fairness(
        sections=sections,
        forms=len(forms),
        overlap_mean=_overlap_mean(held),
        overlap_ideal=float(sum(each.count**2 / max(len(each.items), 1) for each in wanted)),
        overlap_neighbours_mean=float(np.mean(shared)) if shared else None,
        overlap_neighbours_max=max(shared) if shared else None,
        neighbours_without=float(np.mean([each == 0 for each in shared])) if shared else None,
        key_longest_run=max(longest_run(form.items, right) for form in forms),
    )


def _overlap_mean(held: Sequence[frozenset[str]]) -> float:
    """Return how many items two forms share on average, over all pairs: an item of u forms is shared by u(u-1)/2."""
    uses = Counter(item_id for form in held for item_id in form)
    pairs = len(held) * (len(held) - 1)
    return sum(each * (each - 1) for each in uses.values()) / pairs if pairs else 0.0


def _section(
    profile: Profile,
    section: Section,
    wanted: Sequence[Demand],
    placed: Sequence[Sequence[FormItem]],
    statistics: Mapping[str, ItemStatistics],
    right: Mapping[str, str],
) -> SectionFairness:
    usable = [item for each in wanted for item in each.items]
    index = {item.item_id: number for number, item in enumerate(usable)}
    forms = np.array([[index[each.item_id] for each in form] for form in placed], dtype=np.int64)
    known = [statistics.get(item.item_id, ItemStatistics()) for item in usable]
    tier = tier_of(usable, statistics)
    curves = _curves(tier, known, section)
    weights = np.concatenate(
        [np.full(len(each.items), each.count / max(len(each.items), 1)) for each in wanted]
    )
    seconds = np.array([each.seconds for each in known], dtype=np.float64)
    words = np.array([word_count(item) for item in usable], dtype=np.float64)
    cut = raw_cut(profile, section)
    uses = np.bincount(forms.ravel(), minlength=len(usable))
    mean_spread, mean_band = _mean_spread(tier, known, section, forms)
    return SectionFairness(
        section=section.code,
        tier=tier,
        responses=min((each.responses for each in known), default=0),
        cut=cut,
        curves=_curve_fairness(curves, known, weights, forms, cut) if curves else None,
        mean_spread=mean_spread,
        mean_spread_band=mean_band,
        exposure_ratio=_exposure_ratio(wanted, uses, len(forms)),
        exposure_excess=_exposure_excess(wanted, uses, len(forms)),
        key_counts=tuple(_key_counts(form, right) for form in placed),
        words_sd=float(words[forms].sum(axis=1).std()),
        seconds_sd=float(seconds[forms].sum(axis=1).std()) if seconds.all() else None,
    )


def _curves(tier: Tier, known: Sequence[ItemStatistics], section: Section) -> list[ItemCurve]:
    return [curve_of(each, section) for each in known] if tier is Tier.IRT else []


def _curve_fairness(
    curves: Sequence[ItemCurve],
    known: Sequence[ItemStatistics],
    weights: Reals,
    forms: NDArray[np.int64],
    cut: int | None,
) -> CurveFairness:
    everywhere = expected_scores(curves, ALL_ABILITIES)
    difference = np.zeros((len(forms), len(ALL_ABILITIES))) - weights @ everywhere
    for place in range(forms.shape[1]):
        difference += everywhere[forms[:, place]]
    design = [int(np.abs(ALL_ABILITIES - each).argmin()) for each in DESIGN_ABILITIES]
    ability = None if cut is None else section_cut_ability(curves, weights, cut)
    at = np.array([0.0 if ability is None else ability])
    told = information(curves, at)[:, 0]
    chances = _pass_chances(curves, forms, float(at[0]), cut)
    envelope = zip(ALL_ABILITIES, difference.min(axis=0), difference.max(axis=0), strict=True)
    return CurveFairness(
        cut_ability=ability,
        tcc_max_difference=float(np.abs(difference).max()),
        tcc_design_difference=float(np.abs(difference[:, design]).max()),
        cut_sd=None if cut is None else float(expected_scores(curves, at)[forms].sum(axis=(1, 2)).std()),
        pass_spread=None if cut is None else float(100 * np.ptp(chances)),
        pass_spread_band=None
        if cut is None or ability is None
        else pass_spread_band(curves, known, forms, (ability, cut), chances),
        tif_sd=float(100 * told[forms].sum(axis=1).std() / (weights @ told)),
        pass_chances=tuple(float(each) for each in chances),
        envelope=tuple((float(where), float(low), float(high)) for where, low, high in envelope),
    )


def _pass_chances(
    curves: Sequence[ItemCurve], forms: NDArray[np.int64], ability: float, cut: int | None
) -> Reals:
    if cut is None:
        return np.zeros(0)
    found = [category_chances(each, np.array([ability])) for each in curves]
    table = np.zeros((len(curves), 1 + int(max(scores[-1] for scores, _ in found))))
    for number, (scores, chances) in enumerate(found):
        table[number, scores.astype(np.int64)] = chances[0]
    return pass_chances(table, forms, cut)


def _mean_spread(
    tier: Tier, known: Sequence[ItemStatistics], section: Section, forms: NDArray[np.int64]
) -> tuple[float | None, float | None]:
    """Return the largest difference between forms' observed means, and the same with its uncertainty (95 %)."""
    if tier is Tier.GROUP_MEANS:
        means = np.array([each.group_means_micro for each in known]) / 1e6
    elif tier in (Tier.P_VALUES, Tier.IRT) and all(each.p_micro is not None for each in known):
        means = np.array([[(each.p_micro or 0) / 1e6 * highest_raw(section)] for each in known])
    else:
        return None, None
    highest = highest_raw(section)
    people = np.array([max(each.responses, 1) for each in known])[:, None] / means.shape[1]
    # The widest spread that scores between 0 and the highest with this mean can have.
    errors = np.sqrt(np.clip(means * (highest - means), 0, None) / np.maximum(people, 1))
    spread = float(np.ptp(means[forms].sum(axis=1), axis=0).max())
    return spread, mean_spread_band(means, errors, forms)


def _exposure_ratio(wanted: Sequence[Demand], uses: NDArray[np.int64], forms: int) -> float:
    """Return the most uses of an item against an even share of its cell."""
    first, worst = 0, 0.0
    for each in wanted:
        even = forms * each.count / max(len(each.items), 1)
        worst = max(worst, float(uses[first : first + len(each.items)].max(initial=0)) / even)
        first += len(each.items)
    return worst


def _exposure_excess(wanted: Sequence[Demand], uses: NDArray[np.int64], forms: int) -> int:
    """Return how many uses the most used item has above the least possible maximum of its cell."""
    first, worst = 0, 0
    for each in wanted:
        least = -(-forms * each.count // max(len(each.items), 1))
        worst = max(worst, int(uses[first : first + len(each.items)].max(initial=0)) - least)
        first += len(each.items)
    return worst


def _key_counts(placed: Sequence[FormItem], right: Mapping[str, str]) -> tuple[int, ...]:
    positions = Counter(key_positions(placed, right))
    return tuple(positions[place] for place in range(max(positions, default=-1) + 1))
