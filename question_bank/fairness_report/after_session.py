"""What the answers of an exam session say of its forms, with the power of saying it (fairness.md 11 B).

That no difference is found proves nothing by itself: the forms' equality is proved before, from their statistics. This
part finds what those statistics could not know: items that changed, keys that are wrong, groups that are served worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.response_curves import Reals
from question_bank.calibration.calibrate import Calibration
from question_bank.calibration.findings import Finding
from question_bank.calibration.item_responses import ItemScale
from question_bank.calibration.linking import significant
from question_bank.calibration.responses import NOT_GIVEN, Responses
from question_bank.canonical import Json, cjson
from question_bank.fairness_report.content import decimal
from question_bank.fairness_report.group_differences import (
    LEAST_PEOPLE,
    POWER,
    Difference,
    Size,
    graded_difference,
    keyed_difference,
)
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.scoring_profile import Profile
from question_bank.synthetic_bank import is_synthetic

LARGE_DIFFERENCE = 0.5
"""Raw score: the least difference that matters (fairness.md 2.3)."""
SURE_ERRORS = 3.0


@dataclass(frozen=True, slots=True)
class AfterSource:
    """What is told of. `groups` names each person's group, in the order of people; empty where none is known."""

    bank: Bank
    keys: KeySheet
    profile: Profile
    before: Statistics
    responses: Responses
    groups: Sequence[str] = ()


def after_content(source: AfterSource, made: Calibration) -> bytes:
    """Return the report as `cjson/1`; `made` is the calibration from the same responses."""
    content: dict[str, Json] = {
        "v": 1,
        "kind": "after",
        "is_simulation": is_synthetic(source.bank),
        "profile": {
            "id": source.profile.profile_id,
            "title": source.profile.title,
            "decree": source.profile.decree,
        },
        "people": len(source.responses.people),
        "groups": [*sorted(set(source.groups) - {""})],
        "sections": [
            told
            for section in source.profile.sections
            if (told := _section(source, made, section.code, section.title)) is not None
        ],
    }
    return cjson(content)


def _section(source: AfterSource, made: Calibration, code: str, title: str) -> Json | None:
    known = {each.item_id for each in made.items}
    items = [each for each in source.bank.items if each.section == code and each.item_id in known]
    if not items:
        return None
    own = source.responses.of_items([each.item_id for each in items])
    given = own.scores != NOT_GIVEN
    here = given.any(axis=1)
    given, points = given[here], np.where(own.scores[here] < 0, 0, own.scores[here]).astype(np.float64)
    scales = [ItemScale.of(each, source.keys.keys[each.item_id]) for each in items]
    highest = np.array([each.highest for each in scales], dtype=np.float64)
    score = points.sum(axis=1)
    people = [each for each, was_here in zip(source.responses.people, here.tolist(), strict=True) if was_here]
    findings = {each.item_id: each.findings for each in made.items}
    groups = (
        np.array([each for each, was in zip(source.groups, here.tolist(), strict=True) if was])
        if source.groups
        else None
    )
    spread = float(score.std())
    return {
        "code": code,
        "title": title,
        "people": len(people),
        "mean": decimal(float(score.mean())),
        "deviation": decimal(spread),
        "detectable": decimal(POWER / sqrt(max(len(people), 1)) * spread),
        "regression": _regression(source, [each.item_id for each in items], given, score, highest),
        "seats": _seats(people, given, points),
        "drift": [each.item_id for each in items if Finding.DRIFT in findings[each.item_id]],
        "suspects": [
            each.item_id
            for each in items
            if {Finding.KEY_SUSPECT, Finding.NEGATIVE} & set(findings[each.item_id])
        ],
        "differences": [] if groups is None else _differences(own.item_ids, scales, given, points, groups),
    }


