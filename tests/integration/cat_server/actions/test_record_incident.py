"""An incident names its place, is read back with names, and leaves nothing personal in the public part."""

from __future__ import annotations

import json

import pytest

from cat_server.actions.record_incident import Where, record_incident
from cat_server.domain.ids import OPERATOR
from cat_server.domain.incident import IncidentReport
from cat_server.domain.refusals import Refusal
from cat_server.queries.incidents import incidents
from tests.integration.conftest import Centre


def report(centre: Centre, code: str, ago_s: int = 0, text: str = "Layar gelap") -> IncidentReport:
    return IncidentReport(code, centre.clock.at_ms - ago_s * 1_000, 90, f" {text} ", "Ganti kabel")


def test_incidents_are_listed_as_they_happened_with_who_and_where(centre: Centre) -> None:
    who = centre.seat(0)
    session = centre.exam_session_id
    for told, where in (
        (report(centre, "pc.display"), Where(attempt_id=who.slip.attempt_id)),
        (report(centre, "power.outage", 600), Where(room_id=centre.room_id)),
        (report(centre, "pc.dead", 60), Where(centre.room_id, who.slip.seat_no)),
        (report(centre, "other.other", 900), Where()),
    ):
        centre.do(record_incident(centre.lane, session, told, where, OPERATOR))
    found = incidents(centre.reader, session)
    seat, number = who.slip.seat_no, who.slip.participant_number
    assert [(each.code, each.room_name, each.seat_no, each.participant_number) for each in found] == [
        ("other.other", "", None, ""),
        ("power.outage", "Ruang A", None, ""),
        ("pc.dead", "Ruang A", seat, number),
        ("pc.display", "Ruang A", seat, number),
    ]
    assert (found[0].description, found[0].measure, found[0].duration_s) == ("Layar gelap", "Ganti kabel", 90)
    envelopes = centre.rows("SELECT envelope FROM ledger WHERE kind='INCIDENT_RECORDED'")
    assert len(envelopes) == 4
    assert not any("Layar" in bytes(each[0]).decode() for each in envelopes)
    assert set(json.loads(envelopes[0][0])["body"]) == {
        "incident_id", "code", "room_id", "seat_id", "attempt_id", "occurred_at_ms", "duration_s",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "code"),
    [
        (Where(attempt_id="stranger"), "ATTEMPT_UNKNOWN"),
        (Where(room_id="elsewhere"), "SITTING_UNKNOWN"),
        (Where(seat_no=1), "SEAT_UNKNOWN"),
    ],
)
def test_an_unknown_place_is_refused_and_nothing_is_kept(centre: Centre, where: Where, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        centre.do(
            record_incident(centre.lane, centre.exam_session_id, report(centre, "pc.dead"), where, OPERATOR)
        )
    assert caught.value.code == code
    assert centre.rows("SELECT count(*) FROM incident") == [(0,)]
