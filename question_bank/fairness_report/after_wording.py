"""The sentences and tables of the report after an exam session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.fairness_report.wording import ReportWords

_MOST_SEATS = 200


@dataclass(frozen=True, slots=True)
class AfterTable:
    """A table with its heading."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AfterPart:
    """One section: a sentence anybody understands, figures, and what was found."""

    title: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[AfterTable, ...]


def after_parts(content: Mapping[str, Any], words: ReportWords) -> list[AfterPart]:
    """Return the parts of the report in a language."""
    return [_part(each, words) for each in content["sections"]]


def _part(section: Mapping[str, Any], words: ReportWords) -> AfterPart:
    seats, figure = section["seats"], words.figure
    facts = [
        (words("after_people"), str(section["people"])),
        (words("after_mean"), f"{figure(section['mean'])} / {figure(section['deviation'])}"),
        (words("after_forms_sd"), f"{figure(seats['deviation'], 3)} / {figure(seats['error'], 3)}"),
        (words("after_largest"), figure(seats["largest"])),
        (words("after_flagged"), str(len(seats["flagged"]))),
        (words("after_detectable"), figure(section["detectable"])),
    ]
    if section["regression"] is not None:
        found = section["regression"]
        told = f"{figure(found['slope'])} ± {figure(found['error'])} (p = {figure(found['chance'])})"
        facts.append((words("after_regression"), told))
    facts += [
        (words("after_group", group=each["group"]), _power(each, words)) for each in section["differences"]
    ]
    title = f"{section['title']} ({section['code']})"
    return AfterPart(title, _summary(section, words), tuple(facts), tuple(_tables(section, words)))


def _tables(section: Mapping[str, Any], words: ReportWords) -> Iterator[AfterTable]:
    figure = words.figure
    measured = words("after_difference"), words("after_error")
    if flagged := section["seats"]["flagged"]:
        lines = [(name, figure(value), figure(error)) for name, value, error in flagged[:_MOST_SEATS]]
        yield AfterTable(words("after_flagged"), (words("after_person"), *measured), tuple(lines))
    for name in ("suspects", "drift"):
        if section[name]:
            items = tuple((str(each),) for each in section[name])
            yield AfterTable(words(f"after_{name}"), (words("report_item"),), items)
    for group in section["differences"]:
        if group["found"]:
            found = [
                (item, figure(value), figure(error), size) for item, value, error, size in group["found"]
            ]
            heads = (words("report_item"), *measured, words("after_size"))
            yield AfterTable(words("after_group_found", group=group["group"]), heads, tuple(found))


def _power(found: Mapping[str, Any], words: ReportWords) -> str:
    if not found["items"]:
        return words("after_group_few")
    shown = words.figure(found["detectable"])
    return words("after_group_told", items=found["items"], found=len(found["found"]), detectable=shown)


def _summary(section: Mapping[str, Any], words: ReportWords) -> str:
    flagged, look = len(section["seats"]["flagged"]), len(section["suspects"]) + len(section["drift"])
    shared: dict[str, object] = {"people": section["people"], "items": look, "seats": flagged}
    code = "after_summary_seats" if flagged else "after_summary_items" if look else "after_summary_calm"
    return words(code, section=section["title"], detectable=words.figure(section["detectable"]), **shared)
