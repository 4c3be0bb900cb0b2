"""What a check of the records found to be done besides serving."""

from __future__ import annotations

from enum import IntFlag


class Found(IntFlag):
    """The exit code of a check; 1 and 2 are those of one that refused and has said why."""

    SOUND = 0
    WITHOUT_BASE = 32
    """No backup can be brought up to date with the journal."""
    PAGES_LEFT = 64
    """Not every page of the database has been read."""
    PAGES_DAMAGED = 128
    """Pages are damaged that were read while the server ran."""
