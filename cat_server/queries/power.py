"""How the server is powered, as its UPS reported last."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.events import EventKind
from cat_server.domain.ids import SITE_CHAIN
from cat_server.domain.power import Power
from cat_server.queries.access import Reader
from cat_server.records.events_by_kind import events_of_kinds


@dataclass(frozen=True, slots=True)
class PowerReport:
    """What the UPS said last and when (wall time, ms); `UNKNOWN` and 0 where none ever reported."""

    power: Power
    at_ms: int


def power_report(reader: Reader) -> PowerReport:
    """Return the newest report."""
    with reader.view() as view:
        found = events_of_kinds(view.connection, SITE_CHAIN, [EventKind.POWER_CHANGED])
    return (
        PowerReport(Power(str(found[-1].body["power"])), found[-1].at_ms)
        if found
        else PowerReport(Power.UNKNOWN, 0)
    )
