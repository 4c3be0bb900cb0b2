"""What a disk may hold after a power cut: built from the order in which a program wrote and synced.

What was synced is there. Of what was not, anything may be: nothing, all, some writes without those before them, some
pages, some sectors. A sync that failed leaves its pages off the disk for good, though the program reads them, until
they are written again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.durability.disk_shim import Call, Recorded

SECTOR = 512
PAGE = 4096


class Fate(StrEnum):
    """What happens to everything that was written and not synced."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN_SECTORS = "torn_sectors"
    TORN_PAGES = "torn_pages"
    REORDERED = "reordered"
    CUT_SHORT = "cut_short"


@dataclass(slots=True)
class _File:
    """`present` is what a program reads, `durable` what the platter has; None in `pending` is a truncation."""

    present: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, content: bytes | None) -> None:
        _apply(self.present, offset, content)
        self.pending.append((offset, content))

    def sync(self) -> None:
        if any(content is None for _, content in self.pending):
            self.durable = bytearray(self.present)
        for offset, content in self.pending:
            first = offset // PAGE * PAGE
            last = -(-(offset + len(content or b"")) // PAGE) * PAGE
            _apply(self.durable, first, bytes(self.present[first:last]))
        self.pending.clear()

    def after_cut(self, fate: Fate, chance: random.Random) -> bytes:
        found = bytearray(self.durable)
        if fate is Fate.DROPPED:
            return bytes(found)
        torn = chance.randrange(len(self.pending) + 1) if fate is Fate.CUT_SHORT else len(self.pending)
        for number, (offset, content) in enumerate(self.pending):
            if fate is Fate.CUT_SHORT and number > torn:
                break
            if fate is Fate.KEPT or (fate is Fate.CUT_SHORT and number < torn):
                _apply(found, offset, content)
            elif content is None or fate is Fate.REORDERED:
                if chance.random() < 0.5:
                    _apply(found, offset, content)
            else:
                _tear(found, offset, content, PAGE if fate is Fate.TORN_PAGES else SECTOR, chance)
        return bytes(found)


class Disk:
    """Files below a folder, as they were when recording began, and what has happened to them since."""

    def __init__(self, start: Mapping[str, bytes]) -> None:
        self._files = {name: _File(bytearray(content), bytearray(content)) for name, content in start.items()}
        self._durable_names: dict[str, _File] = dict(self._files)
        self._name_changes: list[tuple[str, _File | None]] = []
        self._inodes: dict[int, _File] = {}

    def apply(self, recorded: Recorded) -> None:
        """Do what the program did."""
        match recorded.call:
            case Call.CREATE:
                self._inodes[recorded.inode] = made = _File()
                self._name(recorded.path, made)
            case Call.UNLINK:
                self._name(recorded.path, None)
            case Call.RENAME:
                moved = self._files.get(recorded.path)
                self._name(recorded.path, None)
                self._name(recorded.content.decode(), moved)
            case Call.SYNC | Call.SYNC_FAILED if recorded.path not in self._files:
                if recorded.call is Call.SYNC:
                    self._sync_names(recorded.path)
            case Call.SYNC:
                self._file(recorded).sync()
            case Call.SYNC_FAILED:
                self._file(recorded).pending.clear()
            case Call.TRUNCATE:
                self._file(recorded).write(recorded.offset, None)
            case Call.WRITE:
                self._file(recorded).write(recorded.offset, recorded.content)

    def after_cut(self, fate: Fate, chance: random.Random) -> dict[str, bytes]:
        """Return what is found when the power comes back."""
        names = dict(self._durable_names)
        most = len(self._name_changes)
        kept = {Fate.DROPPED: 0, Fate.KEPT: most}.get(fate, chance.randint(0, most))
        for name, file in self._name_changes[:kept]:
            _rename(names, name, file)
        return {name: file.after_cut(fate, chance) for name, file in names.items()}

    def _name(self, name: str, file: _File | None) -> None:
        _rename(self._files, name, file)
        self._name_changes.append((name, file))

    def _sync_names(self, folder: str) -> None:
        waiting = []
        for name, file in self._name_changes:
            if str(Path(name).parent) == folder:
                _rename(self._durable_names, name, file)
            else:
                waiting.append((name, file))
        self._name_changes = waiting

    def _file(self, recorded: Recorded) -> _File:
        if recorded.inode not in self._inodes:
            self._inodes[recorded.inode] = self._files[recorded.path]
        return self._inodes[recorded.inode]


def _rename(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _apply(target: bytearray, offset: int, content: bytes | None) -> None:
    if content is None:
        del target[offset:]
        target.extend(bytes(offset - len(target)))
        return
    if len(target) < offset:
        target.extend(bytes(offset - len(target)))
    target[offset : offset + len(content)] = content


def _tear(target: bytearray, offset: int, content: bytes, unit: int, chance: random.Random) -> None:
    """Keep some of the sectors or pages that a write touched."""
    at = offset
    end = offset + len(content)
    while at < end:
        stop = min((at // unit + 1) * unit, end)
        if chance.random() < 0.5:
            _apply(target, at, content[at - offset : stop - offset])
        at = stop
