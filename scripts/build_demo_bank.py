"""Put the demo bank together: written items, computed items and figures become `question_bank/demo/bank.csv`.

Which letter is the best option's is dealt out evenly in every section; the others follow in an order drawn from the
item's id. The same sources always give the same file.

    python scripts/build_demo_bank.py           write the file
    python scripts/build_demo_bank.py --check   only say whether it is what the sources give
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from demo_bank_figural import figural_items
from demo_bank_numeric import numeric_items
from demo_bank_sources import Draft, written_items

BANK = Path(__file__).resolve().parent.parent / "question_bank" / "demo" / "bank.csv"
LABELS = "ABCDE"
HEADINGS = [
    *("ID", "Materi", "Topik", "Subtopik", "Tingkat", "Soal"),
    *(*LABELS, "Kunci", *(f"Bobot {label}" for label in LABELS)),
]
_SECTIONS = ("TWK", "TIU", "TKP")
_TOPICS = ("verbal", "numerik", "figural")


def drafts() -> list[Draft]:
    """Return all items, section by section."""
    found = [*written_items(), *numeric_items(), *figural_items()]
    return sorted(found, key=_place)


def _place(draft: Draft) -> tuple[int, int]:
    topic = _TOPICS.index(draft.topic) if draft.topic in _TOPICS else 0
    return _SECTIONS.index(draft.section), topic


def bank_text(items: Sequence[Draft]) -> str:
    """Return the bank as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(HEADINGS)
    best = _best_places(items)
    for draft in items:
        writer.writerow(_row(draft, best[draft.item_id]))
    return text.getvalue()


def _best_places(items: Sequence[Draft]) -> dict[str, int]:
    """Deal the places 0 to 4 out so that no section uses one more than once more often than another."""
    best: dict[str, int] = {}
    for section, count in Counter(draft.section for draft in items).items():
        places = [number % 5 for number in range(count)]
        random.Random(f"places {section}").shuffle(places)  # noqa: S311 - not a secret
        ours = [draft.item_id for draft in items if draft.section == section]
        best |= dict(zip(ours, places, strict=True))
    return best


def _row(draft: Draft, best: int) -> list[str]:
    order = list(range(1, 5))
    random.Random(draft.item_id).shuffle(order)  # noqa: S311 - not a secret
    order.insert(best, 0)
    key = "" if draft.is_graded else LABELS[best]
    grades = [str(5 - merit) if draft.is_graded else "" for merit in order]
    return [
        *(draft.item_id, draft.section, draft.topic, draft.subtopic, draft.level, draft.stem),
        *(draft.options[merit] for merit in order),
        *(key, *grades),
    ]


def main() -> int:
    """Write or check the file; return 0 if it is now what the sources give, else 1."""
    text = bank_text(drafts())
    is_current = BANK.exists() and BANK.read_text(encoding="utf-8") == text
    if "--check" in sys.argv[1:]:
        sys.stdout.write("current\n" if is_current else f"{BANK} is not what the sources give\n")
        return 0 if is_current else 1
    BANK.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{text.count(chr(10)) - 1} items\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
