"""Have both committees signed a package's statement, each officer with a trusted key, and is all of it recorded?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import (
    SignOff,
    Statement,
    body_of,
    decision_of,
    is_official,
    missing_committees,
)
from cat_server.results.package_format import OFFICIAL, SIGNATURE_TYPE
from cat_server.results.package_opening import Package
from cat_server.results.statement import statement_hash
from cat_server.results.trusted_keys import TrustedKeys
from cat_server.runtime.public_keys import is_signed
from question_bank.problems import Place, Problem

_PLACE = Place(file="signatures.json")


def check_signatures(
    package: Package, trusted: TrustedKeys
) -> tuple[tuple[tuple[str, str, str], ...], list[Problem]]:
    """Return the valid signers as (trusted name, committee, decision), and what is wrong (step 11)."""
    if package.statement is None:
        wrong = [Problem("results_statement_other", _PLACE)] if package.signatures else []
        return (), wrong
    version = package.manifest["statement_version"]
    current = Statement(version, statement_hash(package.files["statement.json"]))
    problems: list[Problem] = []
    valid: list[SignOff] = []
    for entry in package.signatures:
        sign_off, wrong = _check(package, entry, current, trusted)
        problems += wrong
        if sign_off is not None:
            valid.append(sign_off)
    entered = [each["officer_id"] for each in package.signatures]
    problems += [
        Problem("results_signature_missing", _PLACE, {"officer": str(each.body.get("officer_id"))})
        for each in package.events
        if each.kind == "STATEMENT_SIGNED"
        and each.body.get("version") == version
        and entered.count(each.body.get("officer_id")) != 1
    ]
    if package.manifest["status"] == OFFICIAL:
        problems += _official(package, valid, current)
    names = {each.officer_id: each.name for each in trusted.officers}
    return tuple((names[each.officer_id], each.committee, each.decision) for each in valid), problems


def _check(
    package: Package, entry: Mapping[str, Any], current: Statement, trusted: TrustedKeys
) -> tuple[SignOff | None, list[Problem]]:
    params: dict[str, str | int] = {"officer": str(entry["officer_id"])}
    officer = trusted.officer(entry["officer_id"])
    if officer is None or officer.committee != entry["committee"]:
        return None, [Problem("results_signature_unknown", _PLACE, params)]
    try:
        sign_off = SignOff(
            entry["version"],
            entry["statement_hash"],
            entry["officer_id"],
            entry["committee"],
            decision_of(entry["decision"]),
            entry["reason"],
        )
        is_valid = (sign_off.version, sign_off.statement_hash) == (
            current.version,
            current.statement_hash,
        ) and is_signed(officer.public_key, SIGNATURE_TYPE, sign_off.content, entry["signature"])
    except (Refusal, TypeError, AttributeError, ValueError):
        is_valid = False
    if not is_valid:
        return None, [Problem("results_signature_invalid", _PLACE, params)]
    recorded = body_of(sign_off, entry["signature"])
    if not any(
        each.kind == "STATEMENT_SIGNED"
        and each.body == recorded
        and each.at_ms == entry["signed_at_ms"]
        and each.private.get("reason", "") == entry["reason"]
        for each in package.events
    ):
        return None, [Problem("results_signature_unrecorded", _PLACE, params)]
    return sign_off, []


def _official(package: Package, valid: list[SignOff], current: Statement) -> list[Problem]:
    problems = []
    if not is_official(valid, current):
        lacking = missing_committees(valid, current)
        problems += [
            Problem("results_committee_missing", _PLACE, {"committee": each.value}) for each in lacking
        ]
    made = {"version": current.version, "statement_hash": current.statement_hash}
    if not any(each.kind == "RESULTS_MADE_OFFICIAL" and each.body == made for each in package.events):
        problems.append(Problem("results_official_unrecorded", Place(file="ledger.jsonl")))
    return problems
