"""A problem with a file: a code, its place and parameters; translated at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: sheet, row (1-based, as a spreadsheet counts), column or field, and the item if known."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    item: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """Return only what is known, for `--json`."""
        known = {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "item": self.item,
        }
        return {name: value for name, value in known.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong (or worth a warning) in a file. `code` is the key of its message in the catalogue."""

    code: str
    place: Place = Place()
    params: Mapping[str, str | int] = field(default_factory=dict)
