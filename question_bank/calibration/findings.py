"""What a calibration finds odd about an item, for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from question_bank.assembly.response_curves import Reals
from question_bank.calibration.classical import Points, correlation
from question_bank.calibration.item_responses import ItemScale
from question_bank.calibration.responses import UNKNOWN_OPTION, Responses

FEW_RESPONSES = 100
"""Items with fewer are listed in every report (fairness.md 9)."""
LEAST_FOR_OPTIONS = 100
_CLEARLY = 0.05
"""An option goes better with the rest than the key only if by more than this, and more than chance gives."""


class Finding(StrEnum):
    """Kinds of findings, the most telling first."""

    KEY_SUSPECT = "key_suspect"
    NEGATIVE = "negative_discrimination"
    DRIFT = "drift"
    ALL_RIGHT = "everybody_right"
    ALL_WRONG = "everybody_wrong"
    OPTION_UNUSED = "option_never_chosen"
    FEW = "few_responses"


def item_findings(
    responses: Responses, points: Points, scales: Sequence[ItemScale], rest: Reals
) -> list[list[Finding]]:
    """Return what is odd about each item by itself, without a model or an older calibration."""
    return [
        _about(
            scale,
            points.of_item(item),
            responses.chosen[points.given[:, item], item],
            points.elsewhere(item),
            rest[item],
        )
        for item, scale in enumerate(scales)
    ]


def _about(
    scale: ItemScale,
    scores: Reals,
    options: np.ndarray[tuple[int, ...], np.dtype[np.int8]],
    share: Reals,
    rest: float,
) -> list[Finding]:
    findings = []
    noise = 2 / np.sqrt(max(len(scores), 1))
    if not scale.is_graded and _is_beaten(scale, options, share, rest, max(_CLEARLY, noise)):
        findings.append(Finding.KEY_SUSPECT)
    if rest < -noise:
        findings.append(Finding.NEGATIVE)
    if len(scores) and not scale.is_graded and scores.min() == scores.max():
        findings.append(Finding.ALL_RIGHT if scores[0] else Finding.ALL_WRONG)
    known = options[options != UNKNOWN_OPTION]
    if len(known) >= LEAST_FOR_OPTIONS and len(np.unique(known)) < len(scale.points):
        findings.append(Finding.OPTION_UNUSED)
    if len(scores) < FEW_RESPONSES:
        findings.append(Finding.FEW)
    return findings


def _is_beaten(
    scale: ItemScale,
    options: np.ndarray[tuple[int, ...], np.dtype[np.int8]],
    share: Reals,
    rest: float,
    clearly: float,
) -> bool:
    """Tell whether those who chose some wrong option did better elsewhere than those who chose the key."""
    own = 0.0 if np.isnan(rest) else rest
    for option, points in enumerate(scale.points):
        if points:
            continue
        other = correlation((options == option).astype(np.float64), share)
        if not np.isnan(other) and other > clearly and other > own + clearly:
            return True
    return False
