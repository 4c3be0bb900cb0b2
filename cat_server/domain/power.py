"""What the server's UPS says, in the words of Network UPS Tools' notifications."""

from __future__ import annotations

from enum import StrEnum


class Power(StrEnum):
    """How the server is powered. `UNKNOWN` where no UPS ever reported."""

    UNKNOWN = "UNKNOWN"
    ONLINE = "ONLINE"
    ON_BATTERY = "ON_BATTERY"
    LOW = "LOW"
    SILENT = "SILENT"


POWER_OF: dict[str, Power] = {
    "ONLINE": Power.ONLINE,
    "COMMOK": Power.ONLINE,
    "ONBATT": Power.ON_BATTERY,
    "LOWBATT": Power.LOW,
    "FSD": Power.LOW,
    "SHUTDOWN": Power.LOW,
    "COMMBAD": Power.SILENT,
    "NOCOMM": Power.SILENT,
}
"""By NOTIFYTYPE of upsmon.conf(5); the others say nothing about the power."""
