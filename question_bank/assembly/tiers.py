"""How much is known of the items of a section."""

from __future__ import annotations

from enum import IntEnum


class Tier(IntEnum):
    """What is known of every item of a section; a mixed section claims the least of its items."""

    NONE = 0
    LABELS = 1
    P_VALUES = 2
    GROUP_MEANS = 3
    IRT = 4
