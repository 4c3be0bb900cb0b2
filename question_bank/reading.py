"""A bank out of a file, with everything that is wrong with it."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from question_bank.formats.item_rows import Draft
from question_bank.formats.spreadsheet import Drafts, read_spreadsheet
from question_bank.formats.table import LARGEST_FILE, file_problem
from question_bank.identity import content_id, fingerprint, is_item_id, option_ids
from question_bank.items import (
    MEDIA_PREFIX,
    Bank,
    Item,
    ItemKey,
    ItemKind,
    ItemStatistics,
    KeySheet,
    Option,
    Statistics,
)
from question_bank.media import MediaFolder
from question_bank.problems import Place, Problem

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that did not become an item; `item_id` is what the file calls it, empty where it has no name."""

    row: int
    item_id: str


@dataclass(frozen=True, slots=True)
class ReadBank:
    """What was read. `bank`, `keys` and `statistics` hold the good items; with `problems` the rest is in `rejected`.

    `columns` has every heading of the file with the field it was taken as, empty for ignored ones.
    """

    bank: Bank
    keys: KeySheet
    statistics: Statistics
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    rejected: tuple[Rejected, ...] = ()
    file: str = ""


def read_bank(
    path: Path,
    *,
    bank_id: str = "",
    title: str = "",
    column_map: Mapping[str, str] | None = None,
    salt: str = "",
    media: Path | None = None,
) -> ReadBank:
    """Return the bank in a CSV or XLSX file. Whatever the file holds, problems are returned and nothing is raised.

    Args:
        path: the file.
        bank_id: the bank's id; else made from the file's name.
        title: the bank's title; else the file's name.
        column_map: headings that mean another field than guessed, as `{"Naskah": "stem"}`.
        salt: 32 hex digits for the key sheet, to read the same sheet again; else random.
        media: the folder of its picture files; else `media` beside the file, then the file's own folder.
    """
    content, problem = _content(path)
    pictures = MediaFolder.beside(path, media)
    drafts = (
        Drafts(problems=(problem,)) if problem else read_spreadsheet(content, path.name, pictures, column_map)
    )
    bank_id = bank_id or slug(path.stem)
    assembly = _Assembly(path.name, drafts)
    assembly.run()
    headings = drafts.columns.headings if drafts.columns else ()
    return ReadBank(
        bank=Bank(
            bank_id, title or path.stem, tuple(assembly.items), media=_media(assembly.items, drafts.media)
        ),
        keys=KeySheet(bank_id, assembly.keys, salt or secrets.token_hex(SALT_BYTES)),
        statistics=Statistics(bank_id, assembly.statistics),
        problems=_by_row((*drafts.problems, *assembly.problems)),
        warnings=_by_row((*drafts.warnings, *assembly.warnings, *_unused(path.name, pictures))),
        columns=headings,
        rejected=tuple(sorted(assembly.rejected, key=lambda each: each.row)),
        file=path.name,
    )


