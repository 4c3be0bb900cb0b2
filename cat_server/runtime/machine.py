"""What the machine gives: disk, memory, open files, and whether a server starts at power-on."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

UNIT = "cat-server.service"
_UNITS = Path("/etc/systemd/system")
_PROBES = 20
_BLOCK = b"\0" * 4096


def free_disk_bytes(folder: Path) -> int:
    """Return the space on the folder's disk that this user may still fill."""
    return shutil.disk_usage(folder).free


def is_same_device(folder: Path, other: Path) -> bool:
    """Tell whether two folders lie on one file system, and so are lost together."""
    return folder.stat().st_dev == other.stat().st_dev


def sync_latency_ms(folder: Path) -> float:
    """Return the median time in ms that a 4 KiB write takes to reach the disk in `folder`, measured now."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_PROBES):
            started = time.perf_counter_ns()
            file.write(_BLOCK)
            file.flush()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter_ns() - started) / 1e6)
    return statistics.median(times)


def available_memory_bytes() -> int:
    """Return the memory that programs may still take, as the kernel estimates it; 0 where it does not say."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return 0


def open_files_limits() -> tuple[int, int]:
    """Return how many files a process may hold open now, and up to what it could raise that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1 << 30
    return (most if soft < 0 else soft), (most if hard < 0 else hard)


def is_locked(path: Path) -> bool:
    """Tell whether another process holds the lock file `path`; nothing is created or changed."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def readable_by_others(folder: Path, public: frozenset[str]) -> tuple[Path, ...]:
    """Return the folder itself and files below it whose modes let others in, except files named in `public`."""
    every = [folder, *sorted(folder.rglob("*"))]
    return tuple(each for each in every if each.name not in public and each.stat().st_mode & 0o077)


def foreign_files(folder: Path) -> tuple[Path, ...]:
    """Return what in the folder belongs to another user than the folder: a server may fail to write it."""
    owner = folder.stat().st_uid
    return tuple(each for each in sorted(folder.rglob("*")) if each.lstat().st_uid != owner)


def unit_state(units: Path = _UNITS) -> str:
    """Return `enabled` or `disabled` for our systemd unit, or `absent`."""
    if not (units / UNIT).exists():
        return "absent"
    return "enabled" if (units / "multi-user.target.wants" / UNIT).is_symlink() else "disabled"
