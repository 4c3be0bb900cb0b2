"""What kiosks last told of themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from cat_server.records.tables import PresenceRow, table_of

_presence = table_of(PresenceRow)

_UPSERT = text(
    "INSERT INTO presence (attempt_id, seen_at_ms, clock_ms, position, unsent, is_offline_ready, lost_focus)"
    " VALUES (:attempt_id, :seen_at_ms, :clock_ms, :position, :unsent, :is_offline_ready, :lost_focus)"
    " ON CONFLICT (attempt_id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms, clock_ms = excluded.clock_ms, position = excluded.position,"
    " unsent = excluded.unsent, is_offline_ready = excluded.is_offline_ready, lost_focus = excluded.lost_focus"
    " WHERE excluded.clock_ms >= presence.clock_ms"
)


def save_presences(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    """Upsert the latest signs of life; an older one that another process brings later changes nothing."""
    if rows:
        connection.execute(_UPSERT, rows)


def seen_clock_ms(connection: Connection, attempt_id: str) -> int:
    """Return the exam clock at an attempt's last sign of life; 0 where there was none."""
    query = select(_presence.c.clock_ms).where(_presence.c.attempt_id == attempt_id)
    return connection.execute(query).scalar() or 0
