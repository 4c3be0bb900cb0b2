"""Space held back on the database's disk, and let go when the disk is full, so that what runs can still be saved."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

BALLAST_FILE = "ballast"
_LOOK_EVERY_S = 10.0


def hold_back(folder: Path, mib: int, *, beyond_mib: int) -> bool:
    """Fill the ballast file to `mib` MiB, unless less than `beyond_mib` would stay free; return whether it is there."""
    path = folder / BALLAST_FILE
    size = mib << 20
    if path.exists() and path.stat().st_size == size:
        return True
    disk = os.statvfs(folder)
    if disk.f_bavail * disk.f_frsize < size + (beyond_mib << 20):
        return False
    draft = path.with_suffix(".new")
    try:
        with draft.open("wb") as file:
            if size:
                os.posix_fallocate(file.fileno(), 0, size)
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        return False
    draft.replace(path)
    return True


def let_go(folder: Path) -> bool:
    """Give the ballast's space back; return whether there was any."""
    path = folder / BALLAST_FILE
    if not path.exists():
        return False
    path.unlink()
    return True


def keep_held_back(folder: Path, mib: int, *, beyond_mib: int) -> None:
    """Hold the space back again whenever it was let go and somebody has made room since, for as long as the process lives.

    Until then everybody is told that the disk is nearly full; after it the next full disk finds a reserve again.
    """
    while True:
        time.sleep(_LOOK_EVERY_S)
        with suppress(OSError):  # a disk in trouble is told of by who writes there
            hold_back(folder, mib, beyond_mib=beyond_mib)
