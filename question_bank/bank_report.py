"""A bank that was read, told to a person: how headings were taken, what it holds, and what to do next."""

from __future__ import annotations

from collections import Counter

from question_bank.checking import key_positions
from question_bank.console import Console
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.reading import ReadBank

_MOST_ROWS_NAMED = 12


def describe_bank(console: Console, read: ReadBank) -> None:
    """Print the column map and what the good items are: counts by section and topic, keys, difficulty."""
    if read.columns:
        console.table(
            ("bank_heading_column", "bank_heading_field"),
            [(heading, field_name(console, field)) for heading, field in read.columns if heading or field],
        )
        console.line()
    if read.bank.items:
        console.table(
            (
                "bank_heading_section",
                "bank_heading_topic",
                "bank_heading_items",
                "bank_heading_keys",
                "bank_heading_difficulty",
            ),
            _section_rows(console, read.bank, read.keys, read.statistics),
        )
        console.line()
    drawings, files = drawing_count(read.bank), len(read.bank.media)
    if drawings or files:
        console.say("bank_pictures", drawings=drawings, files=files)


def drawing_count(bank: Bank) -> int:
    """Return how many drawings (inline SVG) stand in the items."""
    return sum(
        text.count("<svg ")
        for item in bank.items
        for text in (item.stem, *(each.html for each in item.options))
    )


def section_counts(bank: Bank) -> dict[str, int]:
    """Return how many items each section has, in the bank's order."""
    return dict(Counter(item.section for item in bank.items))


def field_name(console: Console, field: str) -> str:
    """Return what a person calls a field of the column map."""
    if not field:
        return console.text("bank_field_ignored")
    kind, _, letter = field.partition("_")
    return (
        console.text(f"bank_field_{kind}", letter=letter) if letter else console.text(f"bank_field_{field}")
    )


def rejected_rows(read: ReadBank) -> str:
    """Return the rows that were left out, the first of them by number and name."""
    names = [f"{each.row} ({each.item_id})" if each.item_id else str(each.row) for each in read.rejected]
    more = len(names) - _MOST_ROWS_NAMED
    return ", ".join(names[:_MOST_ROWS_NAMED]) + (f", … (+{more})" if more > 0 else "")


def _section_rows(
    console: Console, bank: Bank, keys: KeySheet, statistics: Statistics
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    positions = key_positions(bank, keys)
    for section, count in section_counts(bank).items():
        items = [item for item in bank.items if item.section == section]
        letters = positions.get(section, Counter())
        shown = " ".join(f"{letter} {letters[letter]}" for letter in sorted(letters))
        labels = Counter(
            statistics.items[each.item_id].label for each in items if each.item_id in statistics.items
        )
        difficulty = " / ".join(str(labels[label]) for label in ("easy", "medium", "hard")) if labels else "–"
        rows.append((section, "", str(count), shown or console.text("bank_graded"), difficulty))
        topics = Counter((item.topic, item.subtopic) for item in items)
        if set(topics) != {("", "")}:
            rows += [
                ("", " · ".join(filter(None, tags)) or console.text("bank_no_topic"), str(number), "", "")
                for tags, number in sorted(topics.items())
            ]
    return rows
