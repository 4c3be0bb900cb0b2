"""The score of one attempt: always computed from form, keys, responses and profile, never counted up.

How an item is scored (points are micropoints):

- An annulled item brings everybody the section's full marks for one item, answered or not.
- A blank response (`[]`, or nothing but space) brings the rule's `blank`: it is not a wrong answer.
- Keyed: the response equals the key -> `correct`, else `wrong`.
- Graded: the chosen option's own points. A response that is not exactly one graded option brings `blank`.

When a response equals a key: texts are compared in NFC, trimmed, inner space single, without regard to case. Choice,
multiple (stored sorted) and order: the same option ids in the same order. Match: the same pairs, in any order. An item
without options (text, numeric) accepts any one of the key's texts; two decimal numbers are compared by value, with
point or comma ("2,50" is "2.5"), without thousands separators. There is no partial credit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from question_bank.blueprint import Graded, Keyed
from question_bank.forms import Form, FormItem
from question_bank.items import ItemKey, KeySheet
from question_bank.points import points_text
from question_bank.scoring_profile import Profile, Threshold

__all__ = [
    "AttemptScore",
    "CheckedSum",
    "Marking",
    "SectionScore",
    "UnscorableError",
    "points_text",
    "score_attempt",
    "score_item",
]

_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(?:[.,][0-9]{1,40})?")


class UnscorableError(ValueError):
    """Form, keys, responses and profile do not belong together: a bug, or records that were tampered with."""


@dataclass(frozen=True, slots=True)
class SectionScore:
    """One section's score. `threshold` and `meets` are None where the category has none for this section alone."""

    code: str
    points: int
    maximum: int
    answered: int
    items: int
    threshold: int | None
    meets: bool | None


@dataclass(frozen=True, slots=True)
class CheckedSum:
    """One threshold of the participant's category, held against the sum of its sections; equality meets it."""

    sums: tuple[str, ...]
    minimum: int
    points: int
    meets: bool


@dataclass(frozen=True, slots=True)
class AttemptScore:
    """An attempt's score, sections in the paper's order. `meets_threshold` is None where none is set."""

    sections: tuple[SectionScore, ...]
    total: int
    maximum: int
    answered: int
    items: int
    meets_threshold: bool | None
    thresholds: tuple[CheckedSum, ...]


@dataclass(slots=True)
class _Sum:
    points: int = 0
    answered: int = 0
    items: int = 0


def score_attempt(
    profile: Profile,
    form: Form,
    keys: KeySheet,
    responses: Mapping[int, tuple[str, ...]],
    *,
    category: str = "",
    annulled: frozenset[str] = frozenset(),
) -> AttemptScore:
    """Score an attempt. `responses` are by position (1-based); a position without one is blank.

    Raises:
        UnscorableError: a response lies outside the form, a section is not the profile's, or a key is missing.
    """
    return Marking(profile, form, keys, category=category, annulled=annulled).score(responses)


