"""When something last happened to the site, as its ledger tells."""

from __future__ import annotations

from cat_server.domain.events import EventKind
from cat_server.domain.ids import SITE_CHAIN
from cat_server.queries.access import Reader
from cat_server.records.events_by_kind import events_of_kinds


def last_at_ms(reader: Reader, kind: EventKind) -> int:
    """Return the wall time of the site's newest event of a kind; 0 where there was none."""
    with reader.view() as view:
        found = events_of_kinds(view.connection, SITE_CHAIN, [kind])
    return found[-1].at_ms if found else 0
