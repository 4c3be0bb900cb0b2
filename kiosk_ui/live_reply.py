"""The live part of a reply, the same on every way to a kiosk."""

from __future__ import annotations

from cat_server.domain.live import Live

VERSION = 1


def live_content(live: Live) -> dict[str, int | str]:
    """Return what `/answers`, `/state`, `/heartbeat` and events say of time and control."""
    return {
        "v": VERSION,
        "state": live.state,
        "remaining_ms": live.remaining_ms,
        "clock_ms": live.clock_ms,
        "control_no": live.control_no,
        "epoch": live.epoch,
        "block": live.block,
    }
