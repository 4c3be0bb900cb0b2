"""Counts an exam session again from its ledger alone, sharing nothing with the code that prints papers.

None of the product's code: the events as stored, the forms and keys of an exported package, and the lists that the
rehearsal itself wrote. Whatever a paper says must follow from these.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.site_databases import rows

ENDS = {
    "ATTEMPT_FINISHED": "FINISHED",
    "ATTEMPT_TIMED_OUT": "TIMED_OUT",
    "ATTEMPT_FORCE_CLOSED": "FORCE_CLOSED",
    "ATTEMPT_ABSENT": "ABSENT",
    "ATTEMPT_FORFEITED": "FORFEITED",
    "ATTEMPT_DISQUALIFIED": "DISQUALIFIED",
    "ATTEMPT_VOIDED": "VOIDED",
}


@dataclass
class Person:
    """One attempt, as the events tell it."""

    number: str
    state: str = "SCHEDULED"
    seat_id: str = ""
    form_no: int = 0
    answers: dict[int, tuple[tuple[int, int], list[str]]] = field(default_factory=dict)
    granted_ms: int = 0
    is_started: bool = False


@dataclass
class Recount:
    """What the ledger of one exam session says."""

    people: dict[str, Person] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    clock_times: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def states(self) -> Counter[str]:
        return Counter(each.state for each in self.people.values())

    def numbers(self, state: str) -> list[str]:
        return sorted(each.number for each in self.people.values() if each.state == state)

    @property
    def sat(self) -> list[Person]:
        return [each for each in self.people.values() if each.is_started and each.state != "VOIDED"]


def recount(site: Path, exam_session_code: str) -> Recount:
    """Fold the stored events of one exam session."""
    [chain] = rows(site, "select id from exam_session where code = ?", exam_session_code)
    people = rows(site, "select id, participant_number from participant")
    numbers = {each["id"]: each["participant_number"] for each in people}
    found = Recount()
    for each in rows(
        site, "select envelope, private from ledger where chain = ? order by number", chain["id"]
    ):
        hidden = each["private"]
        _apply(found, json.loads(each["envelope"]), json.loads(hidden) if hidden else {}, numbers)
    return found


def _apply(
    found: Recount, envelope: dict[str, Any], private: dict[str, Any], numbers: dict[str, str]
) -> None:
    kind, body = envelope["kind"], envelope["body"]
    found.kinds[kind] += 1
    found.clock_times[kind].append(envelope["at_ms"])
    if kind == "PARTICIPANT_SCHEDULED":
        found.people[body["attempt_id"]] = Person(numbers[body["participant_id"]])
        return
    person = found.people.get(body.get("attempt_id", ""))
    if person is None:
        return
    if kind in ("PARTICIPANT_CHECKED_IN", "CHECK_IN_UNDONE", "SEAT_MOVED"):
        _take_seat(person, kind, body)
    elif kind == "ATTEMPT_REINSTATED":
        person.state = body["state"]
    elif kind in ("ATTEMPT_STARTED", "ATTEMPT_REOPENED"):
        person.state, person.is_started = "RUNNING", True
    elif kind in ENDS:
        person.state = ENDS[kind]
    elif kind == "TIME_GRANTED":
        person.granted_ms += body["milliseconds"]
    elif kind in ("ANSWER_SAVED", "ANSWER_ACCEPTED_LATE"):
        _take_answer(person, body, private)


def _take_seat(person: Person, kind: str, body: dict[str, Any]) -> None:
    if kind == "PARTICIPANT_CHECKED_IN":
        person.state, person.seat_id, person.form_no = "REGISTERED", body["seat_id"], body["form_no"]
    elif kind == "CHECK_IN_UNDONE":
        person.state, person.seat_id, person.form_no = "SCHEDULED", "", 0
    else:
        person.seat_id = body["seat_id"]


def _take_answer(person: Person, body: dict[str, Any], private: dict[str, Any]) -> None:
    order = (body["epoch"], body["seq"])
    known = person.answers.get(body["position"])
    if known is None or known[0] < order:
        person.answers[body["position"]] = (order, private["response"])


@dataclass(frozen=True)
class Score:
    """Points by section, whole points, and whether every threshold is met."""

    number: str
    sections: dict[str, int]
    meets: bool

    @property
    def total(self) -> int:
        return sum(self.sections.values())


SECTIONS = ("TWK", "TIU", "TKP")


def is_passed(category: str, points: dict[str, int]) -> bool:
    """Hold points against the thresholds of 2024 (domain.md 1.4), typed here a second time on purpose."""
    total = sum(points.values())
    if category == "cumlaude":
        return total >= 311 and points["TIU"] >= 85
    if category in ("papua", "disabilitas"):
        return total >= 286 and points["TIU"] >= 60
    return points["TWK"] >= 65 and points["TIU"] >= 80 and points["TKP"] >= 166


def scores(found: Recount, package: Path, categories: dict[str, str]) -> list[Score]:
    """Score everybody who sat, by hand: 5 for a right answer, the option's own points where options are graded."""
    forms = [json.loads(line) for line in (package / "forms.jsonl").read_text(encoding="utf-8").splitlines()]
    keys = json.loads((package / "keys.json").read_text(encoding="utf-8"))["keys"]
    result = []
    for person in found.sat:
        points = dict.fromkeys(SECTIONS, 0)
        for position, item in enumerate(forms[person.form_no - 1]["items"], start=1):
            _, response = person.answers.get(position, ((0, 0), []))
            key = keys[item["item_id"]]
            if not response:
                continue
            if key["points"]:
                points[item["section"]] += key["points"][response[0]] // 1_000_000
            elif response == key["correct"]:
                points[item["section"]] += 5
        result.append(Score(person.number, points, is_passed(categories[person.number], points)))
    return result


def in_order(found: list[Score], ties: tuple[str, ...]) -> list[tuple[int, Score]]:
    """Rank by total, then by the tie sections; equals share a rank."""
    ordered = sorted(found, key=lambda each: each.number)
    ordered.sort(key=lambda each: (each.total, *(each.sections[code] for code in ties)), reverse=True)
    ranked: list[tuple[int, Score]] = []
    for place, each in enumerate(ordered, start=1):
        standing = (each.total, *(each.sections[code] for code in ties))
        earlier = ranked[-1] if ranked else None
        is_equal = earlier and standing == (earlier[1].total, *(earlier[1].sections[code] for code in ties))
        ranked.append((earlier[0] if earlier and is_equal else place, each))
    return ranked
