r"""A backup is one encrypted file that holds a whole site: database, settings, keys, banks, photos.

It is `magic | header length (4) | header (cjson) | encrypted chunks of a compressed tar`. The header carries the key of
the chunks twice: wrapped under the site's own key, and for the recovery key where the site has one. The tar ends with
`manifest.json`: the hash of every member and the ledger heads, so that a backup is checked without being unpacked.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from cat_server.runtime.recovery_key import unwrap_with_recovery, wrap_for_recovery
from cat_server.runtime.sealed_stream import OpeningReader, SealingWriter
from question_bank.canonical import Json, cjson, tagged
from question_bank.sealing.envelope import CannotOpenError, new_key, open_sealed, seal

MAGIC = b"CATBACK\x01"
DATABASE_MEMBER = "exam.db"
_MANIFEST = "manifest.json"
_WRAP = "backup-key/1"
_LARGEST_HEADER = 1 << 16
_LARGEST_MANIFEST = 1 << 28
_BLOCK = 1 << 20
_SYNC_EVERY = 8 << 20
"""A backup is synced bit by bit, so that a save never waits behind hundreds of megabytes."""
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")


class BackupDamagedError(Exception):
    """A backup opens, but what is in it is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """What a backup says of itself without a key. `recovery_wrap` is empty where the site had no recovery key.

    `line` and `number` say where the journal stood; the line is empty where the site had no journal.
    """

    site_code: str
    at_ms: int
    line: str
    number: int
    site_wrap: bytes = field(repr=False)
    recovery_wrap: bytes = field(repr=False)
    raw: bytes = field(repr=False)


Manifest = Mapping[str, Any]
"""`members`: SHA-256 by name; `heads`: number and hash of each ledger chain; what the header says, once more."""


def write_backup(
    path: Path,
    members: Mapping[str, Path],
    told: Mapping[str, Json],
    keys: tuple[bytes, bytes],
    progress: Callable[[int], None],
) -> Manifest:
    """Write a new backup to `path`, durably, and return its manifest.

    `members` are files by their names inside; `told` joins the manifest and names `site_code`, `at_ms`, `line` and `number`; `keys` are
    the site's backup key and the public recovery key or nothing. `progress` hears how many bytes were read.
    """
    content_key = new_key()
    backup_key, recovery_key = keys
    header = cjson(
        {
            "v": 1,
            "site_code": told["site_code"],
            "at_ms": told["at_ms"],
            "line": told["line"],
            "number": told["number"],
            "site_wrap": seal(backup_key, _WRAP, content_key).hex(),
            "recovery_wrap": wrap_for_recovery(recovery_key, content_key).hex() if recovery_key else "",
        }
    )
    hashes: dict[str, Json] = {}
    manifest: dict[str, Json] = {**told, "members": hashes}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(MAGIC + struct.pack(">I", len(header)) + header)
        steady = _Steady(file)
        sealing = SealingWriter(steady, content_key, tagged("backup/1", header))
        with (
            gzip.GzipFile("", "wb", compresslevel=1, fileobj=sealing, mtime=0) as packing,
            tarfile.open(mode="w|", fileobj=packing) as tar,
        ):
            for name, source in members.items():
                hashes[name] = _add(tar, name, source, progress)
            _add_bytes(tar, _MANIFEST, cjson(manifest))
        sealing.finish()
        steady.sync()
    return manifest


def read_header(path: Path) -> BackupHeader:
    """Return what a backup says of itself.

    Raises:
        CannotOpenError: the file is not a backup of ours.
    """
    with path.open("rb") as file:
        return _header(file)


def key_of(header: BackupHeader, backup_key: bytes | None, recovery_text: str) -> bytes:
    """Return the key of a backup's content, opened with the site's own key or with the recovery key.

    Raises:
        CannotOpenError: neither opens it.
        Refusal: `RECOVERY_KEY_UNREADABLE`.
    """
    if recovery_text and header.recovery_wrap:
        return unwrap_with_recovery(recovery_text, header.recovery_wrap)
    if backup_key is None:
        raise CannotOpenError
    return open_sealed(backup_key, _WRAP, header.site_wrap)


