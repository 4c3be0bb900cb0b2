"""What the web apps hold in order to read and write; they may not import `records` themselves."""

from __future__ import annotations

from cat_server.records.database_errors import DatabaseAwayError
from cat_server.records.engine import Reader
from cat_server.records.write_lane import NotDurableError, WriteLane

__all__ = ["DatabaseAwayError", "NotDurableError", "Reader", "WriteLane"]
