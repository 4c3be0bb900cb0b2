"""What a kiosk is told with every reply: state, time left, control number."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cat_server.domain.attempt import AttemptState
from cat_server.domain.exam_clock import ExamClock
from cat_server.domain.exam_session import SittingState
from cat_server.domain.instants import Instant
from cat_server.domain.timing import AttemptBlock, TimeGrant, ends_clock_ms, open_block


class AttemptContext(msgspec.Struct, frozen=True):
    """An attempt with its sitting, blocks and grants: all that a rule about it needs."""

    attempt_id: str
    exam_session_id: str
    participant_id: str
    room_id: str
    seat_id: str
    kiosk_id: str
    form_no: int | None
    profile_hash: str
    accommodation: str
    category: str
    state: AttemptState
    epoch: int
    finish_seq: int | None
    has_confirmed_identity: bool
    has_accepted_pledge: bool
    sitting_state: SittingState
    control_no: int
    clock: ExamClock
    blocks: Sequence[AttemptBlock]
    grants: Sequence[TimeGrant]
    ordinal: int = 1
    paused_clock_ms: int | None = None

    def clock_ms(self, now: Instant) -> int:
        """Return the exam clock as it runs for this attempt: it stands still while the attempt alone is paused."""
        if self.state is AttemptState.PAUSED and self.paused_clock_ms is not None:
            return self.paused_clock_ms
        return self.clock.at(now)


class Live(msgspec.Struct, frozen=True):
    """The live part of a reply. `block` is the open block's number, 0 if none is open."""

    state: str
    remaining_ms: int
    clock_ms: int
    control_no: int
    epoch: int
    block: int


def live(context: AttemptContext, now: Instant) -> Live:
    """Return what the kiosk of this attempt should show now.

    A running attempt in a paused sitting is shown as PAUSED; one that is paused alone sees its own clock stand still.
    """
    clock_ms = context.clock_ms(now)
    state = context.state
    if state is AttemptState.RUNNING and context.sitting_state is SittingState.PAUSED:
        state = AttemptState.PAUSED
    block = open_block(context.blocks)
    remaining = max(ends_clock_ms(block, context.grants) - clock_ms, 0) if block else 0
    return Live(
        state.value, remaining, clock_ms, context.control_no, context.epoch, block.block_no if block else 0
    )
