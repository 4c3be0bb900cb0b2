"""A moment as the server knows it, and who tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Instant:
    """Wall time for display (UTC milliseconds), and milliseconds since boot, which alone measure time."""

    at_ms: int
    boot_id: str
    boot_ms: int


class Clock(Protocol):
    """Tells the time; tests put a fake in its place."""

    def now(self) -> Instant:
        """Return the present instant."""
        ...
