"""Plays the journal into a database that is behind it, and compares the two."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, inspect, select

from cat_server.records.journal import end_line, journal_head, save_head
from cat_server.records.journal_frames import (
    HEADER_BYTES,
    Change,
    Frame,
    Head,
    Record,
    open_frame,
    read_segment,
    segment_path,
    segments,
)
from cat_server.records.tables import ChainHeadRow, JournalHeadRow, table_of

_chain_head = table_of(ChainHeadRow)


class ReplayError(Exception):
    """A record of the journal did not do to this database what it did to the lost one; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Database and journal side by side.

    `number` is the last transaction of the database before anything was played in, `played` how many the journal had
    beyond it, `last_at_ms` when the last of these was written. `is_missing`: the journal does not reach to where the
    database knows it (another device, a removed file). `unreadable_bytes` lie behind the journal's last whole record.
    """

    number: int
    played: int = 0
    last_at_ms: int = 0
    is_missing: bool = False
    unreadable_bytes: int = 0


def compare(connection: Connection, folder: Path) -> Comparison | None:
    """Compare without changing anything: `played` counts what could be played in. None: the database has no journal."""
    head = _head_of(connection)
    if head is None:
        return None
    if not _reaches(folder, head):
        return Comparison(head.number, is_missing=True)
    last, count = head, 0
    for frame in _frames(folder, head):
        last, count = frame.head(head.line), count + 1
    return Comparison(head.number, count, unreadable_bytes=_beyond(folder, last))


def catch_up(
    engine: Engine,
    folder: Path,
    key: bytes,
    progress: Callable[[int], None] = lambda _: None,
    *,
    goes_on: bool = False,
) -> Comparison | None:
    """Play in what the journal has beyond the database, all or nothing; None where the database has no journal.

    `progress` hears how many records have been played. With `goes_on` this journal will be written to from here on: what
    was played in is written to its device once more, since a record whose sync had failed can be read, and be on no disk.

    Raises:
        ReplayError: a record had another effect than before, or the ledger's heads differ at the end.
        UnreadableRecordError: a record does not open with this key.
    """
    with engine.begin() as connection:
        head = _head_of(connection)
        if head is None:
            return None
        if not _reaches(folder, head):
            return Comparison(head.number, is_missing=True)
        expected: dict[str, tuple[int, str]] = {}
        last, count, at_ms = head, 0, 0
        for frame in _frames(folder, head):
            record = open_frame(key, head.line, frame)
            _play(connection, record, frame.number)
            expected |= {chain: (number, hash_) for chain, number, hash_ in record.heads}
            last, count, at_ms = frame.head(head.line), count + 1, record.at_ms
            progress(count)
        if count:
            save_head(connection, last, is_new=False)
        found = {row.chain: (row.number, row.hash) for row in connection.execute(select(_chain_head))}
        if any(found.get(chain) != each for chain, each in expected.items()):
            raise ReplayError("the ledger's heads differ from those in the journal")
        if count and goes_on:
            _write_again(folder, head, last)
    return Comparison(head.number, count, at_ms, unreadable_bytes=_beyond(folder, last))


def stop_journal(engine: Engine) -> None:
    """Let the present line end: what is written from now on needs a new backup to build on."""
    with engine.begin() as connection:
        if _head_of(connection) is not None:
            end_line(connection)


def _head_of(connection: Connection) -> Head | None:
    """Return the journal's head; a database of an older version has none."""
    name = table_of(JournalHeadRow).name
    return journal_head(connection) if inspect(connection).has_table(name) else None


def _reaches(folder: Path, head: Head) -> bool:
    path = segment_path(folder, head.line, head.segment)
    return path.is_file() and path.stat().st_size >= head.end


def _frames(folder: Path, head: Head) -> Iterator[Frame]:
    """Return every whole frame after `head`, through as many segments as there are."""
    last = head
    while True:
        for frame in read_segment(segment_path(folder, last.line, last.segment), last):
            yield frame
            last = frame.head(head.line)
        if last.number + 1 not in segments(folder, head.line):
            return
        last = Head(head.line, last.number + 1, last.number, last.hash, HEADER_BYTES)


def _write_again(folder: Path, before: Head, last: Head) -> None:
    for number in segments(folder, before.line):
        if not before.segment <= number <= last.segment:
            continue
        with segment_path(folder, before.line, number).open("r+b") as file:
            start = file.seek(before.end if number == before.segment else 0)
            content = file.read()
            file.seek(start)
            file.write(content)
            file.flush()
            os.fdatasync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beyond(folder: Path, last: Head) -> int:
    path = segment_path(folder, last.line, last.segment)
    return max(path.stat().st_size - last.end, 0) if path.exists() else 0


def _play(connection: Connection, record: Record, number: int) -> None:
    cursor = connection.connection.cursor()
    try:
        for change in record.changes:
            _run(cursor, change)
            if cursor.rowcount != change.rows:
                raise ReplayError(f"record {number} changed {cursor.rowcount} rows instead of {change.rows}")
    except sqlite.Error as error:
        raise ReplayError(f"record {number}: {error}") from error
    finally:
        cursor.close()


def _run(cursor: sqlite.Cursor, change: Change) -> None:
    if change.is_many:
        cursor.executemany(change.statement, [_bound(each) for each in change.parameters])
    else:
        cursor.execute(change.statement, _bound(change.parameters))


def _bound(parameters: object) -> object:
    return tuple(parameters) if isinstance(parameters, list) else parameters
