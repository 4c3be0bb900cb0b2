"""Whose turn it is, among processes of one site, to do what only one may do: whoever holds a file locked, until it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

TIMEKEEPER_FILE = "timekeeper.lock"


class Turn:
    """Taken once and kept for life. The kernel gives it up when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._is_mine = False

    def is_mine(self) -> bool:
        """Tell whether it is this process's turn, and take it if it is free."""
        if not self._is_mine:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._is_mine = True
        return True
