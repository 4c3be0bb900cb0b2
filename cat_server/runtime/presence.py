"""What kiosks last told of themselves, collected in memory and written with the next tick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """One kiosk's last sign of life, at `clock_ms` of its exam clock. `unsent` counts answers waiting in its outbox, `lost_focus` since sign-in."""

    attempt_id: str
    seen_at_ms: int
    position: int
    unsent: int
    is_offline_ready: bool
    lost_focus: int
    clock_ms: int = 0


class Presence:
    """Latest sign of life by attempt."""

    def __init__(self) -> None:
        self._new: dict[str, Seen] = {}

    def note(self, seen: Seen) -> None:
        """Remember a sign of life until it is taken."""
        self._new[seen.attempt_id] = seen

    def take(self) -> list[Seen]:
        """Return what came since the last call, and forget it."""
        taken, self._new = list(self._new.values()), {}
        return taken
