"""Two committees, one statement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import (
    Committee,
    Decision,
    SignOff,
    Statement,
    check_sign_off,
    decision_of,
    is_official,
    missing_committees,
)

CURRENT = Statement(2, "ab" * 32)
DELIVERY, AGENCY = Committee.DELIVERY_TEAM, Committee.AGENCY_COMMITTEE


def decided(officer: str, committee: str, decision: Decision = Decision.SIGNED, reason: str = "") -> SignOff:
    return SignOff(CURRENT.version, CURRENT.statement_hash, officer, committee, decision, reason)


def refused(offered: SignOff, committee: str, *earlier: SignOff) -> str:
    with pytest.raises(Refusal) as caught:
        check_sign_off(offered, CURRENT, committee, earlier)
    return caught.value.code


def test_both_committees_make_results_official() -> None:
    one, other = decided("a", DELIVERY), decided("b", AGENCY)
    assert not is_official([], CURRENT)
    assert not is_official([one], CURRENT)
    assert is_official([one, other], CURRENT)
    assert missing_committees([one], CURRENT) == (AGENCY,)


def test_two_of_one_committee_do_not() -> None:
    assert not is_official([decided("a", DELIVERY), decided("b", DELIVERY)], CURRENT)


def test_one_person_in_both_committees_does_not() -> None:
    assert not is_official([decided("a", DELIVERY), decided("a", AGENCY)], CURRENT)
    assert is_official([decided("a", DELIVERY), decided("a", AGENCY), decided("b", AGENCY)], CURRENT)


def test_an_objection_signs_and_a_refusal_to_sign_does_not() -> None:
    objecting = decided("a", DELIVERY, Decision.SIGNED_WITH_OBJECTION, "Listrik padam dua kali")
    declining = decided("b", AGENCY, Decision.DECLINED, "Daftar hadir belum cocok")
    assert not is_official([objecting, declining], CURRENT)
    assert is_official([objecting, declining, decided("c", AGENCY)], CURRENT)


def test_a_colleague_may_sign_after_one_declined() -> None:
    declining = decided("b", AGENCY, Decision.DECLINED, "Belum cocok")
    check_sign_off(decided("c", AGENCY), CURRENT, AGENCY, [declining])


@pytest.mark.parametrize("decision", [Decision.DECLINED, Decision.SIGNED_WITH_OBJECTION])
def test_declining_and_objecting_need_words(decision: Decision) -> None:
    assert refused(decided("a", DELIVERY, decision, "  "), DELIVERY) == "SIGN_OFF_REASON_MISSING"
    check_sign_off(decided("a", DELIVERY, decision, "sebab"), CURRENT, DELIVERY, [])


def test_nothing_is_signed_over_another_statement() -> None:
    other_hash = replace(decided("a", DELIVERY), statement_hash="cd" * 32)
    other_version = replace(decided("a", DELIVERY), version=1)
    assert refused(other_hash, DELIVERY) == "STATEMENT_CHANGED"
    assert refused(other_version, DELIVERY) == "STATEMENT_CHANGED"
    assert not is_official([other_hash, decided("b", AGENCY)], CURRENT)
    assert not is_official([other_version, decided("b", AGENCY)], CURRENT)


def test_only_committee_members_and_only_for_their_own() -> None:
    assert refused(decided("a", ""), "") == "SIGN_OFF_NO_COMMITTEE"
    assert refused(decided("a", AGENCY), DELIVERY) == "SIGN_OFF_NO_COMMITTEE"
    assert refused(decided("a", "visitors"), "visitors") == "SIGN_OFF_NO_COMMITTEE"


def test_one_decision_per_officer_and_none_once_official() -> None:
    one = decided("a", DELIVERY)
    assert refused(one, DELIVERY, one) == "ALREADY_DECIDED"
    assert refused(decided("c", AGENCY), AGENCY, one, decided("b", AGENCY)) == "ALREADY_OFFICIAL"


def test_the_signed_bytes_bind_every_field() -> None:
    plain = decided("a", DELIVERY)
    changes: list[dict[str, Any]] = [
        {"version": 3},
        {"statement_hash": "cd" * 32},
        {"officer_id": "b"},
        {"committee": AGENCY},
        {"decision": Decision.DECLINED},
        {"reason": "x"},
    ]
    contents = {plain.content} | {replace(plain, **change).content for change in changes}
    assert len(contents) == len(changes) + 1


def test_an_unknown_decision_is_refused() -> None:
    assert decision_of("declined") is Decision.DECLINED
    with pytest.raises(Refusal):
        decision_of("maybe")
