"""Published estimates of a published test, and parameters that are known because the answers were made from them."""

from __future__ import annotations

import numpy as np
import pytest

from question_bank.calibration.item_model import fit

LSAT6 = (
    "00000 3, 00001 6, 00010 2, 00011 11, 00100 1, 00101 1, 00110 3, 00111 4, 01000 1, 01001 8, 01011 16, 01101 3,"
    " 01110 2, 01111 15, 10000 10, 10001 29, 10010 14, 10011 81, 10100 3, 10101 28, 10110 15, 10111 80, 11000 16,"
    " 11001 56, 11010 21, 11011 173, 11100 11, 11101 61, 11110 28, 11111 298"
)
LSAT7 = (
    "00000 12, 00001 19, 00010 1, 00011 7, 00100 3, 00101 19, 00110 3, 00111 17, 01000 10, 01001 5, 01010 3, 01011 7,"
    " 01100 7, 01101 23, 01110 8, 01111 28, 10000 7, 10001 39, 10010 11, 10011 34, 10100 14, 10101 51, 10110 15, 10111 90,"
    " 11000 6, 11001 25, 11010 7, 11011 35, 11100 18, 11101 136, 11110 32, 11111 308"
)


def people_of(patterns: str) -> np.ndarray:
    rows = [
        [int(each) for each in pattern]
        for pattern, count in (each.split() for each in patterns.split(", "))
        for _ in range(int(count))
    ]
    return np.array(rows, dtype=np.int16)


def answers(people: int, a: np.ndarray, b: np.ndarray, seed: int, given: int) -> np.ndarray:
    """Return the answers of people of normal ability, `given` items each, the others not given."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(people, 1))
    scores = (chance.random((people, len(a))) < 1 / (1 + np.exp(-a * (ability - b)))).astype(np.int16)
    for row in scores:
        row[chance.permutation(len(a))[given:]] = -1
    return scores


def test_lsat6_gives_the_published_two_parameter_estimates() -> None:
    found = fit(people_of(LSAT6), is_rasch=False)
    assert people_of(LSAT6).sum(axis=0).tolist() == [924, 709, 553, 763, 870]
    assert found.b == pytest.approx([-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], abs=0.003)
    assert found.b_error == pytest.approx([0.8669, 0.3073, 0.0997, 0.4341, 0.8700], rel=0.06)
    assert found.log_likelihood == pytest.approx(-2466.653, abs=0.001)


def test_lsat6_gives_the_published_rasch_estimates() -> None:
    found = fit(people_of(LSAT6), is_rasch=True)
    assert found.b == pytest.approx([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], abs=0.003)
    assert found.a == pytest.approx([0.7551] * 5, abs=0.001)
    assert found.b_error == pytest.approx([0.3266, 0.1422, 0.0977, 0.1691, 0.2510], abs=0.002)
    assert found.a_error == pytest.approx([0.0694] * 5, abs=0.001)
    assert found.log_likelihood == pytest.approx(-2466.938, abs=0.001)


def test_lsat7_gives_the_published_two_parameter_estimates() -> None:
    found = fit(people_of(LSAT7), is_rasch=False)
    assert people_of(LSAT7).sum(axis=0).tolist() == [828, 658, 772, 606, 843]
    assert found.a == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=0.002)
    assert -found.a * found.b == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=0.002)
    assert found.log_likelihood == pytest.approx(-2658.805, abs=0.001)


def test_known_parameters_come_back_within_their_own_errors() -> None:
    chance = np.random.default_rng(3)
    a, b = np.exp(chance.normal(0, 0.3, 60)), chance.normal(0.2, 1, 60)
    found = fit(answers(3_000, a, b, seed=4, given=30), is_rasch=False)
    for estimate, true, error in ((found.a, a, found.a_error), (found.b, b, found.b_error)):
        standard = (estimate - true) / error
        assert 0.75 < standard.std() < 1.25, "errors of estimate are honest"
        assert (np.abs(standard) < 4).all()


def test_more_answers_make_surer_estimates() -> None:
    a, b = np.ones(20), np.linspace(-2, 2, 20)
    few, many = (fit(answers(people, a, b, seed=9, given=20), is_rasch=True) for people in (400, 6_400))
    assert (few.b_error / many.b_error).mean() == pytest.approx(4, rel=0.15)


def test_a_shared_slope_is_as_sure_as_its_error_says() -> None:
    standard = []
    for seed in range(8):
        chance = np.random.default_rng(seed)
        found = fit(answers(400, np.ones(15), chance.normal(0, 1, 15), seed, given=10), is_rasch=True)
        standard.append((found.a[0] - 1) / found.a_error[0])
    assert 0.5 < np.sqrt(np.mean(np.square(standard))) < 1.6
