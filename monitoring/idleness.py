"""Ends the sign-in of officers who went away: thirty minutes without a request (twelve hours end it in any case).

Kept in memory: a restart of the process begins the thirty minutes anew. A live stream is no sign of a person; a board
that somebody moves the pointer on says so by itself.
"""

from __future__ import annotations

from cat_server.runtime.tokens import token_hash

IDLE_MS = 30 * 60_000
_MOST = 10_000


class Idleness:
    """When each sign-in was last used, in milliseconds since boot."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def is_idle(self, token: str, boot_ms: int) -> bool:
        """Tell whether a sign-in was left alone for too long."""
        used = self._used.get(token_hash(token))
        return used is not None and boot_ms - used > IDLE_MS

    def use(self, token: str, boot_ms: int) -> None:
        """Note that somebody is there."""
        key = token_hash(token)
        self._used.pop(key, None)
        self._used[key] = boot_ms
        if len(self._used) > _MOST:
            self._used.pop(next(iter(self._used)))
