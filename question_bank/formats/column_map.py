"""Which heading means what: guessed from other people's headings, shown to the user, and overridable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from question_bank.formats.table import Row

LETTERS = "ABCDEFGHIJ"
IGNORE = ""
"""The field of a column that is not read."""

_NAMES: dict[str, tuple[str, ...]] = {
    "stem": (
        *(
            "soal",
            "pertanyaan",
            "butir soal",
            "isi soal",
            "teks soal",
            "naskah soal",
            "uraian soal",
            "question",
        ),
        *("question text", "questiontext", "stem", "item text", "item stem", "text", "butir", "item"),
    ),
    "id": (
        *(
            "item id",
            "id",
            "id soal",
            "id butir",
            "kode soal",
            "kode butir",
            "kode item",
            "kode",
            "question id",
        ),
        *(
            "item",
            "item code",
            "code",
            "nomor soal",
            "no soal",
            "nomor butir",
            "no butir",
            "nomor",
            "no",
            "number",
        ),
        *("num", "nr", "no urut", "nomor urut"),
    ),
    "section": (
        *(
            "section",
            "subtes",
            "sub tes",
            "subtest",
            "sub test",
            "bagian",
            "jenis tes",
            "jenis test",
            "mata uji",
        ),
        *(
            "materi uji",
            "materi tes",
            "materi",
            "kelompok soal",
            "kategori soal",
            "kategori",
            "category",
            "mapel",
        ),
        *("mata pelajaran", "subject"),
    ),
    "topic": (
        *("topik", "topic", "kisi kisi", "kisi", "sub materi", "submateri", "pokok bahasan", "kompetensi"),
        *("materi pokok", "bahasan", "tema", "materi"),
    ),
    "subtopic": (
        *(
            "subtopik",
            "sub topik",
            "subtopic",
            "sub topic",
            "sub pokok bahasan",
            "sub sub materi",
            "sub kisi kisi",
        ),
        *("indikator", "indikator soal"),
    ),
    "key": (
        *("kunci", "kunci jawaban", "key", "answer key", "correct answer", "correct", "correct option"),
        *(
            "jawaban benar",
            "jawaban yang benar",
            "opsi benar",
            "pilihan benar",
            "jawaban",
            "answer",
            "answers",
        ),
        *("kunci jwb", "jwb"),
    ),
    "difficulty": (
        *(
            "tingkat kesulitan",
            "tingkat kesukaran",
            "kesulitan",
            "kesukaran",
            "difficulty",
            "difficulty level",
        ),
        *("level kesulitan", "tk kesulitan", "taraf kesukaran", "tingkat", "level"),
    ),
    "shuffle": (
        *("acak", "acak opsi", "opsi diacak", "acak pilihan", "acak jawaban", "shuffle", "shuffle options"),
        *("shuffle answers", "boleh diacak"),
    ),
    "enemies": (
        *("enemies", "enemy", "enemy items", "soal lawan", "butir lawan", "lawan", "tidak bersama", "musuh"),
        *("tidak boleh bersama",),
    ),
}
_IGNORED_NAMES = ("abaikan", "lewati", "ignore", "skip", "none", "tidak dipakai")
_OPTION = re.compile(
    r"(?:(?:opsi|option|opt|pilihan|pil|pilgan|pg|alternatif|jawaban|jwb|answer|choice)(?: jawaban)? ?)([a-j]|10|[1-9])"
)
_POINTS_WORDS = "bobot|nilai|skor|score|poin|point|points|weight|mark"
_OF = "opsi|pilihan|jawaban|option|choice|answer"
_POINTS = re.compile(rf"(?:{_POINTS_WORDS})(?: (?:{_OF}))? ?([a-j]|10|[1-9])")
_POINTS_AFTER = re.compile(rf"(?:(?:{_OF}) ?)?([a-j]) (?:{_POINTS_WORDS})")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column (0-based) holds which field. `headings` has every column of the header row with its field.

    `unknown_headings` and `unknown_fields` are overrides that could not be followed; `twice` names headings that
    meant a field which another column holds already.
    """

    columns: Mapping[str, int]
    headings: tuple[tuple[str, str], ...]
    twice: tuple[tuple[str, str], ...] = ()
    unknown_headings: tuple[str, ...] = ()
    unknown_fields: tuple[str, ...] = ()

    def cell(self, row: Row, field: str) -> str:
        """Return the text of a field in `row`, empty where the file has no such column."""
        return row.cell(self.columns[field]).strip() if field in self.columns else ""

    @property
    def options(self) -> tuple[str, ...]:
        """The letters that have an option column, in order."""
        return tuple(letter for letter in LETTERS if f"option_{letter}" in self.columns)

    @property
    def points(self) -> tuple[str, ...]:
        """The letters that have a points column, in order."""
        return tuple(letter for letter in LETTERS if f"points_{letter}" in self.columns)


