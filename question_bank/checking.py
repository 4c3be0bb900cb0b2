"""What is wrong with a bank beyond its single rows: against other banks, and against the rules of an exam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from question_bank.assembly.supply import shortages
from question_bank.blueprint import Graded
from question_bank.identity import fingerprint
from question_bank.items import Bank, Item, ItemKey, KeySheet, Statistics
from question_bank.points import points_text
from question_bank.problems import Place, Problem
from question_bank.scoring_profile import Profile

_ENOUGH_KEYS = 10
"""Below this many keyed items in a section an uneven spread says nothing."""


def check_bank(
    bank: Bank,
    keys: KeySheet,
    statistics: Statistics,  # noqa: ARG001 - calibrated banks will be checked by their statistics too
    profile: Profile | None = None,
    *,
    others: Sequence[Bank] = (),
    file: str = "",
) -> tuple[list[Problem], list[Problem]]:
    """Return problems and warnings.

    Args:
        bank: the items.
        keys: their keys.
        statistics: what is known of their difficulty.
        profile: the rules the bank should serve; None checks the bank alone.
        others: banks in which none of the items may occur already; the bank itself is skipped.
        file: the file's path, for places and for the commands that messages name.
    """
    name = PurePath(file).name
    problems = _in_other_banks(bank, others, name)
    warnings = _uneven_keys(bank, keys, name)
    if profile is not None:
        problems += shortages(bank, profile, file)
        problems += _against_rules(bank, keys, profile, name)
        warnings += _unknown_sections(bank, profile, name)
    return problems, warnings


def _in_other_banks(bank: Bank, others: Sequence[Bank], file: str) -> list[Problem]:
    known: dict[str, tuple[str, str]] = {}
    for other in others:
        if other.bank_id != bank.bank_id:
            for item in other.items:
                known.setdefault(fingerprint(item), (other.bank_id, item.item_id))
    found = ((item, known.get(fingerprint(item))) for item in bank.items) if known else ()
    return [
        Problem(
            "bank_item_in_other_bank", Place(file, item=item.item_id), {"bank": same[0], "other": same[1]}
        )
        for item, same in found
        if same
    ]


def _against_rules(bank: Bank, keys: KeySheet, profile: Profile, file: str) -> list[Problem]:
    rules = {section.code: section.rule for section in profile.sections}
    problems: list[Problem] = []
    for item in bank.items:
        rule = rules.get(item.section)
        key = keys.keys.get(item.item_id, ItemKey())
        if rule is None or item.is_retired:
            continue
        place = Place(file, item=item.item_id)
        if not isinstance(rule, Graded):
            if key.points:
                problems.append(
                    Problem("bank_graded_item_in_keyed_section", place, {"section": item.section})
                )
        elif not key.points:
            problems.append(Problem("bank_keyed_item_in_graded_section", place, {"section": item.section}))
        else:
            problems += _outside(item, key, rule, place)
    return problems


def _outside(item: Item, key: ItemKey, rule: Graded, place: Place) -> list[Problem]:
    outside = sorted({points for points in key.points.values() if not rule.minimum <= points <= rule.maximum})
    if not outside:
        return []
    params: dict[str, str | int] = {
        "section": item.section,
        "points": ", ".join(points_text(points) for points in outside),
        "minimum": points_text(rule.minimum),
        "maximum": points_text(rule.maximum),
    }
    return [Problem("bank_points_outside", place, params)]


def _unknown_sections(bank: Bank, profile: Profile, file: str) -> list[Problem]:
    known = {section.code for section in profile.sections}
    counts = Counter(item.section for item in bank.items if item.section not in known)
    return [
        Problem(
            "bank_section_unknown",
            Place(file=file),
            {"section": section, "count": count, "profile": profile.profile_id},
        )
        for section, count in sorted(counts.items())
    ]


def key_positions(bank: Bank, keys: KeySheet) -> dict[str, Counter[str]]:
    """Return how often each option letter (in the author's order) is the key, by section; graded items do not count."""
    positions: dict[str, Counter[str]] = {}
    for item in bank.items:
        for option_id in keys.keys.get(item.item_id, ItemKey()).correct:
            letter = chr(ord("A") + item.source_order.index(option_id))
            positions.setdefault(item.section, Counter())[letter] += 1
    return positions


def _uneven_keys(bank: Bank, keys: KeySheet, file: str) -> list[Problem]:
    warnings: list[Problem] = []
    for section, letters in sorted(key_positions(bank, keys).items()):
        count = letters.total()
        letter, share = max(sorted(letters.items()), key=lambda each: each[1])
        options = max(len(item.options) for item in bank.items if item.section == section)
        if count >= _ENOUGH_KEYS and share * options > 2 * count:
            params: dict[str, str | int] = {
                "section": section,
                "letter": letter,
                "share": share,
                "count": count,
            }
            warnings.append(Problem("bank_key_positions_uneven", Place(file=file), params))
    return warnings
