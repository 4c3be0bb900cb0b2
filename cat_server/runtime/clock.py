"""The machine's clocks. Nothing else in the product asks the machine for the time."""

from __future__ import annotations

import time
from pathlib import Path

from cat_server.domain.instants import Clock, Instant

__all__ = ["Clock", "Instant", "SystemClock"]


class SystemClock:
    """Wall time and `CLOCK_BOOTTIME`, which runs through suspend and knows no jumps."""

    def __init__(self) -> None:
        self._boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()

    def now(self) -> Instant:
        """Return the present instant."""
        return Instant(
            time.time_ns() // 1_000_000,
            self._boot_id,
            time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
        )
