"""A statement as officers read it: every value of it, line by line, labelled by message codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line. `part` and `label` are message codes; `value_code`, if any, is one too and stands for `value`."""

    part: str
    label: str
    value: str
    value_code: str = ""


def statement_lines(content: Mapping[str, Any], zone: tzinfo) -> tuple[StatementLine, ...]:
    """Return the whole statement. Times are shown in `zone`, durations as minutes and seconds.

    A field without a line of its own is a bug; a test walks every leaf.
    """
    return tuple(
        StatementLine(f"statement_part_{part}", *line)
        for part, lines in (
            ("session", _session(content, zone)),
            ("rooms", _rooms(content["rooms"], zone)),
            ("counts", _counts(content)),
            ("rules", _rules(content)),
            ("records", _records(content)),
            ("checks", _checks(content["checks"])),
            ("notes", iter([("statement_notes", content["notes"] or NOTHING)])),
        )
        for line in lines
    )


def _session(content: Mapping[str, Any], zone: tzinfo) -> Iterator[tuple[str, str]]:
    site, event, exam_session = content["site"], content["exam_event"], content["exam_session"]
    yield "statement_version", str(content["version"])
    yield "statement_prepared", _time(content["prepared_at_ms"], zone)
    yield "statement_site", f"{site['name']} ({site['site_code']}, {site['timezone']})"
    yield "statement_event", f"{event['name']} ({event['code']}, {event['exam_event_id']})"
    yield (
        "statement_session",
        f"{exam_session['title']} ({exam_session['code']}, {exam_session['exam_session_id']})",
    )
    yield "statement_session_numbers", f"{exam_session['day_ordinal']} / {exam_session['cumulative_number']}"
    yield "statement_planned_start", _time(exam_session["planned_start_at_ms"], zone)


def _rooms(rooms: Sequence[Mapping[str, Any]], zone: tzinfo) -> Iterator[tuple[str, str]]:
    for room in rooms:
        yield "statement_room", f"{room['name']} ({room['code']}, {room['room_id']})"
        yield "statement_started", _time(room["started_at_ms"], zone)
        yield "statement_closed", _time(room["closed_at_ms"], zone)
        yield "statement_clock", duration_text(room["clock_ms"])


def _counts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in (
        "expected",
        "present",
        "absent",
        "forfeited",
        "disqualified",
        "finished",
        "timed_out",
        "force_closed",
        "extended",
        "late_answers",
        "quarantined_answers",
        "voided",
    ):
        if name in content["counts"]:
            yield f"statement_count_{name}", str(content["counts"][name])
    for name in ("absent", "forfeited", "disqualified"):
        yield f"statement_list_{name}", _listed(content[name])
    if "voided" in content:
        yield (
            "statement_list_voided",
            _listed(
                f"{each['participant_number']}/{each['ordinal']} ({each['reason']})"
                for each in content["voided"]
            ),
        )
    yield (
        "statement_list_force_closed",
        _listed(f"{each['participant_number']} ({each['reason']})" for each in content["force_closed"]),
    )
    yield (
        "statement_list_extended",
        _listed(
            f"{each['participant_number']}: {duration_text(each['milliseconds'])} ({'; '.join(each['reasons'])})"
            for each in content["extended"]
        ),
    )
    yield (
        "statement_list_unsent",
        _listed(
            f"{each['participant_number']}, {each['room_code']}/{each['seat_no']}: {each['answers']}"
            for each in content["unsent"]
        ),
    )


def _rules(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for profile in content["profiles"]:
        yield "statement_profile", f"{profile['title']} ({profile['profile_id']}, v{profile['version']})"
        yield "statement_decree", profile["decree"] or NOTHING
        yield "statement_profile_hash", profile["profile_hash"]
    bank, forms = content["bank"], content["forms"]
    yield "statement_bank", f"{bank['title']} ({bank['bank_id']})"
    for name in ("bank_hash", "items_hash", "keys_hash", "stats_hash"):
        yield f"statement_{name}", bank[name]
    if forms is not None:
        yield "statement_forms", f"{forms['forms']} ({forms['engine']}, {forms['form_set_id']})"
        for name in ("forms_hash", "blueprint_hash", "seed_commitment"):
            yield f"statement_{name}", forms[name]
        if forms.get("fairness_report_hash"):
            yield "statement_fairness_report_hash", forms["fairness_report_hash"]


def _records(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("ledger", "site_ledger"):
        yield f"statement_{name}", f"{content[name]['number']}: {content[name]['hash']}"
    yield "statement_participants_hash", content["participants_hash"]
    yield "statement_scores_hash", content["scores_hash"]
    yield "statement_software", content["software"]


def _checks(checks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for check in checks:
        yield check["code"], "", "check_in_order" if check["is_ok"] else "check_needs_attention"


def duration_text(milliseconds: int) -> str:
    """Return a duration as `h:mm:ss`, cut to whole seconds."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values) or NOTHING


def _time(at_ms: int | None, zone: tzinfo) -> str:
    if at_ms is None:
        return NOTHING
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    return f"{local:%d-%m-%Y %H:%M:%S} {local.tzname()}"
