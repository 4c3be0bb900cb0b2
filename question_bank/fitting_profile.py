"""A generic profile that fits a bank as it is: its sections, counts it can serve, rules as its keys suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from question_bank.blueprint import MICROPOINTS, Block, Graded, Keyed, Section
from question_bank.items import Bank, Item, ItemKey, KeySheet
from question_bank.problems import Place, Problem
from question_bank.profile_fields import MILLISECONDS_PER_MINUTE, is_code
from question_bank.scoring_profile import Profile

BLOCK_CODE = "utama"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the new profile is to be called and, where given, how many items and minutes it has.

    Without `items` a paper takes half of each section, so that papers differ; without `minutes`, a minute an item.
    """

    profile_id: str
    title: str
    decree: str
    items: int | None = None
    minutes: int | None = None


def fitting_profile(bank: Bank, keys: KeySheet, wanted: Wanted) -> tuple[Profile | None, list[Problem]]:
    """Return a profile that `bank` can serve, or None and every reason why there is none.

    A keyed item is worth as much as the best option of the graded ones, else one point. Items that exclude each other
    are not counted together.
    """
    in_use = [each for each in bank.items if not each.is_retired]
    by_section: dict[str, list[Item]] = {}
    for item in in_use:
        by_section.setdefault(item.section, []).append(item)
    if not by_section:
        return None, [Problem("profile_bank_empty")]
    graded = [keys.keys[each.item_id] for each in in_use if keys.keys[each.item_id].points]
    worth = max((point for key in graded for point in key.points.values()), default=MICROPOINTS)
    problems: list[Problem] = []
    rules = {code: _rule(code, items, keys, worth, problems) for code, items in by_section.items()}
    room = {code: len(_compatible(items)) for code, items in by_section.items()}
    counts = _counts(room, wanted.items, problems)
    if problems:
        return None, problems
    sections = tuple(
        Section(code, code, counts[code], rule) for code, rule in rules.items() if rule is not None
    )
    minutes = wanted.minutes or sum(counts.values())
    return (
        Profile(
            profile_id=wanted.profile_id,
            version=1,
            title=wanted.title,
            decree=wanted.decree,
            blocks=(Block(BLOCK_CODE, minutes * MILLISECONDS_PER_MINUTE, tuple(by_section)),),
            sections=sections,
        ),
        [],
    )


def serves_every_item(profile: Profile, bank: Bank) -> bool:
    """Tell whether a paper takes all there is in some section: then papers differ there by order only."""
    available: dict[str, list[Item]] = {}
    for each in bank.items:
        if not each.is_retired:
            available.setdefault(each.section, []).append(each)
    return any(section.items >= len(_compatible(available[section.code])) for section in profile.sections)


def _rule(
    code: str, items: Sequence[Item], keys: KeySheet, worth: int, problems: list[Problem]
) -> Keyed | Graded | None:
    of_section: list[ItemKey] = [keys.keys[each.item_id] for each in items]
    graded = [each for each in of_section if each.points]
    if not is_code(code):
        problems.append(Problem("profile_bank_section_name", Place(), {"section": code[:40]}))
    if graded and len(graded) < len(of_section):
        params: dict[str, str | int] = {
            "section": code,
            "graded": len(graded),
            "keyed": len(of_section) - len(graded),
        }
        problems.append(Problem("profile_bank_mixed", Place(), params))
        return None
    if not graded:
        return Keyed(max(worth, 1))
    points = [point for key in graded for point in key.points.values()]
    if max(points) <= 0:
        problems.append(Problem("profile_bank_no_points", Place(), {"section": code}))
        return None
    return Graded(min(points) if min(points) < max(points) else 0, max(points))


def _compatible(items: Sequence[Item]) -> list[Item]:
    """Return items that may all stand on one paper: nobody's enemy is among them."""
    taken: list[Item] = []
    names: set[str] = set()
    shunned: set[str] = set()
    for each in sorted(items, key=lambda item: item.item_id):
        if each.item_id not in shunned and names.isdisjoint(each.enemies):
            taken.append(each)
            names.add(each.item_id)
            shunned.update(each.enemies)
    return taken


def _counts(room: dict[str, int], items: int | None, problems: list[Problem]) -> dict[str, int]:
    """Share `items` out over the sections in proportion to what each has, at least one each."""
    if items is None:
        return {code: (available + 1) // 2 for code, available in room.items()}
    total = sum(room.values())
    if not len(room) <= items <= total:
        params: dict[str, str | int] = {"items": items, "least": len(room), "most": total}
        problems.append(Problem("profile_bank_items", Place(), params))
        return dict(room)
    counts = {code: max(1, items * available // total) for code, available in room.items()}
    while (rest := items - sum(counts.values())) != 0:
        step = 1 if rest > 0 else -1
        open_codes = [
            code for code in counts if (counts[code] < room[code] if rest > 0 else counts[code] > 1)
        ]
        neediest = max(open_codes, key=lambda code: step * (items * room[code] - counts[code] * total))
        counts[neediest] += step
    return counts