def read_backup(
    path: Path, key: bytes, into: Path | None, progress: Callable[[int], None] = lambda _: None
) -> Manifest:
    """Read a backup from its device to its end, unpack it where `into` names an empty folder, and return its manifest.

    Raises:
        CannotOpenError: wrong key, or changed or cut bytes.
        BackupDamagedError: members are missing, too many, or other than the manifest says.
    """
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        header = _header(file)
        stream = io.BufferedReader(OpeningReader(file, key, tagged("backup/1", header.raw)), _BLOCK)
        hashes, manifest = {}, {}
        try:
            with (
                gzip.GzipFile(fileobj=stream) as unpacking,
                tarfile.open(mode="r|", fileobj=unpacking) as tar,
            ):
                for name, content in _members(tar):
                    if name == _MANIFEST:
                        manifest = json.loads(content.read(_LARGEST_MANIFEST))
                    else:
                        hashes[name] = _take(content, into / name if into else None, progress)
                unpacking.read()
        except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError):
            raise BackupDamagedError(path.name) from None
    if not manifest or manifest.get("members") != hashes:
        raise BackupDamagedError(path.name)
    return manifest


class _Steady(io.RawIOBase):
    """Syncs a file every few megabytes."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._unsynced = 0

    def writable(self) -> bool:
        """Say that this may be written to."""
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # the base class takes every buffer
        """Write, and sync from time to time."""
        self._file.write(content)
        self._unsynced += len(content)
        if self._unsynced >= _SYNC_EVERY:
            self.sync()
        return len(content)

    def sync(self) -> None:
        """Bring what was written to the device."""
        self._file.flush()
        os.fdatasync(self._file.fileno())
        self._unsynced = 0


def _header(file: BinaryIO) -> BackupHeader:
    start = file.read(len(MAGIC) + 4)
    length = struct.unpack(">I", start[-4:])[0] if len(start) == len(MAGIC) + 4 else 0
    if not start.startswith(MAGIC) or not 0 < length <= _LARGEST_HEADER:
        raise CannotOpenError
    raw = file.read(length)
    try:
        read = json.loads(raw)
        wraps = bytes.fromhex(read["site_wrap"]), bytes.fromhex(read["recovery_wrap"])
        told = str(read["site_code"]), int(read["at_ms"]), str(read["line"]), int(read["number"])
        return BackupHeader(*told, *wraps, raw)
    except (ValueError, KeyError, TypeError):
        raise CannotOpenError from None


def _add(tar: tarfile.TarFile, name: str, source: Path, progress: Callable[[int], None]) -> str:
    """Add a file that nobody changes meanwhile; return its hash."""
    hashed = hashlib.sha256()

    class Hashing(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            content = file.read(size)
            hashed.update(content)
            progress(len(content))
            return content

    with source.open("rb") as file:
        member = tarfile.TarInfo(name)
        member.size, member.mode = os.fstat(file.fileno()).st_size, 0o600
        tar.addfile(member, Hashing())
    return hashed.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        content = tar.extractfile(member) if member.isreg() else None
        if content is None or not _NAME.fullmatch(member.name):
            raise BackupDamagedError(member.name)
        yield member.name, content


def _take(content: IO[bytes], path: Path | None, progress: Callable[[int], None]) -> str:
    hashed = hashlib.sha256()
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = None if path is None else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while block := content.read(_BLOCK):
            hashed.update(block)
            progress(len(block))
            if target is not None:
                _write_all(target, block)
        if target is not None:
            os.fsync(target)
    finally:
        if target is not None:
            os.close(target)
    return hashed.hexdigest()


def _write_all(descriptor: int, content: bytes) -> None:
    written = 0
    while written < len(content):
        written += os.write(descriptor, content[written:])
