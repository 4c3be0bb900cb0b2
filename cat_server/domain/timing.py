"""Time of one attempt, on the exam clock: when its blocks end and what follows (design 6).

All values are milliseconds of the sitting's exam clock. A pause, a crash or a power cut stops that clock itself, so a
deadline is a plain clock value and nothing here knows of pauses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cat_server.domain.answers import TRANSPORT_GRACE_MS

__all__ = [
    "TRANSPORT_GRACE_MS",
    "Arrival",
    "AttemptBlock",
    "Progress",
    "TimeGrant",
    "arrival",
    "ends_clock_ms",
    "finish_block",
    "granted_ms",
    "open_block",
    "remaining_ms",
    "start_blocks",
    "tick",
]


@dataclass(frozen=True, slots=True)
class AttemptBlock:
    """A block that has started. `allowed_ms` includes accommodations but no grants; `ended_clock_ms` closes it."""

    block_no: int
    started_clock_ms: int
    allowed_ms: int
    ended_clock_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TimeGrant:
    """Time given (or, negative, taken back) by officers. Grants are only ever added; the total is derived.

    `block_no` None gives the time in every block of the attempt.
    """

    grant_id: str
    block_no: int | None
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Progress:
    """An attempt's blocks after a tick or a finish. `ended` and `started` name what has just changed.

    `is_over`: the last block has ended, at `over_clock_ms`.
    """

    blocks: tuple[AttemptBlock, ...]
    ended: tuple[AttemptBlock, ...] = ()
    started: tuple[AttemptBlock, ...] = ()
    over_clock_ms: int | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to answer."""
        return self.over_clock_ms is not None


class Arrival(StrEnum):
    """When an answer reached the server, seen from its block's end."""

    IN_TIME = "in_time"
    LATE = "late"
    TOO_LATE = "too_late"


def granted_ms(block_no: int, grants: Collection[TimeGrant]) -> int:
    """Return the sum of grants for a block. The same grant met twice counts once."""
    if not grants:
        return 0
    by_id = {each.grant_id: each for each in grants}
    return sum(each.milliseconds for each in by_id.values() if each.block_no in (None, block_no))


def ends_clock_ms(block: AttemptBlock, grants: Collection[TimeGrant] = ()) -> int:
    """Return the clock value at which the block's time is up; never before its start."""
    total = block.allowed_ms + granted_ms(block.block_no, grants)
    return block.started_clock_ms + max(0, total)


def remaining_ms(block: AttemptBlock, grants: Collection[TimeGrant], clock_ms: int) -> int:
    """Return what is left of the block at `clock_ms`; 0 once it has ended."""
    if block.ended_clock_ms is not None:
        return 0
    return max(0, ends_clock_ms(block, grants) - clock_ms)


def open_block(blocks: Iterable[AttemptBlock]) -> AttemptBlock | None:
    """Return the one block that accepts answers, or None.

    Raises:
        ValueError: two blocks are open, which no rule allows.
    """
    still_open = [each for each in blocks if each.ended_clock_ms is None]
    if len(still_open) > 1:
        raise ValueError(f"blocks {[each.block_no for each in still_open]} are open at once")
    return still_open[0] if still_open else None


def start_blocks(allowed_ms: Sequence[int], clock_ms: int) -> Progress:
    """Start the first block of an attempt at `clock_ms`. `allowed_ms` is the time of each block."""
    first = AttemptBlock(1, clock_ms, allowed_ms[0])
    return Progress(blocks=(first,), started=(first,))


def tick(
    blocks: Sequence[AttemptBlock],
    allowed_ms: Sequence[int],
    grants: Sequence[TimeGrant],
    clock_ms: int,
) -> Progress:
    """Return the attempt at `clock_ms`: a block whose time is up ends, and the next one starts at that very value.

    A block ends at its deadline, not at the tick that noticed it, so no tick is too coarse. A deadline of exactly
    `clock_ms` is up. `over_clock_ms` is set once, by the tick that ends the last block (the attempt is TIMED_OUT).
    """
    progress = Progress(blocks=tuple(blocks))
    while (current := open_block(progress.blocks)) is not None:
        ends = ends_clock_ms(current, grants)
        if clock_ms < ends:
            break
        progress = _end(progress, current, allowed_ms, ends)
    return progress


def finish_block(blocks: Sequence[AttemptBlock], allowed_ms: Sequence[int], clock_ms: int) -> Progress:
    """End the open block early at `clock_ms`; the next starts at once and the unused time lapses (design 13).

    Tick to `clock_ms` first: a block whose time is already up must end at its deadline.

    Raises:
        ValueError: no block is open.
    """
    current = open_block(blocks)
    if current is None:
        raise ValueError("no block is open")
    return _end(Progress(blocks=tuple(blocks)), current, allowed_ms, clock_ms)


def arrival(received_clock_ms: int, block_ends_clock_ms: int, offline_grace_s: int) -> Arrival:
    """Tell how an answer to a block arrived: up to 5 s after its end is in time, up to the grace after it is late.

    Both limits count from the block's end and include their last millisecond.
    """
    after = received_clock_ms - block_ends_clock_ms
    if after <= TRANSPORT_GRACE_MS:
        return Arrival.IN_TIME
    return Arrival.LATE if after <= offline_grace_s * 1000 else Arrival.TOO_LATE


def _end(progress: Progress, current: AttemptBlock, allowed_ms: Sequence[int], clock_ms: int) -> Progress:
    ended = replace(current, ended_clock_ms=clock_ms)
    blocks = tuple(ended if each.block_no == current.block_no else each for each in progress.blocks)
    if current.block_no >= len(allowed_ms):
        return replace(progress, blocks=blocks, ended=(*progress.ended, ended), over_clock_ms=clock_ms)
    following = AttemptBlock(current.block_no + 1, clock_ms, allowed_ms[current.block_no])
    return replace(
        progress,
        blocks=(*blocks, following),
        ended=(*progress.ended, ended),
        started=(*progress.started, following),
    )
