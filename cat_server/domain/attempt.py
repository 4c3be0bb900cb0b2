"""States of an attempt, as a table (design 7)."""

from __future__ import annotations

from enum import StrEnum

from cat_server.domain.refusals import Refusal


class AttemptState(StrEnum):
    """Where a participant stands in an exam session."""

    SCHEDULED = "SCHEDULED"
    REGISTERED = "REGISTERED"
    SEATED = "SEATED"
    READY = "READY"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    TIMED_OUT = "TIMED_OUT"
    FORCE_CLOSED = "FORCE_CLOSED"
    ABSENT = "ABSENT"
    FORFEITED = "FORFEITED"
    DISQUALIFIED = "DISQUALIFIED"
    VOIDED = "VOIDED"


class AttemptCommand(StrEnum):
    """What happens to an attempt."""

    CHECK_IN = "check_in"
    UNDO_CHECK_IN = "undo_check_in"
    SIGN_IN = "sign_in"
    GET_READY = "get_ready"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    TIME_OUT = "time_out"
    FORCE_CLOSE = "force_close"
    CLOSE_ABSENT = "close_absent"
    CLOSE_UNSTARTED = "close_unstarted"
    REOPEN = "reopen"
    REFUSE_ADMISSION = "refuse_admission"
    REINSTATE = "reinstate"
    READMIT = "readmit"
    DISQUALIFY = "disqualify"
    VOID = "void"


_A, _C = AttemptState, AttemptCommand

TRANSITIONS: dict[tuple[AttemptState, AttemptCommand], AttemptState] = {
    (_A.SCHEDULED, _C.CHECK_IN): _A.REGISTERED,
    (_A.REGISTERED, _C.UNDO_CHECK_IN): _A.SCHEDULED,
    (_A.REGISTERED, _C.SIGN_IN): _A.SEATED,
    (_A.SEATED, _C.SIGN_IN): _A.SEATED,
    (_A.READY, _C.SIGN_IN): _A.READY,
    (_A.RUNNING, _C.SIGN_IN): _A.RUNNING,
    (_A.PAUSED, _C.SIGN_IN): _A.PAUSED,
    (_A.FINISHED, _C.SIGN_IN): _A.FINISHED,
    (_A.TIMED_OUT, _C.SIGN_IN): _A.TIMED_OUT,
    (_A.FORCE_CLOSED, _C.SIGN_IN): _A.FORCE_CLOSED,
    (_A.SEATED, _C.GET_READY): _A.READY,
    (_A.READY, _C.GET_READY): _A.READY,
    (_A.SEATED, _C.START): _A.RUNNING,
    (_A.READY, _C.START): _A.RUNNING,
    (_A.RUNNING, _C.PAUSE): _A.PAUSED,
    (_A.PAUSED, _C.RESUME): _A.RUNNING,
    (_A.RUNNING, _C.FINISH): _A.FINISHED,
    (_A.PAUSED, _C.FINISH): _A.FINISHED,
    (_A.RUNNING, _C.TIME_OUT): _A.TIMED_OUT,
    (_A.RUNNING, _C.FORCE_CLOSE): _A.FORCE_CLOSED,
    (_A.PAUSED, _C.FORCE_CLOSE): _A.FORCE_CLOSED,
    (_A.SCHEDULED, _C.CLOSE_ABSENT): _A.ABSENT,
    (_A.REGISTERED, _C.CLOSE_UNSTARTED): _A.FORFEITED,
    (_A.SEATED, _C.CLOSE_UNSTARTED): _A.FORFEITED,
    (_A.READY, _C.CLOSE_UNSTARTED): _A.FORFEITED,
    (_A.TIMED_OUT, _C.REOPEN): _A.RUNNING,
    (_A.SCHEDULED, _C.REFUSE_ADMISSION): _A.FORFEITED,
    (_A.ABSENT, _C.REINSTATE): _A.SCHEDULED,
    (_A.FORFEITED, _C.REINSTATE): _A.SCHEDULED,
    (_A.FORFEITED, _C.READMIT): _A.SEATED,
    (_A.REGISTERED, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.SEATED, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.READY, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.RUNNING, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.PAUSED, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.FINISHED, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.TIMED_OUT, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.FORCE_CLOSED, _C.DISQUALIFY): _A.DISQUALIFIED,
    (_A.REGISTERED, _C.VOID): _A.VOIDED,
    (_A.SEATED, _C.VOID): _A.VOIDED,
    (_A.READY, _C.VOID): _A.VOIDED,
    (_A.RUNNING, _C.VOID): _A.VOIDED,
    (_A.PAUSED, _C.VOID): _A.VOIDED,
    (_A.FINISHED, _C.VOID): _A.VOIDED,
    (_A.TIMED_OUT, _C.VOID): _A.VOIDED,
    (_A.FORCE_CLOSED, _C.VOID): _A.VOIDED,
}

WAITING = frozenset({_A.REGISTERED, _A.SEATED, _A.READY})
IN_PROGRESS = frozenset({_A.RUNNING, _A.PAUSED})
SAT = frozenset({_A.RUNNING, _A.PAUSED, _A.FINISHED, _A.TIMED_OUT, _A.FORCE_CLOSED, _A.DISQUALIFIED})
"""States of a participant who was present and whose attempt counts: it has a score, if only of blanks."""
ENDED = frozenset(
    {_A.FINISHED, _A.TIMED_OUT, _A.FORCE_CLOSED, _A.ABSENT, _A.FORFEITED, _A.DISQUALIFIED, _A.VOIDED}
)


RANKED = SAT - {_A.DISQUALIFIED}
"""States whose score takes part in the ranking; a disqualified participant's score is kept, but nobody is behind it."""


def next_attempt_state(state: AttemptState, command: AttemptCommand) -> AttemptState:
    """Return the state after `command`.

    Raises:
        Refusal: `ATTEMPT_STATE`, the command does not fit the state.
    """
    try:
        return TRANSITIONS[state, command]
    except KeyError:
        raise Refusal("ATTEMPT_STATE", {"state": state.value, "command": command.value}) from None
