"""The second number of the certificate, held against brute force and against the rule of thumb of fairness.md 3.2."""

from __future__ import annotations

import numpy as np
import pytest

from question_bank.assembly.response_curves import ItemCurve, category_chances, pass_chances
from question_bank.assembly.uncertainty import mean_spread_band, pass_spread_band
from question_bank.items import IrtParameters, ItemStatistics

CHANCE = np.random.default_rng(4)
ITEMS, FORMS, LONG = 300, 60, 30
A, B = np.exp(CHANCE.normal(0, 0.3, ITEMS)), CHANCE.normal(0.3, 1, ITEMS)
PAPERS = np.array([CHANCE.permutation(ITEMS)[:LONG] for _ in range(FORMS)])
CUT = (0.0, 13)


def curves(a: np.ndarray, b: np.ndarray) -> list[ItemCurve]:
    return [ItemCurve(float(one), float(other)) for one, other in zip(a, b, strict=True)]


def exact(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    table = np.array([category_chances(each, np.array([CUT[0]]))[1][0] for each in curves(a, b)])
    return pass_chances(table, PAPERS, CUT[1])


def known(error: float, responses: int = 500) -> list[ItemStatistics]:
    micro = round(error * 1_000_000)
    return [
        ItemStatistics(
            responses=responses, irt=IrtParameters(round(a * 1e6), round(b * 1e6), 0, (), micro, micro)
        )
        for a, b in zip(A, B, strict=True)
    ]


@pytest.mark.parametrize("error", [0.05, 0.2])
def test_it_is_what_drawing_parameters_and_counting_exactly_gives(error: float) -> None:
    chance = np.random.default_rng(9)
    spreads = [
        100
        * np.ptp(
            exact(
                np.maximum(A + error * chance.normal(size=ITEMS), 0.05), B + error * chance.normal(size=ITEMS)
            )
        )
        for _ in range(400)
    ]
    band = pass_spread_band(curves(A, B), known(error), PAPERS, CUT, exact(A, B))
    assert band == pytest.approx(np.quantile(spreads, 0.95), rel=0.06)


def test_without_errors_it_is_the_spread_itself_and_more_responses_narrow_it() -> None:
    chances = exact(A, B)
    certain = pass_spread_band(curves(A, B), known(1e-6), PAPERS, CUT, chances)
    assert certain == pytest.approx(100 * np.ptp(chances), abs=0.01)
    few, many = (
        pass_spread_band(curves(A, B), known(0, responses), PAPERS, CUT, chances)
        for responses in (100, 10_000)
    )
    assert few is not None
    assert many is not None
    assert few > many > certain - 0.01


def test_nothing_is_claimed_where_nothing_is_known_of_the_errors() -> None:
    assert pass_spread_band(curves(A, B), known(0, responses=0), PAPERS, CUT, exact(A, B)) is None


def test_observed_means_follow_the_rule_of_thumb() -> None:
    p = CHANCE.uniform(0.2, 0.9, (ITEMS, 1))
    errors = np.sqrt(p * (1 - p) / 200)
    equal = np.array([PAPERS[0]] * 2 + [PAPERS[1]] * 2)
    assert mean_spread_band(p, errors * 0, equal) == pytest.approx(
        abs(float(p[PAPERS[0]].sum() - p[PAPERS[1]].sum()))
    )
    centred = np.full((ITEMS, 1), 0.5)
    band = mean_spread_band(centred, np.full((ITEMS, 1), np.sqrt(0.25 / 200)), PAPERS)
    expected = np.sqrt(LONG * (1 - LONG / ITEMS) * 0.25 / 200)
    assert 4 < band / expected < 6.5, (
        "the range of 60 forms is about 4.6 standard deviations, its 95th percentile more"
    )
