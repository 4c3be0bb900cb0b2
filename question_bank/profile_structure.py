"""From a TOML table to a profile: its sections and blocks, and how they fit (design 13, "Profile")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from question_bank.blueprint import Block, Graded, Keyed, Quota, Section
from question_bank.profile_fields import Fields, Findings
from question_bank.profile_rules import (
    KnownSections,
    read_accommodations,
    read_policy,
    read_ranking,
    read_threshold_sets,
)
from question_bank.scoring_profile import Profile

_PROFILE_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_MOST_ITEMS = 1000
_MOST_DIGITS = 6


def read_structure(table: Mapping[str, Any], findings: Findings) -> Profile | None:
    """Return the profile, or None if `findings` holds any problem afterwards."""
    fields = Fields(table, (), findings)
    profile_id = fields.text("id")
    if profile_id is not None and not _PROFILE_ID.fullmatch(profile_id):
        findings.note("profile_bad_id", ("id",), value=profile_id)
    version = fields.whole("version", 1, 1_000_000)
    title = fields.text("title")
    decree = fields.text("decree")
    digits = fields.whole("digits", 0, _MOST_DIGITS, default=0)
    sections = _read_sections(fields)
    blocks = _read_blocks(fields, sections)
    threshold_sets = read_threshold_sets(fields, sections)
    accommodations = read_accommodations(fields, tuple(blocks), threshold_sets)
    ranking = read_ranking(fields, sections)
    policy = read_policy(fields)
    fields.finish()
    if findings.problems:
        return None
    return Profile(
        profile_id=cast("str", profile_id),
        version=cast("int", version),
        title=cast("str", title),
        decree=cast("str", decree),
        digits=cast("int", digits),
        sections=tuple(each for each in sections.by_code.values() if each is not None),
        blocks=tuple(each for each in blocks.values() if each is not None),
        threshold_sets=threshold_sets,
        accommodations=accommodations,
        ranking=ranking,
        policy=policy,
    )


def _read_sections(fields: Fields) -> KnownSections:
    by_code: dict[str, Section | None] = {}
    are_all_named = True
    for each in fields.tables("section", is_needed=True):
        code = each.code("code")
        section = _read_section(each, code or "?")
        if code is None:
            are_all_named = False
        elif code in by_code:
            each.findings.note("profile_duplicate", each.at("code"), value=code)
        else:
            by_code[code] = section
    return KnownSections(by_code, are_all_named=are_all_named and bool(by_code))


def _read_section(fields: Fields, code: str) -> Section | None:
    title = fields.text("title", default=code)
    items = fields.whole("items", 1, _MOST_ITEMS)
    rule = _read_rule(fields)
    quotas = _read_quotas(fields, code, items)
    fields.finish()
    if title is None or items is None or rule is None or quotas is None:
        return None
    return Section(code, title, items, rule, quotas)


def _read_rule(fields: Fields) -> Keyed | Graded | None:
    rule = fields.table("rule")
    if rule is None:
        if not fields.has("rule"):
            fields.findings.note("profile_rule_missing", fields.at("rule"))
        return None
    keyed, graded = rule.table("keyed"), rule.table("graded")
    rule.finish()
    if (keyed is None) == (graded is None):
        fields.findings.note("profile_rule_missing", rule.path)
        return None
    return _read_keyed(keyed) if keyed else _read_graded(cast("Fields", graded))


def _read_keyed(fields: Fields) -> Keyed | None:
    correct, wrong, blank = fields.points("correct"), fields.points("wrong", 0), fields.points("blank", 0)
    fields.finish()
    if correct is None or wrong is None or blank is None:
        return None
    if correct <= max(wrong, blank):
        fields.findings.note("profile_correct_not_best", fields.at("correct"))
        return None
    return Keyed(correct, wrong, blank)


def _read_graded(fields: Fields) -> Graded | None:
    minimum, maximum, blank = fields.points("min"), fields.points("max"), fields.points("blank", 0)
    fields.finish()
    if minimum is None or maximum is None or blank is None:
        return None
    if maximum <= max(minimum, blank):
        fields.findings.note("profile_max_not_best", fields.at("max"))
        return None
    return Graded(minimum, maximum, blank)


def _read_quotas(fields: Fields, section: str, items: int | None) -> tuple[Quota, ...] | None:
    before = len(fields.findings.problems)
    quotas: list[Quota] = []
    for each in fields.tables("quota"):
        topic, subtopic = each.text("topic"), each.text("subtopic", default="")
        count = each.whole("count", 1, _MOST_ITEMS)
        each.finish()
        if topic is not None and subtopic is not None and count is not None:
            quotas.append(Quota(topic, subtopic, count))
    _note_overlaps(fields, quotas)
    if len(fields.findings.problems) > before:
        return None
    total = sum(each.count for each in quotas)
    if quotas and items is not None and total != items:
        fields.findings.note(
            "profile_quota_sum", fields.at("items"), section=section, total=total, items=items
        )
    return tuple(quotas)


def _note_overlaps(fields: Fields, quotas: list[Quota]) -> None:
    """Note cells named twice, and topics counted both whole and by subtopic: no item may count for two quotas."""
    cells = Counter((each.topic, each.subtopic) for each in quotas)
    for (topic, subtopic), times in cells.items():
        if times > 1:
            name = f"{topic}, {subtopic}" if subtopic else topic
            fields.findings.note("profile_duplicate", fields.at("quota"), value=name)
    split = {each.topic for each in quotas if each.subtopic}
    for topic in sorted(split & {each.topic for each in quotas if not each.subtopic}):
        fields.findings.note("profile_quota_overlap", fields.at("quota"), topic=topic)


def _read_blocks(fields: Fields, sections: KnownSections) -> dict[str, Block | None]:
    """Return the blocks by code; None for one with a problem of its own."""
    blocks: dict[str, Block | None] = {}
    taken: dict[str, str] = {}
    are_all_listed = True
    for each in fields.tables("block", is_needed=True):
        code, allotted_ms, codes = each.code("code"), each.minutes("minutes"), each.codes("sections")
        each.finish()
        are_all_listed = are_all_listed and codes is not None
        sections.note_unknown(each.findings, each.at("sections"), codes or ())
        for section in codes or ():
            if section in taken:
                params = {"section": section, "first": taken[section], "second": code or "?"}
                each.findings.note("profile_section_twice", each.at("sections"), **params)
            taken.setdefault(section, code or "?")
        if code is not None and code in blocks:
            each.findings.note("profile_duplicate", each.at("code"), value=code)
        elif code is not None:
            is_whole = allotted_ms is not None and codes is not None
            blocks[code] = Block(code, allotted_ms or 0, codes or ()) if is_whole else None
    if are_all_listed and blocks:
        for number, section in enumerate(sections.by_code, start=1):
            if section not in taken:
                fields.findings.note("profile_section_unplaced", ("section", number), section=section)
    return blocks
