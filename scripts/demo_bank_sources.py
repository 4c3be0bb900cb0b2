"""The demo bank's written items: one text file per topic in `demo_bank/`, best option first.

A file begins with `materi:`, `topik:` and perhaps `subtopik:`. Each item is `@ ID LEVEL [SUBTOPIC]`, the lines of
the stem (a backslash alone is an empty line), then either `= key` and four `- wrong`, or the grades `5` to `1`, an option
behind each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "demo_bank"
_KEYED = ("=", "-", "-", "-", "-")
_GRADED = ("5", "4", "3", "2", "1")


@dataclass(frozen=True, slots=True)
class Draft:
    """An item before its options have places. `options` runs from the best to the worst; `level` is an estimate."""

    item_id: str
    section: str
    topic: str
    subtopic: str
    level: str
    stem: str
    options: tuple[str, ...]
    is_graded: bool = False


def written_items(folder: Path = FOLDER) -> list[Draft]:
    """Return the items of all files, by section and file.

    Raises:
        ValueError: a file is not in the form described above; the message names the item.
    """
    return [draft for path in sorted(folder.glob("*.txt")) for draft in _read(path)]


def _read(path: Path) -> Iterator[Draft]:
    head, *blocks = path.read_text(encoding="utf-8").split("\n@ ")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if line)
    for block in blocks:
        title, *lines = block.rstrip().splitlines()
        item_id, level, *subtopic = title.split(" ", 2)
        signs = tuple(line[0] for line in lines[-5:])
        if signs not in {_KEYED, _GRADED} or len(lines) < 6:
            raise ValueError(f"{path.name}, {item_id}: not one key and four wrong options, nor grades 5 to 1")
        stem = "<br>".join("" if line == "\\" else line for line in lines[:-5])
        yield Draft(
            item_id,
            fields["materi"],
            fields["topik"],
            subtopic[0] if subtopic else fields.get("subtopik", ""),
            level,
            stem,
            tuple(line[2:] for line in lines[-5:]),
            signs == _GRADED,
        )
