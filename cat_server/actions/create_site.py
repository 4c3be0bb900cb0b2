"""Recording that a site came into being."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.records.write_lane import Tx, WriteLane


def record_site(lane: WriteLane, site_code: str, software: str) -> None:
    """Write the first event of the site's chain."""

    def op(tx: Tx) -> None:
        tx.append(
            SITE_CHAIN,
            Event(EventKind.SITE_INITIALISED, {"site_code": site_code, "software": software}),
            OPERATOR,
        )

    lane.run_now(op)
