"""Until when PINs are issued, and who comes too late."""

from __future__ import annotations

from cat_server.domain.attempt import AttemptState
from cat_server.domain.refusals import Refusal


def closes_at_ms(planned_start_at_ms: int | None, cutoff_s: int) -> int | None:
    """Return when registration closes: `cutoff_s` seconds before the planned start, or never without a plan."""
    return None if planned_start_at_ms is None else planned_start_at_ms - cutoff_s * 1_000


def is_past_cutoff(now_at_ms: int, planned_start_at_ms: int | None, cutoff_s: int) -> bool:
    """Tell whether registration has closed by itself (domain.md 2.2, step 4)."""
    closes = closes_at_ms(planned_start_at_ms, cutoff_s)
    return closes is not None and now_at_ms >= closes


def refuse_after_cutoff(now_at_ms: int, planned_start_at_ms: int | None, cutoff_s: int) -> None:
    """Refuse a PIN from `cutoff_s` seconds before the planned start on.

    An exam session without a planned start takes registrations until it is started.

    Raises:
        Refusal: `PIN_CLOSED`.
    """
    if is_past_cutoff(now_at_ms, planned_start_at_ms, cutoff_s):
        raise Refusal("PIN_CLOSED", {"minutes": cutoff_s // 60})


def forfeits_at_start(state: AttemptState, late_start: str) -> bool:
    """Tell whether the start of the room forfeits an attempt: checked in, never signed in, and nobody begins late.

    Whoever has signed in begins with the room; where the profile lets people begin late, the closing decides.
    """
    return state is AttemptState.REGISTERED and late_start == "refuse"
