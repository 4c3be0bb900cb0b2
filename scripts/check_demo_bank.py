"""Check the demo bank: its answers, its form, and whether anything gives its keys away.

Whatever can be computed is (`demo_bank_answers.py`). Then counts per topic, unique stems and options, grades 1
to 5 once each, keys spread evenly over the positions, and the best option not to be guessed by its length.

    python scripts/check_demo_bank.py [FILE]
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from pathlib import Path

from demo_bank_answers import LABELS, Row, computed_answer, options

BANK = Path(__file__).resolve().parent.parent / "question_bank" / "demo" / "bank.csv"

LEAST = {
    "TWK": dict.fromkeys(
        ("nasionalisme", "integritas", "bela negara", "pilar negara", "bahasa indonesia"), 20
    ),
    "TIU": {
        **dict.fromkeys(("verbal/analogi", "verbal/silogisme", "verbal/analitis"), 14),
        **dict.fromkeys(("numerik/berhitung", "numerik/deret"), 14),
        **dict.fromkeys(("numerik/perbandingan", "numerik/soal cerita"), 11),
        **dict.fromkeys(("figural/analogi", "figural/ketidaksamaan", "figural/serial"), 11),
    },
    "TKP": {
        **dict.fromkeys(("pelayanan publik", "jejaring kerja", "sosial budaya"), 26),
        **dict.fromkeys(("tik", "profesionalisme", "anti radikalisme"), 23),
    },
}
"""By section and topic: how many items three SKD forms need, and a few more."""


def load(path: Path) -> list[Row]:
    """Read the bank's rows by heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def keyed_option(row: Row) -> str:
    """Return the text of the key of a keyed item."""
    return row[row["Kunci"]]


def check_answers(rows: list[Row]) -> list[str]:
    """Complain about keys that a computation contradicts, and about items that should be computed but are not."""
    complaints = []
    for row in rows:
        must = row["Topik"] in {"numerik", "figural"} or row["Subtopik"] in {"silogisme", "analitis"}
        try:
            answer = computed_answer(row) if row["Materi"] == "TIU" else None
        except ValueError as problem:
            complaints.append(f"{row['ID']}: {problem}")
            continue
        if answer is None and must:
            complaints.append(f"{row['ID']}: nobody has computed this one")
        elif answer is not None and answer != keyed_option(row):
            complaints.append(f"{row['ID']}: the key says {keyed_option(row)}, the computation {answer}")
    return complaints


def _row_complaints(row: Row) -> list[str]:
    """Complain about one item's options, key, grades, difficulty and typography."""
    words = re.sub("<[^>]*>", "", " ".join([row["Soal"], *options(row)]))
    texts, grades = options(row), [row[f"Bobot {label}"] for label in LABELS]
    if row["Materi"] == "TKP":
        is_marked = sorted(grades) == ["1", "2", "3", "4", "5"] and not row["Kunci"]
    else:
        is_marked = row["Kunci"] in set(LABELS) and not any(grades)
    wrong = {
        "neither one key nor grades 1 to 5 once each": not is_marked,
        "options are not five different ones": len({text.casefold() for text in texts} - {""}) != 5,
        "unknown difficulty": row["Tingkat"] not in {"mudah", "sedang", "sulit"},
        "typewriter signs": any(sign in words for sign in ("'", '"', "...")),
    }
    return [f"{row['ID']}: {what}" for what, is_wrong in wrong.items() if is_wrong]


def check_form(rows: list[Row]) -> list[str]:
    """Complain about counts, ids, stems, options, keys and grades that are not as they should be."""
    complaints = []
    for section, topics in LEAST.items():
        counted = Counter(_topic(row) for row in rows if row["Materi"] == section)
        complaints += [
            f"{section}: {counted[topic]} items on {topic}, {least} are needed"
            for topic, least in topics.items()
            if counted[topic] < least
        ]
        complaints += [f"{section}: unknown topic {topic}" for topic in counted.keys() - topics.keys()]
    whole = {row["ID"]: (row["Soal"], *sorted(options(row))) for row in rows}
    for what, texts in (("ID", [row["ID"] for row in rows]), ("Item", [*whole.values()])):
        complaints += [f"{what} occurs twice: {text}" for text, times in Counter(texts).items() if times > 1]
    return complaints + [complaint for row in rows for complaint in _row_complaints(row)]


def _topic(row: Row) -> str:
    return f"{row['Topik']}/{row['Subtopik']}" if row["Materi"] == "TIU" else row["Topik"]


def best_position(row: Row) -> int:
    """Return the place (0 to 4) of the key, or of the option with the highest grade."""
    if row["Kunci"]:
        return LABELS.index(row["Kunci"])
    return max(range(5), key=lambda place: int(row[f"Bobot {LABELS[place]}"]))


def check_giveaways(rows: list[Row]) -> list[str]:
    """Complain if a position or the length of an option points at the best answer."""
    complaints = []
    for section in LEAST:
        ours = [row for row in rows if row["Materi"] == section]
        worded = [row for row in ours if row["Topik"] != "figural"]
        spread = Counter(map(best_position, ours))
        if max(spread.values()) - min(spread.get(place, 0) for place in range(5)) > len(ours) * 0.05:
            complaints.append(f"{section}: keys lie unevenly: {dict(spread)}")
        for name, pick in (("longest", max), ("shortest", min)):
            hits = sum(
                [len(text) for text in options(row)].count(length) == 1
                and len(options(row)[best_position(row)]) == length
                for row in worded
                for length in [pick(map(len, options(row)))]
            )
            if hits > len(worded) * 0.4:
                complaints.append(f"{section}: the {name} option is best in {hits} of {len(worded)} items")
    return complaints


def check(path: Path = BANK) -> list[str]:
    """Return every complaint about the bank in `path`."""
    rows = load(path)
    return check_form(rows) + check_answers(rows) + check_giveaways(rows)


def main() -> int:
    """Print the complaints; return 0 if there are none, else 1."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else BANK
    complaints = check(path)
    rows = load(path)
    computed = (
        sum(row["Materi"] == "TIU" and computed_answer(row) is not None for row in rows)
        if not complaints
        else 0
    )
    for complaint in complaints:
        sys.stdout.write(complaint + "\n")
    sys.stdout.write(f"{len(rows)} items, {computed} answers computed, {len(complaints)} complaints\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
