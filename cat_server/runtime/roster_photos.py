"""The photos of a roster: which file belongs to which row, and all of them kept, with everything that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cat_server.domain.refusals import Refusal
from cat_server.runtime.photo_files import LARGEST_PHOTO, PhotoFiles
from cat_server.runtime.roster_file import WantedPhoto
from question_bank.problems import Place, Problem

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
USUAL_FOLDERS = ("photos", "foto", "Photos", "Foto")
_NAMED = 10


@dataclass(frozen=True, slots=True)
class FoundPhotos:
    """The files that belong to rows, in the order of rows, with what was wrong in finding them."""

    files: tuple[tuple[WantedPhoto, Path], ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPhotos:
    """Hashes by participant number in lower case; `new` are those stored just now."""

    hashes: Mapping[str, str]
    new: frozenset[str]
    problems: tuple[Problem, ...]


def usual_photo_folder(roster: Path) -> Path | None:
    """Return the folder `photos` or `foto` beside a roster, if there is one."""
    return next((each for name in USUAL_FOLDERS if (each := roster.parent / name).is_dir()), None)


def find_photos(wanted: Sequence[WantedPhoto], folder: Path | None) -> FoundPhotos:
    """Return the photo of each row: the file that it names, or else the one named by the participant number.

    Names are compared without regard to case, with or without their ending; `/` in a number may be `-` or `_`.
    """
    if folder is None:
        first = next((each for each in wanted if each.file), None)
        needed = Problem("roster_photos_needed", first.place, {"file": first.file[:60]}) if first else None
        return FoundPhotos(problems=(needed,) if needed else ())
    if not folder.is_dir():
        return FoundPhotos(problems=(Problem("roster_photos_no_folder", params={"folder": str(folder)}),))
    present = _Present.of(folder)
    files: list[tuple[WantedPhoto, Path]] = []
    problems: list[Problem] = []
    owners: dict[Path, WantedPhoto] = {}
    without: list[str] = []
    for each in wanted:
        names = (each.file,) if each.file else _names_of(each.participant_number)
        paths = present.named(names)
        if len(paths) > 1:
            shown = ", ".join(path.name for path in paths[:_NAMED])
            problems.append(Problem("roster_photo_several", each.place, {"files": shown}))
        elif not paths and each.file:
            problems.append(Problem("roster_photo_missing", each.place, {"file": each.file[:60]}))
        elif not paths:
            without.append(each.participant_number)
        elif paths[0] in owners:
            params: dict[str, str | int] = {"file": paths[0].name, "row": owners[paths[0]].place.row or 0}
            problems.append(Problem("roster_photo_twice", each.place, params))
        else:
            owners[paths[0]] = each
            files.append((each, paths[0]))
    unused = sorted(path.name for path in present.photos if path not in owners)
    warnings = [
        Problem(code, params={"count": len(names), "names": _some(names)})
        for code, names in (("roster_photos_lacking", without), ("roster_photos_unused", unused))
        if names
    ]
    return FoundPhotos(tuple(files), tuple(problems), tuple(warnings))


def keep_photos(
    photos: PhotoFiles, files: Sequence[tuple[WantedPhoto, Path]], on_each: Callable[[], None]
) -> KeptPhotos:
    """Keep every photo, several at once, and call `on_each` after each; name every one that cannot be kept."""
    before = photos.stored()
    hashes: dict[str, str] = {}
    owners: dict[str, WantedPhoto] = {}
    problems: list[Problem] = []

    def keep(path: Path) -> str | Problem:
        try:
            if path.stat().st_size > LARGEST_PHOTO:
                return photos.keep(bytes(LARGEST_PHOTO + 1))
            return photos.keep(path.read_bytes())
        except Refusal as refusal:
            return Problem(f"refusal_{refusal.code}", params=refusal.params)
        except OSError as error:
            params = {"file": path.name, "reason": error.strerror or str(error)}
            return Problem("cli_file_trouble", params=params)

    with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 2)) as pool:
        for (wanted, path), kept in zip(files, pool.map(keep, [path for _, path in files]), strict=True):
            on_each()
            if isinstance(kept, Problem):
                place = Place(
                    wanted.place.file, wanted.place.sheet, wanted.place.row, wanted.place.column, path.name
                )
                problems.append(Problem(kept.code, place, kept.params))
            elif kept in owners:
                params: dict[str, str | int] = {"file": path.name, "row": owners[kept].place.row or 0}
                problems.append(Problem("roster_photo_same", wanted.place, params))
            else:
                owners[kept] = wanted
                hashes[wanted.participant_number.casefold()] = kept
    return KeptPhotos(hashes, frozenset(owners) - before, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Present:
    """The files of a folder by name, and its photos also by name without ending, all in lower case."""

    photos: tuple[Path, ...]
    by_name: Mapping[str, tuple[Path, ...]]

    @classmethod
    def of(cls, folder: Path) -> _Present:
        files = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
        photos = tuple(each for each in files if each.suffix.lower() in SUFFIXES)
        by_name: dict[str, tuple[Path, ...]] = {}
        for each in files:
            names = {each.name.casefold(), *([each.stem.casefold()] if each in photos else [])}
            for name in names:
                by_name[name] = (*by_name.get(name, ()), each)
        return cls(photos, by_name)

    def named(self, names: Sequence[str]) -> tuple[Path, ...]:
        found = dict.fromkeys(path for name in names for path in self.by_name.get(name.casefold(), ()))
        return tuple(found)


def _names_of(number: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((number, number.replace("/", "-"), number.replace("/", "_"))))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
