"""From responses to the next version of a bank's statistics (fairness.md 9).

Right-or-wrong items of a section get a Rasch or 2PL model where there are enough people, and always their share of
right answers and means by score group; graded items get the shares and means, which need no model. What an older
calibration knows is brought together with the new on its scale, each with the weight of its responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from question_bank.calibration.classical import Points, classical
from question_bank.calibration.findings import Finding, item_findings
from question_bank.calibration.item_responses import ItemScale
from question_bank.calibration.responses import NOT_GIVEN, Responses
from question_bank.calibration.section_model import SectionModel, fit_section, varied
from question_bank.items import Bank, ItemStatistics, KeySheet, Statistics

LEAST_PEOPLE = 50
LEAST_ITEMS = 3
FOR_SLOPES = 200
"""Responses per item from which slopes of their own are better than one for all (fairness.md 9)."""
_MICRO = 1_000_000


class Model(StrEnum):
    """What to fit to right-or-wrong items. `AUTO` decides by the number of responses."""

    AUTO = "auto"
    RASCH = "rasch"
    TWO_PL = "2pl"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CalibratedItem:
    """One item after a calibration: the new responses alone, what is odd, and what goes into the statistics."""

    item_id: str
    section: str
    responses: int
    share: float
    rest_correlation: float | None
    findings: tuple[Finding, ...]
    statistics: ItemStatistics


@dataclass(frozen=True, slots=True)
class CalibratedSection:
    """One section's items of one kind. `model` is NONE where none was fitted; `fitted` says how the fit went."""

    section: str
    is_graded: bool
    items: int
    people: int
    median_responses: int
    model: Model
    fitted: SectionModel


@dataclass(frozen=True, slots=True)
class Calibration:
    """The next statistics of a bank, and what they were made from."""

    statistics: Statistics
    sections: tuple[CalibratedSection, ...]
    items: tuple[CalibratedItem, ...]


def calibrate(
    bank: Bank, keys: KeySheet, responses: Responses, previous: Statistics, model: Model = Model.AUTO
) -> Calibration:
    """Return the statistics of a bank after these responses. Items without any keep what `previous` says."""
    scales = {each.item_id: ItemScale.of(each, keys.keys[each.item_id]) for each in bank.items}
    counts = dict(zip(responses.item_ids, responses.counts.tolist(), strict=True))
    items: list[CalibratedItem] = []
    sections: list[CalibratedSection] = []
    for section, is_graded, members in _parts(bank, scales, counts):
        part = _Part(section, responses.of_items([each.item.item_id for each in members]), members, previous)
        sections.append(part.calibrate(model, is_graded=is_graded))
        items += part.items
    known: dict[str, ItemStatistics] = dict(previous.items)
    known.update({each.item_id: each.statistics for each in items})
    return Calibration(Statistics(bank.bank_id, known), tuple(sections), tuple(items))


def _parts(
    bank: Bank, scales: Mapping[str, ItemScale], counts: Mapping[str, int]
) -> list[tuple[str, bool, list[ItemScale]]]:
    parts: dict[tuple[str, bool], list[ItemScale]] = {}
    for item in bank.items:
        if counts.get(item.item_id, 0):
            scale = scales[item.item_id]
            parts.setdefault((item.section, scale.is_graded), []).append(scale)
    return [(section, is_graded, members) for (section, is_graded), members in parts.items()]


class _Part:
    """The items of one section and kind."""

    def __init__(
        self, section: str, responses: Responses, scales: Sequence[ItemScale], previous: Statistics
    ) -> None:
        self._section = section
        # Who answered nothing of this section says nothing about it.
        was_here = (responses.scores != NOT_GIVEN).any(axis=1)
        people = tuple(each for each, here in zip(responses.people, was_here.tolist(), strict=True) if here)
        self._responses = Responses(
            people, responses.item_ids, responses.scores[was_here], responses.chosen[was_here]
        )
        self._scales = list(scales)
        self._old = [previous.items.get(each.item.item_id, ItemStatistics()) for each in scales]
        self._highest = np.array([each.highest for each in scales], dtype=np.float64)
        self.items: list[CalibratedItem] = []

    def calibrate(self, wanted: Model, *, is_graded: bool) -> CalibratedSection:
        responses, counts = self._responses, self._responses.counts
        points = Points(responses, self._highest)
        observed = classical(points)
        findings = item_findings(responses, points, self._scales, observed.rest)
        model = Model.NONE if is_graded else self._model(wanted, counts)
        fitted = SectionModel()
        if model is not Model.NONE:
            known = [each.irt for each in self._old]
            fitted = fit_section(responses.scores, known, is_rasch=model is Model.RASCH)
        for index, scale in enumerate(self._scales):
            old = ItemStatistics() if index in fitted.drifted else self._old[index]
            if index in fitted.drifted:
                findings[index].append(Finding.DRIFT)
            new = ItemStatistics(
                "",
                _micro(observed.mean[index] / self._highest[index]),
                int(counts[index]),
                fitted.parameters.get(index),
                tuple(_micro(each) for each in observed.groups[index]),
            )
            rest = observed.rest[index]
            self.items.append(
                CalibratedItem(
                    scale.item.item_id,
                    self._section,
                    int(counts[index]),
                    float(observed.mean[index] / self._highest[index]),
                    None if np.isnan(rest) else float(rest),
                    tuple(each for each in Finding if each in findings[index]),
                    replace(
                        _together(old, new), label=self._old[index].label, seconds=self._old[index].seconds
                    ),
                )
            )
        return CalibratedSection(
            self._section,
            is_graded,
            len(self._scales),
            len(responses.people),
            int(np.median(counts)),
            model,
            fitted,
        )

    def _model(self, wanted: Model, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Model:
        if (
            wanted is Model.NONE
            or len(varied(self._responses.scores)) < LEAST_ITEMS
            or len(self._responses.people) < LEAST_PEOPLE
        ):
            return Model.NONE
        if wanted is Model.AUTO:
            return Model.TWO_PL if np.median(counts) >= FOR_SLOPES else Model.RASCH
        return wanted


def _together(old: ItemStatistics, new: ItemStatistics) -> ItemStatistics:
    """Return shares and group means of both, by their responses; the parameters are together already."""
    total = old.responses + new.responses
    if old.p_micro is None or new.p_micro is None or not old.responses:
        return replace(new, irt=new.irt or old.irt, responses=total if old.irt else new.responses)

    def mean(first: int, second: int) -> int:
        return (2 * (first * old.responses + second * new.responses) + total) // (2 * total)

    groups = new.group_means_micro
    if len(old.group_means_micro) == len(groups):
        groups = tuple(map(mean, old.group_means_micro, groups))
    return ItemStatistics("", mean(old.p_micro, new.p_micro), total, new.irt or old.irt, groups)


def _micro(value: float) -> int:
    return round(float(value) * _MICRO)
