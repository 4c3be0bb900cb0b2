"""The exam clock of a sitting: no tick, no time (design 6)."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.instants import Instant

MOST_EXTRAPOLATED_MS = 1_000
"""The clock runs at most this far beyond its last tick; what a crash or a stall takes longer is nobody's time."""
NOTICEABLE_GAP_MS = 3_000
"""A gap from which on a stop of the clock is recorded for the minutes."""


@dataclass(frozen=True, slots=True)
class ExamClock:
    """A sitting's clock as it was last persisted."""

    clock_ms: int
    boot_id: str
    boot_ms: int
    ticked_at_ms: int
    is_running: bool

    def at(self, now: Instant) -> int:
        """Return the exam clock at `now`."""
        if not self.is_running or now.boot_id != self.boot_id:
            return self.clock_ms
        return self.clock_ms + min(max(now.boot_ms - self.boot_ms, 0), MOST_EXTRAPOLATED_MS)

    def gap_ms(self, now: Instant, after: ExamClock) -> int:
        """Return how much longer than the clock time itself ran until it became `after`; 0 while it keeps time.

        Within one boot it is measured; across a reboot the wall clock is all there is.
        """
        if not self.is_running:
            return 0
        is_same_boot = now.boot_id == self.boot_id
        passed = now.boot_ms - self.boot_ms if is_same_boot else now.at_ms - self.ticked_at_ms
        missed = passed - (after.clock_ms - self.clock_ms)
        return missed if missed >= NOTICEABLE_GAP_MS - MOST_EXTRAPOLATED_MS else 0

    def ticked(self, now: Instant) -> ExamClock:
        """Return the clock advanced to `now`."""
        return ExamClock(self.at(now), now.boot_id, now.boot_ms, now.at_ms, self.is_running)

    def resumed(self, now: Instant) -> ExamClock:
        """Return the clock as a timekeeper that has just come up takes it over: nothing since the last tick counts."""
        return ExamClock(self.clock_ms, now.boot_id, now.boot_ms, now.at_ms, self.is_running)

    def set_running(self, now: Instant, *, is_running: bool) -> ExamClock:
        """Return the clock started or stopped at `now`."""
        return ExamClock(self.at(now), now.boot_id, now.boot_ms, now.at_ms, is_running)
