"""How many were expected, came, and how each attempt ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cat_server.domain.attempt import SAT, AttemptState
from cat_server.domain.events import EventKind
from cat_server.records.session_record import SessionRecord
from cat_server.results.ledger_check import OpenedEvent


@dataclass(frozen=True, slots=True)
class Counts:
    """Participants by outcome; answers count events, not participants.

    `present` leaves out who was disqualified. A voided attempt is passed over where the participant has a later one;
    `voided` counts those who have none.
    """

    expected: int
    present: int
    absent: int
    forfeited: int
    disqualified: int
    finished: int
    timed_out: int
    force_closed: int
    extended: int
    late_answers: int
    quarantined_answers: int
    voided: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether expected = present + absent + forfeited + disqualified + voided, with nobody left over."""
        present = self.present + self.absent + self.forfeited + self.disqualified
        return self.expected == present + self.voided

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, as a statement holds them."""
        return asdict(self)


def count_outcomes(record: SessionRecord, events: Sequence[OpenedEvent]) -> Counts:
    """Count from the tables and the ledger of one snapshot."""
    latest = {each.participant_id: each for each in sorted(record.attempts, key=lambda each: each.ordinal)}
    states = Counter(AttemptState(each.state) for each in latest.values())
    kinds = Counter(each.kind for each in events)
    return Counts(
        expected=len(latest),
        present=sum(states[each] for each in SAT - {AttemptState.DISQUALIFIED}),
        absent=states[AttemptState.ABSENT],
        forfeited=states[AttemptState.FORFEITED],
        disqualified=states[AttemptState.DISQUALIFIED],
        finished=states[AttemptState.FINISHED],
        timed_out=states[AttemptState.TIMED_OUT],
        force_closed=states[AttemptState.FORCE_CLOSED],
        extended=sum(bool(each.grants) for each in record.attempts),
        late_answers=kinds[EventKind.ANSWER_ACCEPTED_LATE],
        quarantined_answers=kinds[EventKind.ANSWER_QUARANTINED],
        voided=states[AttemptState.VOIDED],
    )
