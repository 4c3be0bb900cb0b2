"""Thresholds, accommodations, ranking and policy of a profile, read and held against its sections and blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from question_bank.blueprint import Section
from question_bank.points import points_text
from question_bank.profile_fields import Fields, Findings, Path
from question_bank.scoring_profile import (
    EVERY_CATEGORY,
    TWO_PERSON_ACTIONS,
    Accommodation,
    KioskBinding,
    LateStart,
    Masking,
    Policy,
    Ranking,
    RankingOrder,
    Scoreboard,
    Threshold,
    ThresholdSet,
)

_LONGEST_S = 24 * 3600
_MOST_VACANCY_FACTOR = 1000


@dataclass(frozen=True, slots=True)
class KnownSections:
    """The sections read so far by code; None for one with a problem of its own.

    Unless `are_all_named`, an unknown code may be that of a section whose own code could not be read.
    """

    by_code: Mapping[str, Section | None]
    are_all_named: bool

    def note_unknown(self, findings: Findings, path: Path, codes: Sequence[str]) -> None:
        """Note every code that no section has."""
        for code in codes:
            if self.are_all_named and code not in self.by_code:
                findings.note_unknown("profile_unknown_section", path, code, tuple(self.by_code))

    def maximum(self, codes: Sequence[str]) -> int | None:
        """Return the highest possible sum of these sections in micropoints; None if that cannot be said yet."""
        sections = [self.by_code.get(code) for code in codes]
        return sum(each.maximum for each in sections if each) if all(sections) else None


def read_threshold_sets(fields: Fields, sections: KnownSections) -> tuple[ThresholdSet, ...]:
    """Read `[[threshold_set]]`; each category may stand in one set only."""
    sets: list[ThresholdSet] = []
    taken: set[str] = set()
    for each in fields.tables("threshold_set"):
        categories = each.codes("categories") or ()
        for category in categories:
            if category in taken:
                each.findings.note("profile_category_twice", each.at("categories"), category=category)
            taken.add(category)
        every = tuple(_read_threshold(row, sections) for row in each.tables("all", is_needed=True))
        each.finish()
        sets.append(ThresholdSet(categories, tuple(row for row in every if row is not None)))
    return tuple(sets)


def _read_threshold(fields: Fields, sections: KnownSections) -> Threshold | None:
    sums, minimum = fields.codes("sum"), fields.points("min")
    fields.finish()
    sections.note_unknown(fields.findings, fields.at("sum"), sums or ())
    if sums is None or minimum is None:
        return None
    maximum = sections.maximum(sums)
    if maximum is not None and minimum > maximum:
        params = {"minimum": points_text(minimum), "maximum": points_text(maximum), "sum": " + ".join(sums)}
        fields.findings.note("profile_threshold_too_high", fields.at("min"), **params)
    return Threshold(sums, minimum)


def read_accommodations(
    fields: Fields, blocks: tuple[str, ...], threshold_sets: Sequence[ThresholdSet]
) -> tuple[Accommodation, ...]:
    """Read `[[accommodation]]`: `add_minutes` is one number with one block, else a table by block code.

    Where the threshold sets name every category there is, `categories` must be among them.
    """
    named = tuple(category for each in threshold_sets for category in each.categories)
    found: dict[str, Accommodation] = {}
    for each in fields.tables("accommodation"):
        code = each.code("code")
        title = each.text("title", default=code or "?")
        add_ms = _read_added(each, blocks)
        categories = each.codes("categories", default=()) or ()
        for category in categories:
            if named and EVERY_CATEGORY not in named and category not in named:
                each.findings.note_unknown("profile_unknown_category", each.at("categories"), category, named)
        each.finish()
        if code is not None and code in found:
            each.findings.note("profile_duplicate", each.at("code"), value=code)
        elif code is not None:
            found[code] = Accommodation(code, title or code, add_ms, categories)
    return tuple(found.values())


def _read_added(fields: Fields, blocks: tuple[str, ...]) -> tuple[int, ...]:
    if fields.holds_table("add_minutes"):
        by_block = cast("Fields", fields.table("add_minutes"))
        added: dict[str, int] = {}
        for name in by_block.names():
            if blocks and name not in blocks:
                by_block.findings.note_unknown("profile_unknown_block", by_block.at(name), name, blocks)
            added[name] = by_block.minutes(name, may_be_zero=True) or 0
        return tuple(added.get(block, 0) for block in blocks)
    millis = fields.minutes("add_minutes", may_be_zero=True)
    if len(blocks) > 1 and millis is not None:
        fields.findings.note("profile_add_by_block", fields.at("add_minutes"), blocks=", ".join(blocks))
    return (millis or 0,)


def read_ranking(fields: Fields, sections: KnownSections) -> Ranking:
    """Read `[ranking]`; without it everybody is ranked by total alone."""
    table = fields.table("ranking")
    if table is None:
        return Ranking()
    order = table.choice("order", get_args(RankingOrder), "total")
    tie = table.codes("tie", default=()) or ()
    factor = table.whole("factor", 0, _MOST_VACANCY_FACTOR, default=0)
    table.finish()
    sections.note_unknown(table.findings, table.at("tie"), tie)
    return Ranking(cast("RankingOrder", order), tie, factor or 0)


def read_policy(fields: Fields) -> Policy:
    """Read `[policy]`; what is not written there keeps its careful default."""
    usual = Policy()
    table = fields.table("policy")
    if table is None:
        return usual
    two_person = table.codes("two_person", default=usual.two_person) or ()
    for action in two_person:
        if action not in TWO_PERSON_ACTIONS:
            path = table.at("two_person")
            table.findings.note_unknown("profile_not_allowed", path, action, TWO_PERSON_ACTIONS)
    policy = Policy(
        offline_grace_s=_seconds(table, "offline_grace_s", usual.offline_grace_s),
        late_start=cast("LateStart", table.choice("late_start", get_args(LateStart), usual.late_start)),
        registration_cutoff_s=_seconds(table, "registration_cutoff_s", usual.registration_cutoff_s),
        scoreboard=cast("Scoreboard", table.choice("scoreboard", get_args(Scoreboard), usual.scoreboard)),
        scoreboard_delay_s=_seconds(table, "scoreboard_delay_s", usual.scoreboard_delay_s),
        masking=cast("Masking", table.choice("masking", get_args(Masking), usual.masking)),
        two_person=two_person,
        kiosk_binding=cast(
            "KioskBinding", table.choice("kiosk_binding", get_args(KioskBinding), usual.kiosk_binding)
        ),
    )
    table.finish()
    return policy


def _seconds(fields: Fields, name: str, usual: int) -> int:
    return fields.whole(name, 0, _LONGEST_S, default=usual) or 0
