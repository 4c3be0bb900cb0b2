"""Do the statement, the persons, the forms and the answers of a package fit its ledgers?"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from cat_server.domain.attempt import AttemptState
from cat_server.results.folded import FoldedAttempt
from cat_server.results.package_format import (
    AFTER_STATEMENT,
    FILE_TYPES,
    FORM_TYPE,
    PROFILE_TYPE,
    REPORT,
    json_lines,
)
from cat_server.results.package_opening import Package
from cat_server.results.scores import is_sat, participants_hash
from cat_server.results.statement import statement_hash
from question_bank.assembly.merkle import forms_hash
from question_bank.canonical import digest
from question_bank.problems import Place, Problem


def check_records(package: Package) -> Iterator[Problem]:
    """Yield what does not fit (steps 5 to 8 of the format's verdict); a step that cannot be done names its file."""
    for file, step in (
        ("statement.json", _statement),
        ("participants.json", _participants),
        ("forms.jsonl", _forms),
        (REPORT, _report),
        ("profiles.jsonl", _profiles),
        ("responses.jsonl", _responses),
    ):
        yield from judged(file, partial(step, package))


def judged(file: str, step: Callable[[], Iterator[Problem]]) -> list[Problem]:
    """Return a step's problems, or that its file is malformed where it cannot be done."""
    try:
        return list(step())
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return [Problem("results_file_malformed", Place(file=file))]


def _statement(package: Package) -> Iterator[Problem]:
    statement = package.statement
    if statement is None:
        return
    place, manifest = Place(file="statement.json"), package.manifest
    exam_session = statement["exam_session"]
    told = (
        exam_session["exam_session_id"],
        exam_session["code"],
        statement["site"]["site_code"],
        statement["version"],
    )
    if told != tuple(
        manifest[name] for name in ("exam_session_id", "exam_session_code", "site_code", "statement_version")
    ):
        yield Problem("results_statement_other", place)
    for name, file, events in (
        ("ledger", "ledger.jsonl", package.events),
        ("site_ledger", "site-ledger.jsonl", package.site_events),
    ):
        number, head = statement[name]["number"], statement[name]["hash"]
        if not 1 <= number <= len(events) or events[number - 1].hash != head:
            yield Problem("results_ledger_head", Place(file=file), {"number": number})
    meant = (statement["version"], statement_hash(package.files["statement.json"]))
    if not any(
        each.kind == "STATEMENT_PREPARED" and (each.body["version"], each.body["statement_hash"]) == meant
        for each in package.events
    ):
        yield Problem("results_statement_unrecorded", place)
    for each in package.events:
        if each.number > statement["ledger"]["number"] and each.kind not in AFTER_STATEMENT:
            yield Problem(
                "results_changed_after_statement",
                Place(file="ledger.jsonl", row=each.row),
                {"kind": each.kind},
            )
    if statement["counts"] != _counts(package, statement["ledger"]["number"]):
        yield Problem("results_counts_differ", place)


def _counts(package: Package, head: int) -> dict[str, int]:
    latest = {
        each["participant_id"]: each
        for each in sorted(package.participants, key=lambda each: int(each["ordinal"]))
    }
    states = Counter(each["state"] for each in latest.values())
    until = [each for each in package.events if each.number <= head]
    kinds = Counter(each.kind for each in until)
    extended = {each.body["attempt_id"] for each in until if each.kind == "TIME_GRANTED"}
    return {
        "expected": len(latest),
        "present": sum(n for state, n in states.items() if is_sat(state)) - states["DISQUALIFIED"],
        "absent": states["ABSENT"],
        "forfeited": states["FORFEITED"],
        "disqualified": states["DISQUALIFIED"],
        "finished": states["FINISHED"],
        "timed_out": states["TIMED_OUT"],
        "force_closed": states["FORCE_CLOSED"],
        "extended": len(extended),
        "late_answers": kinds["ANSWER_ACCEPTED_LATE"],
        "quarantined_answers": kinds["ANSWER_QUARANTINED"],
        "voided": states["VOIDED"],
    }


def _participants(package: Package) -> Iterator[Problem]:
    place = Place(file="participants.json")
    if package.statement is not None:
        stated = package.statement["participants_hash"]
        if participants_hash(package.files["participants.json"]) != stated:
            yield Problem("results_participants_differ", place)
            return
    listed = {each["attempt_id"]: each for each in package.participants}
    if len(listed) != len(package.participants) or set(listed) != set(package.attempts):
        yield Problem("results_participants_differ", place)
        return
    if not all(_agrees(each, package.attempts[each["attempt_id"]]) for each in package.participants):
        yield Problem("results_participants_differ", place)


def _agrees(listed: Any, told: FoldedAttempt) -> bool:  # noqa: ANN401 - read from JSON
    if listed["state"] not in set(AttemptState):
        return False
    return all(
        listed[name] == getattr(told, name)
        for name in (
            "participant_id",
            "ordinal",
            "profile_hash",
            "room_id",
            "seat_id",
            "form_no",
            "state",
        )
    )


def _forms(package: Package) -> Iterator[Problem]:
    found = forms_hash([digest(FORM_TYPE, each) for each in package.form_lines])
    kinds = ("FORMS_DRAWN", "FORMS_ADDED")
    drawn = [each.body["forms_hash"] for each in package.events if each.kind in kinds][-1:]
    if package.statement is not None:
        drawn.append(package.statement["forms"]["forms_hash"])
    if not drawn or any(each != found for each in drawn):
        yield Problem("results_forms_differ", Place(file="forms.jsonl"))


def _report(package: Package) -> Iterator[Problem]:
    """Hold the fairness report against the statement and the ledger; a session without one has none anywhere."""
    content = package.files.get(REPORT)
    found = digest(FILE_TYPES[REPORT], content) if content is not None else ""
    named = [each.body.get("report_hash", "") for each in package.events if each.kind == "FORMS_DRAWN"][-1:]
    if package.statement is not None:
        named.append(package.statement["forms"].get("fairness_report_hash", ""))
    if any(each != found for each in named):
        yield Problem("results_report_differs", Place(file=REPORT))


def _profiles(package: Package) -> Iterator[Problem]:
    found = [digest(PROFILE_TYPE, each) for each in package.profile_lines]
    wanted = {each["profile_hash"] for each in package.participants}
    wanted |= {each.body["profile_hash"] for each in package.events if each.kind == "EXAM_SESSION_CREATED"}
    if found != sorted(wanted):
        yield Problem("results_profiles_differ", Place(file="profiles.jsonl"))


def _responses(package: Package) -> Iterator[Problem]:
    expected = json_lines(
        {
            "attempt_id": each["attempt_id"],
            "participant_number": each["participant_number"],
            "form_no": each["form_no"],
            "answers": [answer for _, answer in sorted(package.attempts[each["attempt_id"]].answers.items())],
        }
        for each in package.participants
        if each["form_no"] and each["attempt_id"] in package.attempts
    ).split(b"\n")
    found = package.files["responses.jsonl"].split(b"\n")
    for row, (one, other) in enumerate(itertools.zip_longest(expected, found), start=1):
        if one != other:
            yield Problem("results_responses_differ", Place(file="responses.jsonl", row=row))
            return