def _media(items: Sequence[Item], found: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the picture files that good items show."""
    texts = "".join(text for item in items for text in (item.stem, *(each.html for each in item.options)))
    return {name: content for name, content in found.items() if f'src="{MEDIA_PREFIX}{name}"' in texts}


def _unused(file: str, pictures: MediaFolder) -> tuple[Problem, ...]:
    names = pictures.unused()
    if not names:
        return ()
    shown = ", ".join(names[:8]) + (f", … (+{len(names) - 8})" if len(names) > 8 else "")
    return (file_problem(file, "bank_pictures_unused", {"count": len(names), "files": shown}),)


def slug(name: str) -> str:
    """Return a name as an id: lower-case letters, digits and hyphens, at most 64 characters."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:64].strip("-") or "bank"


def _content(path: Path) -> tuple[bytes, Problem | None]:
    name = path.name
    try:
        if path.is_dir():
            return b"", file_problem(name, "bank_file_is_folder")
        if path.exists() and not path.is_file():
            return b"", file_problem(name, "bank_file_unreadable", {"path": str(path)})
        if path.stat().st_size > LARGEST_FILE:
            return b"", file_problem(name, "bank_file_too_big", {"megabytes": LARGEST_FILE // 1024**2})
        content = path.read_bytes()
    except FileNotFoundError:
        return b"", file_problem(name, "bank_file_missing", {"path": str(path)})
    except (OSError, ValueError):
        return b"", file_problem(name, "bank_file_unreadable", {"path": str(path)})
    return content, None if content.strip() else file_problem(name, "bank_file_empty")


def _by_row(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: each.place.row or 0))


class _Assembly:
    """Turns drafts into items: gives ids, finds duplicates, ties enemies."""

    def __init__(self, file: str, drafts: Drafts) -> None:
        self._file = file
        self._drafts = drafts
        self.items: list[Item] = []
        self.keys: dict[str, ItemKey] = {}
        self.statistics: dict[str, ItemStatistics] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.rejected = [Rejected(row.number, self._source_id(row.cells)) for row in drafts.refused]

    def run(self) -> None:
        """Fill the lists."""
        sections: dict[str, str] = {}
        by_id: dict[str, Draft] = {}
        by_text: dict[str, Draft] = {}
        numbers_restart = _numbers_restart(self._drafts.good)
        if numbers_restart:
            self.warnings.append(file_problem(self._file, "bank_numbers_restart"))
        for draft in self._drafts.good:
            item, key = _item(draft, sections, use_source_id=not numbers_restart)
            if draft.source_id and not is_item_id(draft.source_id):
                self.warnings.append(self._note("bank_item_id_replaced", draft, "id", item_id=item.item_id))
            text = fingerprint(item)
            same_text, same_id = by_text.setdefault(text, draft), by_id.setdefault(item.item_id, draft)
            if same_text is not draft:
                self._reject(draft, "bank_item_twice", "stem", same_text)
            elif same_id is not draft:
                self._reject(draft, "bank_item_id_twice", "id", same_id)
            else:
                self.items.append(item)
                self.keys[item.item_id] = key
                if draft.label:
                    self.statistics[item.item_id] = ItemStatistics(label=draft.label)
        self._check_enemies(by_id)

    def _check_enemies(self, by_id: Mapping[str, Draft]) -> None:
        known = by_id.keys() | {each.item_id for each in self.rejected}
        for item in tuple(self.items):
            unknown = [each for each in item.enemies if each not in known or each == item.item_id]
            if unknown:
                draft = by_id[item.item_id]
                self.problems.append(
                    self._note("bank_enemy_unknown", draft, "enemies", enemies=", ".join(unknown))
                )
                self.rejected.append(Rejected(draft.row.number, item.item_id))
                self.items.remove(item)
                del self.keys[item.item_id]
                self.statistics.pop(item.item_id, None)

    def _reject(self, draft: Draft, code: str, field: str, first: Draft) -> None:
        self.problems.append(
            self._note(
                code, draft, field, first=first.source_id or f"#{first.row.number}", row=first.row.number
            )
        )
        self.rejected.append(Rejected(draft.row.number, draft.source_id))

    def _note(self, code: str, draft: Draft, field: str, **params: str | int) -> Problem:
        columns = self._drafts.columns
        heading = next((text for text, name in columns.headings if name == field), "") if columns else ""
        place = Place(self._file, self._drafts.sheet, draft.row.number, heading, draft.source_id)
        return Problem(code, place, params)

    def _source_id(self, cells: Sequence[str]) -> str:
        columns = self._drafts.columns
        index = columns.columns.get("id", -1) if columns else -1
        return cells[index].strip() if 0 <= index < len(cells) else ""


def _numbers_restart(drafts: Sequence[Draft]) -> bool:
    """Tell whether items are numbered from 1 in each section: then the numbers are no ids, and repeat by design."""
    ids: dict[str, list[str]] = {}
    for draft in drafts:
        ids.setdefault(draft.section, []).append(draft.source_id)
    return (
        len(ids) > 1
        and all("1" in each and all(one.isdigit() for one in each) for each in ids.values())
        and all(max(Counter(each).values()) == 1 for each in ids.values())
    )


def _item(draft: Draft, sections: dict[str, str], *, use_source_id: bool) -> tuple[Item, ItemKey]:
    section = sections.setdefault(draft.section.casefold(), draft.section)
    letters = tuple(draft.options)
    ids = dict(zip(letters, option_ids([draft.options[letter] for letter in letters]), strict=True))
    has_id = use_source_id and is_item_id(draft.source_id)
    texts = sorted((int(ids[letter][1:]), ids[letter], draft.options[letter]) for letter in letters)
    item = Item(
        item_id=draft.source_id if has_id else content_id(section, draft.stem, list(draft.options.values())),
        version=1,
        kind=ItemKind.MULTIPLE if len(draft.letters) > 1 else ItemKind.CHOICE,
        section=section,
        topic=draft.topic,
        subtopic=draft.subtopic,
        stem=draft.stem,
        options=tuple(Option(option_id, html) for _, option_id, html in texts),
        source_order=tuple(ids[letter] for letter in letters),
        shuffle=draft.shuffle,
        enemies=draft.enemies,
    )
    key = ItemKey(
        correct=tuple(sorted(ids[letter] for letter in draft.letters)),
        points={ids[letter]: draft.points[letter] for letter in letters} if draft.points else {},
    )
    return item, key
