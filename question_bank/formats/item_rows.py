"""One row of a table: an item with its key, or everything that is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from question_bank.formats.column_map import LETTERS, ColumnMap
from question_bank.formats.item_values import (
    difficulty_of,
    fixes_the_order,
    key_letters,
    points_of,
    yes_or_no,
)
from question_bank.formats.table import Row
from question_bank.markup import plain
from question_bank.media import MediaFolder
from question_bank.pictures import PLACE_MARKS, clean_with_pictures
from question_bank.problems import Place, Problem

LONGEST_STEM = 20_000
LONGEST_OPTION = 5_000
LONGEST_TAG = 120
"""Characters of a section, topic or subtopic."""
ASSUMED_SECTION = "UMUM"
"""The section of every item of a file that has no section column."""
_SECTION_NAMES = {
    "tes wawasan kebangsaan": "TWK",
    "wawasan kebangsaan": "TWK",
    "tes intelegensia umum": "TIU",
    "tes intelegensi umum": "TIU",
    "tes inteligensia umum": "TIU",
    "tes inteligensi umum": "TIU",
    "intelegensia umum": "TIU",
    "tes karakteristik pribadi": "TKP",
    "karakteristik pribadi": "TKP",
    **{code.lower(): code for code in ("TWK", "TIU", "TKP")},
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a good row says. Options and points are by letter; `letters` is the key of a keyed item."""

    row: Row
    source_id: str
    section: str
    topic: str
    subtopic: str
    stem: str
    options: Mapping[str, str]
    letters: tuple[str, ...]
    points: Mapping[str, int]
    label: str
    shuffle: bool
    enemies: tuple[str, ...]


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one table; collects problems and warnings, with their places, in the order of rows."""

    file: str
    sheet: str
    columns: ColumnMap
    pictures: MediaFolder
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    _row: Row = field(default_factory=lambda: Row(0, ()))
    _headings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._headings = {name: heading for heading, name in self.columns.headings if name}

    def read(self, row: Row) -> Draft | None:
        """Return the row's item; None where it has a problem (each is noted) or no content."""
        self._row = row
        before = len(self.problems)
        stem = self._html("stem", LONGEST_STEM)
        options = self._options()
        points = self._points(options)
        key = self.columns.cell(row, "key")
        if not (stem or options or points or key):
            self._warn("bank_row_empty")
            return None
        if not plain(stem) and not self._has_problem("stem", before):
            self._problem("bank_stem_missing", "stem")
        letters = self._key(key, options, points)
        draft = Draft(
            row=row,
            source_id=self.columns.cell(row, "id"),
            section=self._section(),
            topic=self._tag("topic"),
            subtopic=self._tag("subtopic"),
            stem=stem,
            options=options,
            letters=letters,
            points=points,
            label=self._difficulty(),
            shuffle=self._shuffle(options),
            enemies=tuple(
                sorted(set(self.columns.cell(row, "enemies").replace(";", ",").replace(",", " ").split()))
            ),
        )
        return draft if len(self.problems) == before else None

    def place(self, row: Row, name: str = "") -> Place:
        """Return the place of a field of `row`."""
        return Place(
            self.file, self.sheet, row.number, self._headings.get(name, ""), self.columns.cell(row, "id")
        )

    def _problem(self, code: str, name: str, **params: str | int) -> None:
        self.problems.append(Problem(code, self.place(self._row, name), params))

    def _warn(self, code: str, name: str = "", **params: str | int) -> None:
        self.warnings.append(Problem(code, self.place(self._row, name), params))

    def _has_problem(self, name: str, since: int) -> bool:
        return any(each.place.column == self._headings.get(name) for each in self.problems[since:])

    def _text(self, name: str, longest: int) -> str:
        text = self._readable(name)
        return text if self._is_short(name, len(text), longest) else ""

    def _is_short(self, name: str, length: int, longest: int) -> bool:
        if length > longest:
            self._problem("bank_text_too_long", name, length=length, longest=longest)
        return length <= longest

    def _readable(self, name: str) -> str:
        text = self.columns.cell(self._row, name)
        hidden = sorted({f"U+{ord(each):04X}" for each in text if _is_control(each)})
        if hidden:
            self._problem("bank_control_character", name, characters=", ".join(hidden))
            return ""
        if "\ufffd" in text:
            self._warn("bank_text_broken", name)
        return text

    def _html(self, name: str, longest: int) -> str:
        pictured = clean_with_pictures(self._readable(name), self.pictures.find)
        if not self._is_short(name, pictured.text_length, longest):
            return ""
        for code, params in pictured.faults:
            self._problem(code, name, **params)
        for code, params in pictured.doubts:
            self._warn(code, name, **params)
        self.media |= pictured.media
        cleaned = pictured.cleaned
        if cleaned.images:
            self._problem("bank_image_refused", name, tags=", ".join(cleaned.images))
        if cleaned.removed:
            self._warn("bank_markup_removed", name, tags=", ".join(cleaned.removed))
        return cleaned.html

    def _tag(self, name: str) -> str:
        return " ".join(unicodedata.normalize("NFC", self._text(name, LONGEST_TAG)).split())

    def _section(self) -> str:
        if "section" not in self.columns.columns:
            return ASSUMED_SECTION
        section = self._tag("section")
        if not section and not self.columns.cell(self._row, "section"):
            self._problem("bank_section_missing", "section")
        return _SECTION_NAMES.get(section.casefold(), section)

    def _options(self) -> dict[str, str]:
        before = len(self.problems)
        options = {letter: self._html(f"option_{letter}", LONGEST_OPTION) for letter in self.columns.options}
        if len(self.problems) > before:
            return options
        filled = {letter: html for letter, html in options.items() if plain(html)}
        last = max((LETTERS.index(letter) for letter in filled), default=-1)
        missing = [letter for letter in LETTERS[: last + 1] if letter not in filled]
        if missing:
            self._problem(
                "bank_option_gap", f"option_{missing[0]}", missing=", ".join(missing), last=LETTERS[last]
            )
        elif len(filled) < 2 and self._row_has_content():
            self._problem("bank_too_few_options", "option_A", options=len(filled))
        seen: dict[str, str] = {}
        for letter, html in filled.items():
            first = seen.setdefault(" ".join(html.split()), letter)
            if first != letter:
                self._problem("bank_options_equal", f"option_{letter}", first=first, second=letter)
        return filled

    def _row_has_content(self) -> bool:
        columns = self.columns
        names = ("stem", "key", *(f"option_{letter}" for letter in columns.options))
        return any(columns.cell(self._row, name) for name in names)

    def _points(self, options: Mapping[str, str]) -> dict[str, int]:
        points: dict[str, int] = {}
        is_number = True
        for letter in self.columns.points:
            text = self.columns.cell(self._row, f"points_{letter}")
            value = points_of(text) if text else None
            if value is not None:
                points[letter] = value
            elif text:
                is_number = False
                self._problem("bank_points_not_number", f"points_{letter}", text=text[:40])
        if is_number and not any(points.values()):
            return {}
        for letter in points.keys() - options.keys() if options else ():
            self._problem("bank_points_without_option", f"points_{letter}", letter=letter)
        missing = [letter for letter in options if letter not in points]
        if missing and is_number:
            self._problem("bank_points_missing", f"points_{missing[0]}", letters=", ".join(missing))
        return points

    def _key(self, key: str, options: Mapping[str, str], points: Mapping[str, int]) -> tuple[str, ...]:
        if key and points:
            self._problem("bank_key_and_points", "key", key=key[:40])
        elif key and options:
            letters, code = key_letters(key, options)
            if code:
                self._problem(code, "key", key=key[:40], options=", ".join(options))
            return letters
        elif not key and not points and not self._has_bad_points():
            self._problem("bank_key_missing", "key")
        return ()

    def _has_bad_points(self) -> bool:
        texts = (self.columns.cell(self._row, f"points_{letter}") for letter in self.columns.points)
        return any(text and points_of(text) is None for text in texts)

    def _difficulty(self) -> str:
        text = self.columns.cell(self._row, "difficulty")
        label = difficulty_of(text)
        if label is None:
            self._problem("bank_difficulty_unknown", "difficulty", text=text[:40])
        return label or ""

    def _shuffle(self, options: Mapping[str, str]) -> bool:
        text = self.columns.cell(self._row, "shuffle")
        if text:
            said = yes_or_no(text)
            if said is None:
                self._problem("bank_shuffle_unknown", "shuffle", text=text[:40])
            return said is not False
        fixed = next((letter for letter, html in options.items() if fixes_the_order(html)), "")
        if fixed:
            self._warn("bank_order_kept", f"option_{fixed}", option=plain(options[fixed])[:60])
        return not fixed


def _is_control(character: str) -> bool:
    """Control characters and direction overrides, which show nothing or something else than is there."""
    return (
        character in PLACE_MARKS
        or (unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r")
        or "\u202a" <= character <= "\u202e"
        or "\u2066" <= character <= "\u2069"
    )