class Marking:
    """One paper as it is marked again and again: an item is looked at anew only where its response is another one.

    Nothing is counted up: the score is the sum over all items, and the same whatever was marked before.
    """

    __slots__ = (
        "_annulled",
        "_category",
        "_form",
        "_is_answered",
        "_keys",
        "_marks",
        "_profile",
        "_rules",
        "_seen",
    )

    def __init__(
        self,
        profile: Profile,
        form: Form,
        keys: KeySheet,
        *,
        category: str = "",
        annulled: frozenset[str] = frozenset(),
    ) -> None:
        self._profile = profile
        self._form = form
        self._keys = keys
        self._category = category
        self._annulled = annulled
        self._rules = _rules_of(profile)
        places = len(form.items)
        self._seen: list[tuple[str, ...] | None] = [None] * places
        self._marks = [0] * places
        self._is_answered = bytearray(places)

    def score(self, responses: Mapping[int, tuple[str, ...]]) -> AttemptScore:
        """Score the paper with these responses by position (1-based); a position without one is blank.

        Raises:
            UnscorableError: as `score_attempt`.
        """
        self._mark(responses)
        sums = {code: _Sum() for code in self._rules}
        for item, points, is_answered in zip(self._form.items, self._marks, self._is_answered, strict=True):
            so_far = sums[item.section]
            so_far.points += points
            so_far.answered += is_answered
            so_far.items += 1
        checked = tuple(_check(each, sums) for each in self._profile.thresholds_for(self._category))
        sections = tuple(
            _section_score(code, each, each.items * self._rules[code].best, checked)
            for code, each in sums.items()
        )
        return AttemptScore(
            sections=sections,
            total=sum(each.points for each in sections),
            maximum=sum(each.maximum for each in sections),
            answered=sum(each.answered for each in sections),
            items=len(self._form.items),
            meets_threshold=all(each.meets for each in checked) if checked else None,
            thresholds=checked,
        )

    def _mark(self, responses: Mapping[int, tuple[str, ...]]) -> None:
        if any(not 1 <= position <= len(self._seen) for position in responses):
            raise UnscorableError("a response lies outside the form")
        for place, seen in enumerate(self._seen):
            response = responses.get(place + 1, ())
            if response == seen:
                continue
            item = self._form.items[place]
            rule = self._rules.get(item.section)
            if rule is None:
                raise UnscorableError(f"item {item.item_id}: section {item.section} is not in the profile")
            if item.item_id in self._annulled:
                self._marks[place] = rule.best
            else:
                self._marks[place] = score_item(rule, item, _key_of(item, self._keys), response)
            self._is_answered[place] = not is_blank(response)
            self._seen[place] = response


def _rules_of(profile: Profile) -> Mapping[str, Keyed | Graded]:
    """Return the rule of each section, in the paper's order."""
    rules = {section.code: section.rule for section in profile.sections}
    return {section.code: rules[section.code] for _, section in profile.paper_order()}


def score_item(rule: Keyed | Graded, item: FormItem, key: ItemKey, response: tuple[str, ...]) -> int:
    """Return one item's micropoints, by the rules at the head of this module.

    Raises:
        UnscorableError: the key is not of the kind that the section's rule needs.
    """
    if isinstance(rule, Graded):
        if not key.points:
            raise UnscorableError(f"item {item.item_id} has no points per option, but its section is graded")
        return key.points.get(response[0], rule.blank) if len(response) == 1 else rule.blank
    if not key.correct:
        raise UnscorableError(f"item {item.item_id} has no key, but its section is keyed")
    if is_blank(response):
        return rule.blank
    has_options = bool(item.options)
    return rule.correct if _equals_key(response, key.correct, has_options=has_options) else rule.wrong


def is_blank(response: tuple[str, ...]) -> bool:
    """Tell whether nothing was answered: no strings, or none with more than space in it."""
    return not response or not any(map(str.strip, response))


def _key_of(item: FormItem, keys: KeySheet) -> ItemKey:
    try:
        return keys.keys[item.item_id]
    except KeyError:
        raise UnscorableError(f"item {item.item_id} has no key") from None


def _equals_key(response: tuple[str, ...], correct: tuple[str, ...], *, has_options: bool) -> bool:
    given, wanted = [_plain(each) for each in response], [_plain(each) for each in correct]
    if not has_options:
        return len(given) == 1 and any(_is_same_text(given[0], each) for each in wanted)
    if all(" " in each for each in wanted):
        return sorted(given) == sorted(wanted)
    return given == wanted


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _is_same_text(given: str, wanted: str) -> bool:
    if given == wanted:
        return True
    if not (_DECIMAL.fullmatch(given) and _DECIMAL.fullmatch(wanted)):
        return False
    return Fraction(given.replace(",", ".")) == Fraction(wanted.replace(",", "."))


def _check(threshold: Threshold, sums: Mapping[str, _Sum]) -> CheckedSum:
    points = sum(sums[code].points for code in threshold.sums)
    return CheckedSum(threshold.sums, threshold.minimum, points, points >= threshold.minimum)


def _section_score(code: str, own: _Sum, maximum: int, checked: tuple[CheckedSum, ...]) -> SectionScore:
    alone = [each.minimum for each in checked if each.sums == (code,)]
    threshold = max(alone) if alone else None
    meets = None if threshold is None else own.points >= threshold
    return SectionScore(code, own.points, maximum, own.answered, own.items, threshold, meets)
