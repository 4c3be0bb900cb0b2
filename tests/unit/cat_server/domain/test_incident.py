"""Incident codes are complete, and a report must say something that can have happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cat_server.domain.incident import IncidentReport, refuse_report, text_code
from cat_server.domain.refusals import Refusal
from cat_server.runtime.incident_codes import incident_codes
from question_bank.messages import LANGUAGES, Catalogue

NOW_MS = 1_795_000_000_000
REPORT = IncidentReport("power.outage", NOW_MS, 60, "Padam", "Genset")


def test_every_code_has_a_text_in_both_languages_and_occurs_once() -> None:
    codes = [code for each in incident_codes().categories for code in each.full_codes]
    assert len(codes) == len(set(codes)) > 30
    catalogue = Catalogue("cat_server")
    for language in LANGUAGES:
        names = [each.name for each in incident_codes().categories]
        assert {text_code(each) for each in (*codes, *names)} <= catalogue.codes(language)


def test_only_some_codes_disqualify_or_void() -> None:
    codes = incident_codes()
    codes.refuse_as_disqualification("conduct.cheating")
    codes.refuse_as_voiding("paper.wrong_form")
    for refuse, code in (
        (codes.refuse_unknown, "power"),
        (codes.refuse_unknown, ""),
        (codes.refuse_as_disqualification, "power.outage"),
        (codes.refuse_as_voiding, "conduct.cheating"),
    ):
        with pytest.raises(Refusal, match="INCIDENT_CODE_UNKNOWN"):
            refuse(code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"description": "  "}, "INCIDENT_DESCRIPTION_MISSING"),
        ({"description": "a" * 1_001}, "INCIDENT_TEXT_LONG"),
        ({"measure": "a" * 1_001}, "INCIDENT_TEXT_LONG"),
        ({"occurred_at_ms": NOW_MS + 60_001}, "INCIDENT_IN_FUTURE"),
        ({"duration_s": -1}, "INCIDENT_DURATION"),
        ({"duration_s": 86_401}, "INCIDENT_DURATION"),
    ],
)
def test_a_report_that_cannot_be_is_refused(changes: dict[str, object], code: str) -> None:
    refuse_report(REPORT, NOW_MS)
    with pytest.raises(Refusal) as caught:
        refuse_report(replace(REPORT, **changes), NOW_MS)  # type: ignore[arg-type]  # fields by name
    assert caught.value.code == code