def field_named(name: str) -> str | None:
    """Return the field that a name means (`stem`, `Soal`, `A`, `Bobot A`, `points_A`, `abaikan`), None if none."""
    plain = _plain(name)
    if plain in ("", *_IGNORED_NAMES):
        return IGNORE
    if plain.replace(" ", "_") in _NAMES:
        return plain.replace(" ", "_")
    best = sorted(_candidates(name), key=lambda each: each[1])
    return best[0][0] if best else None


def map_columns(header: Sequence[str], overrides: Mapping[str, str] | None = None) -> ColumnMap:
    """Return the column map of a header row. `overrides` (heading to field) win over every guess."""
    given, unknown_headings, unknown_fields = _follow(header, overrides or {})
    columns: dict[str, int] = {}
    for index, field in given.items():
        if field != IGNORE:
            columns.setdefault(field, index)
    free = [index for index in range(len(header)) if index not in given]
    guesses = sorted(
        (rank, index, field)
        for index in free
        for field, rank in _candidates(header[index])
        if field not in columns
    )
    taken: set[int] = set()
    for field in (*_NAMES, *_lettered_fields()):
        wanted = next((index for _, index, name in guesses if name == field and index not in taken), None)
        if field not in columns and wanted is not None:
            columns[field] = wanted
            taken.add(wanted)
    _take_second_letters(header, columns, taken, free)
    fields = {index: field for field, index in columns.items()}
    twice = tuple(
        (header[index], candidates[0][0])
        for index in free
        if index not in fields and (candidates := _candidates(header[index]))
    )
    headings = tuple((heading.strip(), fields.get(index, IGNORE)) for index, heading in enumerate(header))
    return ColumnMap(columns, headings, twice, unknown_headings, unknown_fields)


def find_header(rows: Sequence[Row], overrides: Mapping[str, str] | None = None) -> tuple[int, int]:
    """Return the index of the row that looks most like a header, and how much it does (0: not at all)."""
    best, best_score = -1, 0
    for index, row in enumerate(rows):
        score = _score(map_columns(row.cells, overrides))
        if score > best_score:
            best, best_score = index, score
    return best, best_score


def _score(columns: ColumnMap) -> int:
    fields = len(columns.columns)
    return fields + (3 if "stem" in columns.columns else 0) if fields >= 3 else 0


def _follow(
    header: Sequence[str], overrides: Mapping[str, str]
) -> tuple[dict[int, str], tuple[str, ...], tuple[str, ...]]:
    given: dict[int, str] = {}
    unknown_headings: list[str] = []
    unknown_fields: list[str] = []
    for heading, name in overrides.items():
        found = [index for index, each in enumerate(header) if _plain(each) == _plain(heading)]
        field = field_named(name)
        if not found:
            unknown_headings.append(heading)
        elif field is None:
            unknown_fields.append(name)
        else:
            given[found[0]] = field
    return given, tuple(unknown_headings), tuple(unknown_fields)


def _candidates(heading: str) -> list[tuple[str, int]]:
    """Return the fields that a heading may mean, each with a rank: the lower, the likelier."""
    plain = _plain(heading)
    found = [(field, names.index(plain)) for field, names in _NAMES.items() if plain in names]
    letter = re.fullmatch("[a-j]", plain)
    option = _OPTION.fullmatch(plain)
    points = _POINTS.fullmatch(plain) or _POINTS_AFTER.fullmatch(plain)
    if letter:
        found.append((f"option_{plain.upper()}", 0))
    elif option:
        found.append((f"option_{_letter(option[1])}", 0))
    elif points:
        found.append((f"points_{_letter(points[1])}", 0))
    return found


def _take_second_letters(
    header: Sequence[str], columns: dict[str, int], taken: set[int], free: list[int]
) -> None:
    """Take a second run of columns A, B, C ... as points: people write it so below a merged heading."""
    if any(field.startswith("points_") for field in columns):
        return
    for index in free:
        plain = _plain(header[index])
        if index in taken or not re.fullmatch("[a-j]", plain):
            continue
        first = columns.get(f"option_{plain.upper()}", index)
        if first < index:
            columns.setdefault(f"points_{plain.upper()}", index)
            taken.add(index)


def _letter(name: str) -> str:
    return LETTERS[int(name) - 1] if name.isdigit() else name.upper()


def _lettered_fields() -> tuple[str, ...]:
    return tuple(f"{kind}_{letter}" for kind in ("option", "points") for letter in LETTERS)


def _plain(heading: str) -> str:
    """Return a heading without case, punctuation and spare white space."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())
