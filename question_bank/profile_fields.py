"""Fields of a profile's TOML, taken one by one; everything wrong is noted with its path and the reading goes on."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from question_bank.blueprint import MICROPOINTS
from question_bank.problems import Place, Problem
from question_bank.profile_lines import Lines

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands: names, and 1-based numbers of repeated tables, as `("section", 2, "items")`."""

MILLISECONDS_PER_MINUTE = 60_000
_LONGEST_MINUTES = 24 * 60
_MOST_POINTS = 1_000_000
_LONGEST_CODE = 64
_DECIMAL = re.compile(r"(-?)(\d{1,7})(?:\.(\d{1,6}))?")


class Findings:
    """The problems found so far in one file."""

    def __init__(self, place: Place, lines: Lines) -> None:
        self._place = place
        self._lines = lines
        self.problems: list[Problem] = []

    def note(self, code: str, path: Path, **params: str | int) -> None:
        """Note a problem with the value at `path`."""
        place = Place(
            file=self._place.file,
            sheet=self._place.sheet,
            row=self._lines.row_of(path),
            column=path_text(path),
        )
        self.problems.append(Problem(code, place, params))

    def note_unknown(self, code: str, path: Path, name: str, known: Sequence[str]) -> None:
        """Note that `name` is not among `known`; the nearest one is offered under `<code>_near`."""
        near = nearest(name, known)
        if near:
            self.note(f"{code}_near", path, name=name, nearest=near)
        else:
            self.note(code, path, name=name, known=", ".join(known))


