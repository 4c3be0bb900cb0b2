"""What is wrong with the server itself, on top of every officer's page."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.power import Power
from cat_server.queries.power import power_report
from monitoring.pages import Screens
from monitoring.wording import clock_time

_ALARMING = {Power.ON_BATTERY: False, Power.LOW: True, Power.SILENT: False}
"""Which states of the power are told, and whether they are urgent."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A line: its text's code, what is filled in, and whether somebody must act at once."""

    code: str
    time: str = ""
    is_urgent: bool = True


@dataclass(frozen=True, slots=True)
class AlarmsView:
    """All of them."""

    alarms: tuple[Alarm, ...]

    @property
    def told(self) -> str:
        """What a page says that shows them, so that it is left as it is, and not read out again, while nothing changes."""
        return " ".join(f"{each.code}@{each.time}" for each in self.alarms)


def routes(screens: Screens) -> APIRouter:
    """Return the route of the fragment."""
    router = APIRouter()

    @router.get("/alarms")
    def alarms(request: Request, told: str = "") -> Response:
        view = AlarmsView(tuple(_alarms(screens)))
        if told == view.told:
            return Response(status_code=204)
        return screens.show(request, "alarms.html", view)

    return router


def _alarms(screens: Screens) -> list[Alarm]:
    deps = screens.deps
    found: list[Alarm] = []
    told = power_report(deps.reader)
    if told.power in _ALARMING:
        since = clock_time(told.at_ms, screens.zone)
        found.append(Alarm(f"alarm_power_{told.power.value.lower()}", since, _ALARMING[told.power]))
    state = screens.health()
    if not state.can_save:
        found.append(Alarm("alarm_cannot_save"))
    elif state.is_ballast_gone:
        found.append(Alarm("alarm_disk_full"))
    if "pages_damaged" in state.look_at:
        found.append(Alarm("alarm_pages", is_urgent=False))
    if state.journal_trouble:
        found.append(Alarm("alarm_journal", is_urgent=state.journal == "required"))
    return found
