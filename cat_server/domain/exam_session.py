"""States of sittings and exam sessions, as a table (design 7)."""

from __future__ import annotations

from enum import StrEnum

from cat_server.domain.refusals import Refusal


class SittingState(StrEnum):
    """Where an exam session stands in one room; an exam session has the same states."""

    PREPARED = "PREPARED"
    REGISTERING = "REGISTERING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"
    SIGNED = "SIGNED"


class SittingCommand(StrEnum):
    """What officers do to a sitting."""

    OPEN_REGISTRATION = "open_registration"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    SIGN = "sign"


TRANSITIONS: dict[tuple[SittingState, SittingCommand], SittingState] = {
    (SittingState.PREPARED, SittingCommand.OPEN_REGISTRATION): SittingState.REGISTERING,
    (SittingState.REGISTERING, SittingCommand.START): SittingState.RUNNING,
    (SittingState.RUNNING, SittingCommand.PAUSE): SittingState.PAUSED,
    (SittingState.PAUSED, SittingCommand.RESUME): SittingState.RUNNING,
    (SittingState.PREPARED, SittingCommand.CLOSE): SittingState.CLOSED,
    (SittingState.REGISTERING, SittingCommand.CLOSE): SittingState.CLOSED,
    (SittingState.RUNNING, SittingCommand.CLOSE): SittingState.CLOSED,
    (SittingState.PAUSED, SittingCommand.CLOSE): SittingState.CLOSED,
    (SittingState.CLOSED, SittingCommand.SIGN): SittingState.SIGNED,
}

OVER = frozenset({SittingState.CLOSED, SittingState.SIGNED})
"""No one answers any more: what was sealed may be opened, what was counted may be signed."""
NOT_BEGUN = frozenset({SittingState.PREPARED, SittingState.REGISTERING})
"""Nobody has seen an item yet."""
_ORDER = list(SittingState)


def next_sitting_state(state: SittingState, command: SittingCommand) -> SittingState:
    """Return the state after `command`.

    Raises:
        Refusal: `SITTING_STATE`, the command does not fit the state.
    """
    try:
        return TRANSITIONS[state, command]
    except KeyError:
        raise Refusal("SITTING_STATE", {"state": state.value, "command": command.value}) from None


def exam_session_state(sittings: list[SittingState]) -> SittingState:
    """Return the state of an exam session from its sittings: the least advanced, but running while one runs."""
    if not sittings:
        return SittingState.PREPARED
    for busy in (SittingState.RUNNING, SittingState.PAUSED):
        if busy in sittings:
            return busy
    return min(sittings, key=_ORDER.index)
