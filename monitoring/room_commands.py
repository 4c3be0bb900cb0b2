"""What officers do to a whole room: when each command fits, and what it asks for before it acts."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.exam_session import SittingState

_S = SittingState


@dataclass(frozen=True, slots=True)
class Command:
    """A button of the room page and its confirmation.

    `states`: the button shows only in these. `approval` names the action in the profile's `two_person` policy.
    """

    name: str
    states: tuple[str, ...]
    asks_reason: bool = False
    asks_minutes: bool = False
    is_danger: bool = False
    is_quiet: bool = False
    approval: str = ""


COMMANDS = (
    Command("open-registration", (_S.PREPARED,)),
    Command("start", (_S.REGISTERING,)),
    Command("pause", (_S.RUNNING,), asks_reason=True, approval="pause"),
    Command("resume", (_S.PAUSED,), approval="resume"),
    Command(
        "grant-time",
        (_S.RUNNING, _S.PAUSED),
        asks_reason=True,
        asks_minutes=True,
        is_quiet=True,
        approval="grant_time",
    ),
    Command(
        "close",
        (_S.PREPARED, _S.REGISTERING, _S.RUNNING, _S.PAUSED),
        asks_reason=True,
        is_danger=True,
        is_quiet=True,
        approval="close",
    ),
)
"""In the order of the buttons."""
