"""The second copy: what each transaction changes goes to another device before it is committed and acknowledged.

The row `journal_head` says, inside the same transaction, where the journal ends. What lies beyond that end belongs to
a transaction that was never acknowledged: a start plays it into the database, a running lane cuts it off.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, delete, event, insert, select, update

from cat_server.domain.log_entries import JournalEnded
from cat_server.records.journal_frames import (
    FIRST_HASH,
    HEADER_BYTES,
    Change,
    Head,
    Record,
    segment_header,
    segment_path,
    write_frame,
)
from cat_server.records.tables import JournalHeadRow, table_of

SEGMENT_BYTES = 64 << 20
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_FULL = (errno.ENOSPC, errno.EDQUOT)

_head = table_of(JournalHeadRow)
_NO_HEAD = str(delete(_head))
"""In words, since every transaction of a site without a journal says it."""
_log = logging.getLogger(__name__)


class JournalUnavailableError(Exception):
    """The journal cannot be written now (full, unplugged): nothing may be acknowledged; asking again is safe."""


class JournalFailedError(Exception):
    """The journal's device failed while writing: what it holds is unknown, and the process must stop."""


class Journal:
    """The journal of one write lane. Several processes write to one journal, each while it holds the database.

    Where the site does not require it, a failing device ends the journal, loudly, and saving goes on without.
    """

    def __init__(self, folder: Path, key: bytes, *, is_required: bool) -> None:
        self._folder = folder
        self._key = key
        self._is_required = is_required
        self._changes: list[Change] = []
        self._open: tuple[str, int, int] | None = None
        self._has_begun = False
        self.trouble = ""

    def watch(self, engine: Engine) -> None:
        """Collect every change that goes through `engine`."""
        event.listen(engine, "after_cursor_execute", self._note)

    def forget(self) -> None:
        """Begin anew: a transaction starts."""
        self._changes.clear()

    def mark(self) -> int:
        """Return the present end, for `back_to`."""
        return len(self._changes)

    def back_to(self, mark: int) -> None:
        """Forget what was changed since `mark`: it was rolled back."""
        del self._changes[mark:]

    def keep(self, connection: Connection, at_ms: int, heads: Sequence[tuple[str, int, str]]) -> None:
        """Write this transaction's changes to the device, and in the database where the journal ends now.

        The first transaction of all begins the journal, even if it changes nothing.

        Raises:
            JournalUnavailableError: nothing was written; roll back and try again.
            JournalFailedError: roll back and stop.
        """
        if self.trouble and not self._is_required:
            end_line(connection)
            return
        changes = list(self._changes)
        if not changes and (self._has_begun or journal_head(connection) is not None):
            return
        try:
            self._append(connection, Record(at_ms, list(heads), changes))
        except OSError as error:
            self._close()
            self._take_trouble(connection, error)
        else:
            self.trouble = ""

    def close(self) -> None:
        """Let go of the device."""
        self._close()

    def _append(self, connection: Connection, record: Record) -> None:
        before = journal_head(connection)
        if before is None and self._has_begun:
            raise FileNotFoundError(errno.ENOENT, "another process ended this journal")
        head = before or Head(secrets.token_hex(16), 1, 0, FIRST_HASH, 0)
        if before is None or head.end >= SEGMENT_BYTES:
            head = Head(head.line, head.number + 1, head.number, head.hash, HEADER_BYTES)
            descriptor = self._create(head)
        else:
            descriptor = self._descriptor(head)
        frame, hash_ = write_frame(self._key, head.line, head.number + 1, head.hash, record)
        _write_durably(descriptor, frame, head.end)
        after = Head(head.line, head.segment, head.number + 1, hash_, head.end + len(frame))
        save_head(connection, after, is_new=before is None)
        self._has_begun = True

    def _create(self, head: Head) -> int:
        self._close()
        path = segment_path(self._folder, head.line, head.segment)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._open = (head.line, head.segment, descriptor)
        _write_durably(descriptor, segment_header(head.line, head.segment, head.hash), 0)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return descriptor

    def _descriptor(self, head: Head) -> int:
        """Return the open segment, cut to where the database says that it ends."""
        if self._open is None or self._open[:2] != (head.line, head.segment):
            self._close()
            path = segment_path(self._folder, head.line, head.segment)
            self._open = (head.line, head.segment, os.open(path, os.O_RDWR))
        descriptor = self._open[2]
        found = os.fstat(descriptor)
        # The name must still lead to the open file: a device that was unmounted takes writes that nobody finds again.
        named = segment_path(self._folder, head.line, head.segment).stat()
        if not os.path.samestat(found, named) or found.st_size < head.end:
            raise FileNotFoundError(errno.ENOENT, "the journal is shorter than the database knows it")
        if found.st_size > head.end:
            os.ftruncate(descriptor, head.end)
        return descriptor

    def _take_trouble(self, connection: Connection, error: OSError) -> None:
        self.trouble = error.strerror or str(error)
        if not self._is_required:
            _log.critical(JournalEnded(self.trouble))
            end_line(connection)
            return
        if isinstance(error, _DeviceError):
            raise JournalFailedError(self.trouble) from error
        raise JournalUnavailableError(self.trouble) from error

    def _note(  # the signature is SQLAlchemy's
        self,
        _connection: Connection,
        cursor: sqlite.Cursor,
        statement: str,
        parameters: object,
        _context: object,
        is_many: bool,  # noqa: FBT001 - the same
    ) -> None:
        if statement.lstrip()[:7].upper().startswith(_WRITES) and "journal_head" not in statement:
            self._changes.append(Change(statement, parameters, is_many, cursor.rowcount))

    def _close(self) -> None:
        if self._open is not None:
            os.close(self._open[2])
            self._open = None


class _DeviceError(OSError):
    """Writing or syncing failed for another reason than a full device."""


def journal_head(connection: Connection) -> Head | None:
    """Return where the database says the journal ends; None where it has none."""
    row = connection.execute(select(_head)).first()
    return Head(row.line, row.segment, row.number, row.hash, row.end) if row else None


def save_head(connection: Connection, head: Head, *, is_new: bool) -> None:
    """Write where the journal ends."""
    if is_new:
        connection.execute(insert(_head).values(id=1, **asdict(head)))
    else:
        connection.execute(update(_head).values(**asdict(head)))


def end_line(connection: Connection) -> None:
    """Record that the journal does not go on: the next one begins a new line, on a new backup.

    Only SQLite files have one (decision 0022).
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_NO_HEAD)


def _write_durably(descriptor: int, content: bytes, at: int) -> None:
    try:
        written = 0
        while written < len(content):
            written += os.pwrite(descriptor, content[written:], at + written)
        os.fdatasync(descriptor)
    except OSError as error:
        if error.errno in _FULL:
            raise
        raise _DeviceError(error.errno, error.strerror) from error
