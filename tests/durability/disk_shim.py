"""Builds and steers `disk_shim.c`: what a program writes and syncs, in order, and calls that fail at a word."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("disk_shim.c")
_RECORD = struct.Struct("<BBHIQQ")
_FAULT = struct.Struct("<6i64s")


class Call(IntEnum):
    """What was called, as the C source numbers it."""

    WRITE = 1
    SYNC = 2
    TRUNCATE = 3
    CREATE = 4
    UNLINK = 5
    RENAME = 6
    SYNC_FAILED = 7


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call that reached the disk. `content` is what was written, or the new name."""

    call: Call
    path: str
    inode: int
    offset: int
    content: bytes


@cache
def build(folder: Path) -> Path:
    """Compile the library into `folder`; the test is skipped where there is no C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("a C compiler is needed to record and disturb what reaches the disk")
    library = folder / "disk_shim.so"
    command = [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library)]
    subprocess.run([*command, str(_SOURCE), "-ldl", "-lpthread"], check=True, timeout=60)
    return library


def environment(
    library: Path, roots: list[Path], log: Path | None = None, faults: Path | None = None
) -> dict[str, str]:
    """Return what a process needs in its environment to be recorded and disturbed."""
    found = {"LD_PRELOAD": str(library), "DISK_ROOTS": ":".join(str(each.resolve()) for each in roots)}
    if log is not None:
        found["DISK_LOG"] = str(log)
    if faults is not None:
        found["DISK_FAULTS"] = str(faults)
    return found


def read_log(path: Path) -> Iterator[Recorded]:
    """Yield what was recorded, in order."""
    content = path.read_bytes()
    at = 0
    while at < len(content):
        call, _, path_length, size, inode, offset = _RECORD.unpack_from(content, at)
        at += _RECORD.size
        name = content[at : at + path_length].decode()
        at += path_length
        kept = content[at : at + size]
        at += size
        yield Recorded(Call(call), name, inode, offset, kept)


class Faults:
    """Makes calls of running processes fail: a file that they all look at before each call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(bytes(_FAULT.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FAULT.size)

    def fail(self, call: Call, ending: str, error: int, *, skip: int = 0, times: int = -1) -> None:
        """From the call after `skip` on, let `times` calls (all, below zero) on files with this ending fail."""
        assert error in (errno.EIO, errno.ENOSPC)
        # Switched on last: a process must never see half a rule.
        self.heal()
        self._map[4:] = _FAULT.pack(0, call, error, skip, times, 0, ending.encode())[4:]
        self._map[:4] = struct.pack("<i", 1)

    def heal(self) -> None:
        """Let every call succeed again."""
        self._map[:4] = struct.pack("<i", 0)

    @property
    def hits(self) -> int:
        """How many calls have failed since the last `fail`."""
        return int(_FAULT.unpack(self._map[:])[5])

    def close(self) -> None:
        """Let go of the shared file."""
        self._map.close()


def preloaded(**more: str) -> dict[str, str]:
    """Return this process's environment with `more`."""
    return {**os.environ, **more}
