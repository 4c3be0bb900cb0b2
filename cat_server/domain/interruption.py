"""Time lost at a PC that stopped and came back: measured by the server, credited by an officer (design 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cat_server.domain.timing import AttemptBlock, open_block

LEAST_PROPOSED_MS = 15_000
"""Shorter stops lie within the rhythm of the heartbeats, which come every ten seconds or so."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """What one participant could not work, on the exam clock: from the last sign of work to the first after it.

    `number` is the ledger event that noted it.
    """

    number: int
    from_clock_ms: int
    to_clock_ms: int

    @property
    def lost_ms(self) -> int:
        """How long it was."""
        return self.to_clock_ms - self.from_clock_ms


def stopped_at(
    blocks: Sequence[AttemptBlock], seen_clock_ms: int, worked_clock_ms: int, clock_ms: int
) -> int | None:
    """Return since when a page that has just come up was not worked on, or None where that is too short to matter.

    `seen_clock_ms` is the last heartbeat, `worked_clock_ms` what the PC itself remembers of later work (without the
    network, for one): it can only shorten the time. Before its block began nobody could work.
    """
    block = open_block(blocks)
    if block is None:
        return None
    since = max(seen_clock_ms, worked_clock_ms, block.started_clock_ms)
    return since if clock_ms - since >= LEAST_PROPOSED_MS else None
