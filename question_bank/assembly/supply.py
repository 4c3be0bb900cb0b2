"""What a blueprint asks of a bank, and where the bank falls short, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from question_bank.blueprint import Quota, Section
from question_bank.items import Bank, Item
from question_bank.problems import Place, Problem
from question_bank.scoring_profile import Profile


@dataclass(frozen=True, slots=True)
class Demand:
    """Exactly `count` items of every form come from `items` (in the order of their ids)."""

    section: str
    quota: Quota | None
    count: int
    items: tuple[Item, ...]


def demands(bank: Bank, profile: Profile) -> Iterator[Demand]:
    """Yield what each section (or each of its quotas) asks, with the items that can serve it, in the paper's order."""
    for _, section in profile.paper_order():
        usable = tuple(
            sorted(
                (each for each in bank.items if each.section == section.code and not each.is_retired),
                key=lambda item: item.item_id,
            )
        )
        if not section.quotas:
            yield Demand(section.code, None, section.items, usable)
        for quota in section.quotas:
            yield Demand(section.code, quota, quota.count, _matching(usable, section, quota))


def shortages(bank: Bank, profile: Profile, file: str = "") -> list[Problem]:
    """Return a problem for every demand that the bank cannot meet; `file` is the path that the remedy names."""
    problems: list[Problem] = []
    for _, section in profile.paper_order():
        usable = [each for each in bank.items if each.section == section.code and not each.is_retired]
        params: dict[str, str | int] = {"section": section.code, "file": file, "available": len(usable)}
        if len(usable) < section.items:
            problems.append(_problem("bank_section_too_few", file, {**params, "needed": section.items}))
        untagged = sum(1 for each in usable if not each.topic)
        if section.quotas and untagged:
            problems.append(_problem("bank_topics_missing", file, {**params, "count": untagged}))
    for demand in demands(bank, profile):
        if demand.quota and len(demand.items) < demand.count:
            code = "bank_subtopic_too_few" if demand.quota.subtopic else "bank_topic_too_few"
            lacking: dict[str, str | int] = {
                "section": demand.section,
                "topic": demand.quota.topic,
                "subtopic": demand.quota.subtopic,
                "needed": demand.count,
                "available": len(demand.items),
                "file": file,
            }
            problems.append(_problem(code, file, lacking))
    return problems


def _problem(code: str, file: str, params: dict[str, str | int]) -> Problem:
    return Problem(code, Place(file=PurePath(file).name), params)


def _matching(usable: tuple[Item, ...], section: Section, quota: Quota) -> tuple[Item, ...]:
    """Return the items of a quota; one without a subtopic leaves to the others what they name."""
    named = {
        _fold(each.subtopic)
        for each in section.quotas
        if each.subtopic and _fold(each.topic) == _fold(quota.topic)
    }
    of_topic = (each for each in usable if _fold(each.topic) == _fold(quota.topic))
    if quota.subtopic:
        return tuple(each for each in of_topic if _fold(each.subtopic) == _fold(quota.subtopic))
    return tuple(each for each in of_topic if _fold(each.subtopic) not in named)


@lru_cache(maxsize=4096)
def _fold(tag: str) -> str:
    return " ".join(tag.casefold().split())