def _regression(
    source: AfterSource, item_ids: Sequence[str], given: NDArray[np.bool_], score: Reals, highest: Reals
) -> Json | None:
    """Return how scores follow the easiness that was known before: slope, error and chance; None if it did not vary."""
    before = [source.before.items.get(each) for each in item_ids]
    shares = [None if each is None else each.p_micro for each in before]
    if any(each is None for each in shares):
        return None
    easiness = given @ (np.array([each or 0 for each in shares]) / 1e6 * highest)
    if len(score) < 3 or easiness.std() < 1e-9:
        return None
    centred = easiness - easiness.mean()
    slope = float(centred @ score / (centred @ centred))
    residual = score - score.mean() - slope * centred
    error = sqrt(float(residual @ residual) / (len(score) - 2) / float(centred @ centred))
    return {
        "easiness_deviation": decimal(float(easiness.std())),
        "slope": decimal(slope),
        "error": decimal(error),
        "chance": decimal(erfc(abs(slope / max(error, 1e-12)) / sqrt(2))),
    }


def _seats(people: Sequence[str], given: NDArray[np.bool_], points: Reals) -> Json:
    """Return how far forms are from one another by this session's own answers, and whose is surely and plainly off."""
    counts = np.maximum(given.sum(axis=0), 1)
    mean = points.sum(axis=0) / counts
    variance = np.where(given, (points - mean) ** 2, 0).sum(axis=0) / counts / counts
    form = given @ mean
    difference, error = form - form.mean(), np.sqrt(given @ variance)
    is_off = (np.abs(difference) > LARGE_DIFFERENCE) & (np.abs(difference) > SURE_ERRORS * error)
    return {
        "deviation": decimal(float(form.std())),
        "largest": decimal(float(np.abs(difference).max(initial=0))),
        "error": decimal(float(error.mean())),
        "flagged": [
            [people[index], decimal(float(difference[index])), decimal(float(error[index]))]
            for index in np.flatnonzero(is_off).tolist()
        ],
    }


def _differences(
    item_ids: Sequence[str],
    scales: Sequence[ItemScale],
    given: NDArray[np.bool_],
    points: Reals,
    groups: NDArray[np.str_],
) -> Json:
    """Return each group against all others: the items that differ, how many were judged, and what could be found."""
    share = points.sum(axis=1) / np.maximum(given @ np.array([each.highest for each in scales]), 1)
    told: list[Json] = []
    is_known = groups != ""
    names = sorted(set(groups.tolist()) - {""}, key=lambda each: (int((groups == each).sum()), each))
    for group in (
        names[:1] if len(names) == 2 else names
    ):  # of two groups the smaller is held against the other
        is_focal = groups == group
        if min(is_focal.sum(), (is_known & ~is_focal).sum()) < LEAST_PEOPLE:
            told.append({"group": group, "items": 0, "detectable": None, "found": []})
            continue
        judged: list[tuple[str, Difference]] = []
        for place, (item_id, scale) in enumerate(zip(item_ids, scales, strict=True)):
            who = given[:, place] & is_known
            if min((who & is_focal).sum(), (who & ~is_focal).sum()) < LEAST_PEOPLE:
                continue
            found = (
                graded_difference(points[who, place], is_focal[who], share[who])
                if scale.is_graded
                else keyed_difference(points[who, place] > 0, is_focal[who], share[who])
            )
            if found is not None:
                judged.append((item_id, found))
        chances = np.array([erfc(abs(each.value / max(each.error, 1e-12)) / sqrt(2)) for _, each in judged])
        believed = significant(chances) if judged else np.zeros(0, dtype=np.bool_)
        told.append(
            {
                "group": group,
                "items": len(judged),
                "detectable": decimal(POWER * float(np.median([each.error for _, each in judged])))
                if judged
                else None,
                "found": [
                    [item_id, decimal(each.value), decimal(each.error), each.size.value]
                    for (item_id, each), is_believed in zip(judged, believed.tolist(), strict=True)
                    if is_believed and each.size is not Size.A
                ],
            }
        )
    return told