class Fields:
    """One TOML table. Each method takes one field and returns its value, or None after noting what is wrong."""

    def __init__(self, table: Mapping[str, Any], path: Path, findings: Findings) -> None:
        self._table = table
        self.path = path
        self.findings = findings
        self._asked: list[str] = []

    def at(self, name: str) -> Path:
        """Return the path of a field of this table."""
        return (*self.path, name)

    def has(self, name: str) -> bool:
        """Tell whether the table has this field; the field counts as known from now on."""
        self._asked.append(name)
        return name in self._table

    def text(self, name: str, default: str | None = None) -> str | None:
        """Take a text; without `default` it must be there and not be empty."""
        if not self._is_there(name, is_needed=default is None):
            return default
        value = self._table[name]
        if not isinstance(value, str) or (default is None and not value.strip()) or _has_control(value):
            self._note("profile_not_text", name)
            return None
        return unicodedata.normalize("NFC", value.strip())

    def code(self, name: str) -> str | None:
        """Take a short code such as `TWK`."""
        value = self.text(name)
        if value is not None and not is_code(value):
            self._note("profile_bad_code", name, longest=_LONGEST_CODE)
            return None
        return value

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int | None:
        """Take a whole number from `least` to `most`."""
        if not self._is_there(name, is_needed=default is None):
            return default
        value = self._table[name]
        if isinstance(value, bool) or not isinstance(value, int):
            self._note("profile_not_whole", name)
            return None
        if not least <= value <= most:
            self._note("profile_out_of_range", name, value=value, least=least, most=most)
            return None
        return value

    def points(self, name: str, default: int | None = None) -> int | None:
        """Take points, written as a whole number or a decimal string; returned in micropoints."""
        if not self._is_there(name, is_needed=default is None):
            return default
        value = micro(self._table[name])
        if value is None or abs(value) > _MOST_POINTS * MICROPOINTS:
            self._note("profile_not_points", name, value=_shown(self._table[name]))
            return None
        return value

    def minutes(self, name: str, *, may_be_zero: bool = False) -> int | None:
        """Take a duration in minutes, a whole number or a decimal string; returned in milliseconds."""
        if not self._is_there(name, is_needed=True):
            return None
        millis = minutes_to_ms(self._table[name])
        if millis is None or (millis == 0 and not may_be_zero):
            self._note("profile_not_minutes", name, value=_shown(self._table[name]), most=_LONGEST_MINUTES)
            return None
        return millis

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str | None:
        """Take one of the allowed words."""
        value = self.text(name, default)
        if value is not None and value not in allowed:
            self.findings.note_unknown("profile_not_allowed", self.at(name), value, allowed)
            return None
        return value

    def codes(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...] | None:
        """Take a list of different codes; without `default` it must be there and not be empty."""
        if not self._is_there(name, is_needed=default is None):
            return default
        value = self._table[name]
        if (
            not isinstance(value, list)
            or (default is None and not value)
            or not all(isinstance(each, str) and is_code(each.strip()) for each in value)
        ):
            self._note("profile_not_codes", name)
            return None
        codes = tuple(unicodedata.normalize("NFC", each.strip()) for each in value)
        for each in duplicates(codes):
            self._note("profile_duplicate", name, value=each)
            return None
        return codes

    def holds_table(self, name: str) -> bool:
        """Tell whether the field is there and is a table."""
        return isinstance(self._table.get(name), dict)

    def table(self, name: str) -> Fields | None:
        """Take a table; None if it is not there (which is no problem) or is something else (which is)."""
        if not self.has(name):
            return None
        value = self._table[name]
        if not isinstance(value, dict):
            self._note("profile_not_table", name)
            return None
        return Fields(value, self.at(name), self.findings)

    def tables(self, name: str, *, is_needed: bool = False) -> Iterator[Fields]:
        """Take a repeated table, as `[[section]]`."""
        if not self._is_there(name, is_needed=is_needed):
            return
        value = self._table[name]
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._note("profile_not_tables", name, name=name)
            return
        if is_needed and not value:
            self._note("profile_missing", name, name=name)
        for number, each in enumerate(value, start=1):
            yield Fields(each, (*self.path, name, number), self.findings)

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields of this table, and count them as known."""
        self._asked.extend(self._table)
        return tuple(self._table)

    def finish(self) -> None:
        """Note every field that nobody asked for: it is a slip of the pen, and would be ignored silently."""
        known = tuple(dict.fromkeys(self._asked))
        for name in self._table:
            if name not in known:
                self.findings.note_unknown("profile_unknown_key", self.at(name), name, known)

    def _is_there(self, name: str, *, is_needed: bool) -> bool:
        if self.has(name):
            return True
        if is_needed:
            self._note("profile_missing", name, name=name)
        return False

    def _note(self, code: str, field: str, /, **params: str | int) -> None:
        self.findings.note(code, self.at(field), **params)


def micro(value: object) -> int | None:
    """Return points as micropoints, exactly; None if `value` is neither a whole number nor a decimal string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value * MICROPOINTS
    match = _DECIMAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    sign, whole, fraction = match.groups()
    amount = int(whole) * MICROPOINTS + int((fraction or "").ljust(6, "0"))
    return -amount if sign else amount


def minutes_to_ms(value: object) -> int | None:
    """Return minutes as milliseconds; None if not a number of minutes from 0 to 24 hours in whole milliseconds."""
    amount = micro(value)
    if amount is None or not 0 <= amount <= _LONGEST_MINUTES * MICROPOINTS:
        return None
    millis, rest = divmod(amount * MILLISECONDS_PER_MINUTE, MICROPOINTS)
    return None if rest else millis


def nearest(name: str, known: Sequence[str]) -> str:
    """Return the name that was probably meant, or an empty text."""
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=1)
    return by_folded[found[0]] if found else ""


def is_code(value: str) -> bool:
    """Tell whether `value` can be a code: not empty, not too long, on one line, no space around it."""
    return 0 < len(value) <= _LONGEST_CODE and value == value.strip() and not _has_control(value)


def duplicates(values: Sequence[str]) -> tuple[str, ...]:
    """Return what occurs more than once, each once, in order."""
    return tuple(dict.fromkeys(each for at, each in enumerate(values) if each in values[:at]))


def path_text(path: Path) -> str:
    """Return a path as people read it: `section[2].items`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _has_control(value: str) -> bool:
    return any(unicodedata.category(each) == "Cc" for each in value)


def _shown(value: object) -> str:
    return str(value)[:40]
