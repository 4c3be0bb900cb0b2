"""Adding the people of a roster to an exam event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.domain.roster import RosterPerson
from cat_server.records.exam_events import Participant, add_participants, participants
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.tokens import new_id
from question_bank.canonical import Json, cjson, digest
from question_bank.problems import Place, Problem


def import_roster(
    lane: WriteLane,
    exam_event_id: str,
    people: Sequence[RosterPerson],
    rows: dict[str, int],
    file: str,
    *,
    photos: Mapping[str, str] | None = None,
    keep_good: bool = False,
) -> tuple[frozenset[str], tuple[Problem, ...]]:
    """Add all the people, or none where some are known already; return who was added, and what stood in the way.

    Who was added is told by participant number in lower case. `rows` gives the row in `file` by participant number in lower case, `photos` the hash of a kept photo. With
    `keep_good` only new people are added.
    """

    def op(tx: Tx) -> tuple[frozenset[str], tuple[Problem, ...]]:
        known = participants(tx.connection, exam_event_id)
        numbers = {each.participant_number.casefold() for each in known}
        niks = {each.nik: each.participant_number for each in known if each.nik}
        problems: list[Problem] = []
        fresh: list[RosterPerson] = []
        for person in people:
            place = Place(file, row=rows.get(person.participant_number.casefold()))
            if person.participant_number.casefold() in numbers:
                problems.append(Problem("roster_number_known", place, {"number": person.participant_number}))
            elif person.nik in niks:
                problems.append(Problem("roster_nik_known", place, {"number": niks[person.nik]}))
            else:
                fresh.append(person)
        if not fresh or (problems and not keep_good):
            return frozenset(), tuple(problems)
        add_participants(tx.connection, exam_event_id, [_participant(each, photos or {}) for each in fresh])
        tx.append(
            SITE_CHAIN,
            Event(
                EventKind.ROSTER_IMPORTED,
                {
                    "exam_event_id": exam_event_id,
                    "participants": len(fresh),
                    "roster_hash": roster_hash(fresh),
                },
            ),
            OPERATOR,
        )
        return frozenset(each.participant_number.casefold() for each in fresh), tuple(problems)

    return lane.run_now(op)


def roster_hash(people: Sequence[RosterPerson]) -> str:
    """Return the hash of a roster, independent of its order."""
    rows = sorted(astuple(each) for each in people)
    return digest("roster/1", cjson([list[Json](row) for row in rows]))


def _participant(person: RosterPerson, photos: Mapping[str, str]) -> Participant:
    return Participant(
        participant_id=new_id(),
        participant_number=person.participant_number,
        name=person.name,
        nik=person.nik,
        birth_date=person.birth_date,
        agency=person.agency,
        position=person.position,
        formation=person.formation,
        category=person.category,
        accommodation=person.accommodation,
        photo_hash=photos.get(person.participant_number.casefold(), ""),
    )
