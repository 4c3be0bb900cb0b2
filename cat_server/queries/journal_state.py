"""How the journal on the second device stands to the database."""

from __future__ import annotations

from pathlib import Path

from cat_server.queries.access import Reader
from cat_server.records.journal import journal_head
from cat_server.records.journal_replay import Comparison, compare

__all__ = ["Comparison", "journal_comparison", "journal_line"]


def journal_line(reader: Reader) -> str:
    """Return the name of the journal that the database is in; empty where it is in none."""
    with reader.view() as view:
        head = journal_head(view.connection)
    return head.line if head else ""


def journal_comparison(reader: Reader, folder: Path) -> Comparison | None:
    """Compare database and journal; None where the database is in no journal. While a server writes, one may lead."""
    with reader.view() as view:
        return compare(view.connection, folder)
