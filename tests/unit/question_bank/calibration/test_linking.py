from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from question_bank.calibration.linking import Scale, combined, link, significant

CHANCE = np.random.default_rng(12)
OLD = Scale(np.exp(CHANCE.normal(0, 0.2, 40)), CHANCE.normal(0, 1, 40), np.full(40, 0.05), np.full(40, 0.08))
NEW = replace(OLD.moved(1 / 1.25, -0.6 / 1.25), a_error=OLD.a_error, b_error=OLD.b_error)


def test_another_groups_scale_is_found_and_nothing_drifts() -> None:
    found = link(OLD, NEW)
    assert found is not None
    assert (found.stretch, found.shift) == pytest.approx((1.25, 0.6))
    assert not found.has_drifted.any()
    assert NEW.moved(found.stretch, found.shift).b == pytest.approx(OLD.b)


def test_a_leaked_item_drifts_and_does_not_move_the_scale() -> None:
    b = NEW.b.copy()
    b[[3, 17]] -= 1.5
    found = link(OLD, replace(NEW, b=b))
    assert found is not None
    assert np.flatnonzero(found.has_drifted).tolist() == [3, 17]
    assert (found.stretch, found.shift) == pytest.approx((1.25, 0.6))


def test_chance_alone_flags_next_to_nothing() -> None:
    chance = np.random.default_rng(1)
    flagged = 0
    for _ in range(50):
        noisy = replace(NEW, b=NEW.b + chance.normal(0, 0.05, 40))
        found = link(OLD, noisy)
        assert found is not None
        flagged += int(found.has_drifted.sum())
    assert flagged <= 20


def test_two_common_items_link_nothing() -> None:
    two = Scale(*(each[:2] for each in (OLD.a, OLD.b, OLD.a_error, OLD.b_error)))
    assert link(two, two) is None


def test_the_surer_calibration_weighs_more_and_both_are_surer_than_one() -> None:
    one = Scale(np.array([1.0]), np.array([0.0]), np.array([0.1]), np.array([0.1]))
    other = Scale(np.array([1.0]), np.array([1.0]), np.array([0.1]), np.array([0.2]))
    both = combined(one, other)
    assert both.b == pytest.approx([0.2])
    assert both.b_error == pytest.approx([1 / np.sqrt(125)])
    unknown = replace(one, b_error=np.array([0.0]))
    assert combined(unknown, other).b == pytest.approx([1.0])


def test_the_step_up_rule_of_benjamini_and_hochberg() -> None:
    assert significant(np.array([0.001, 0.2, 0.012, 0.03, 0.9])).tolist() == [True, False, True, True, False]
    assert not significant(np.array([0.04, 0.2, 0.9])).any()
