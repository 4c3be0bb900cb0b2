"""What stands on a PIN slip."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """What a participant takes along. `pin` is shown in two groups of four."""

    participant_number: str
    name: str
    room: str
    seat_no: int
    pin: str
