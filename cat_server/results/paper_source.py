"""What papers are made from: one snapshot of the records, and after the sign-off exactly what was signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cat_server.domain.attempt import SAT
from cat_server.domain.events import Recorded
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.ids import ActorKind
from cat_server.domain.refusals import Refusal
from cat_server.domain.scoring import AttemptScore, SectionScore
from cat_server.domain.selection import Formation, RankedFormation
from cat_server.records.chains import Head
from cat_server.records.ledger import read_event
from cat_server.records.officers import Officer
from cat_server.records.paper_places import Place
from cat_server.records.session_attempts import AttemptRecord
from cat_server.records.session_record import ScoreLine, SessionRecord
from cat_server.records.statements import SignatureRecord, StatementRecord
from cat_server.results.counts import Counts, count_outcomes
from cat_server.results.ledger_check import OpenedEvent
from cat_server.results.outcomes import formation_outcomes, outcome_codes
from cat_server.results.package import section_codes
from cat_server.results.scores import (
    participants_content,
    participants_hash,
    scores_content,
    scores_hash,
)
from cat_server.results.statement import SiteIdentity
from cat_server.results.table import result_lines
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile

TOTAL = ""


@dataclass(frozen=True)
class PaperSource:
    """One exam session as papers tell it. `places` are seats by id, `formations` the vacancies of the event.

    `statement` and `signatures` are the newest ones. `is_official` once both committees have signed; papers then show
    the ledger up to the statement and nothing later, so that they read the same on any later day.
    """

    record: SessionRecord
    statement: StatementRecord | None
    signatures: tuple[SignatureRecord, ...]
    officers: Mapping[str, Officer]
    places: Mapping[str, Place]
    formations: tuple[Formation, ...]
    site: SiteIdentity

    @property
    def is_closed(self) -> bool:
        """Whether the exam session is over in every room."""
        return self.record.identity.state in OVER

    @property
    def is_official(self) -> bool:
        """Whether the results are signed by both committees."""
        return self.record.identity.state == SittingState.SIGNED and self.statement is not None

    @cached_property
    def stated(self) -> dict[str, Any]:
        """The newest statement, opened; empty while there is none."""
        return json.loads(self.statement.content) if self.statement else {}

    @cached_property
    def head(self) -> Head:
        """The last ledger event that the papers tell of."""
        if not self.is_official:
            return self.record.head
        return Head(self.stated["ledger"]["number"], self.stated["ledger"]["hash"])

    @cached_property
    def events(self) -> tuple[Recorded, ...]:
        """The events up to the head."""
        return tuple(
            read_event(each.envelope, each.private or b"")
            for each in self.record.events
            if each.number <= self.head.number
        )

    @cached_property
    def later_events(self) -> tuple[Recorded, ...]:
        """The events after the statement that official papers tell of."""
        return tuple(
            read_event(each.envelope, each.private or b"")
            for each in self.record.events
            if each.number > self.head.number
        )

    @cached_property
    def as_of_ms(self) -> int:
        """When the last event that the papers tell of happened."""
        return self.events[-1].at_ms if self.events else 0

    @cached_property
    def counts(self) -> Counts:
        """Participants by outcome, as the statement counts them."""
        opened = [
            OpenedEvent(0, each.number, "", each.at_ms, each.kind, dict(each.body), dict(each.private))
            for each in self.events
        ]
        return count_outcomes(self.record, opened)

    @cached_property
    def profile(self) -> Profile:
        """The exam session's own rules; participants may have others (`profile_of`)."""
        return self.profiles[self.record.identity.profile_hash]

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """Every profile in use, by hash."""
        return {each: profile_from_content(content) for each, content in self.record.profiles.items()}

    @cached_property
    def latest_attempts(self) -> tuple[AttemptRecord, ...]:
        """Each participant's last attempt, by participant number; earlier ones were voided."""
        latest = {
            each.participant_id: each for each in sorted(self.record.attempts, key=lambda each: each.ordinal)
        }
        return tuple(each for each in self.record.attempts if latest[each.participant_id] is each)

    @cached_property
    def attempts(self) -> Mapping[str, AttemptRecord]:
        """Attempts by id."""
        return {each.attempt_id: each for each in self.record.attempts}

    @cached_property
    def scores(self) -> Mapping[str, AttemptScore]:
        """The stored score of each attempt that was sat and is scored, by id."""
        return {
            each.attempt_id: self._score(each, self.record.scores[each.attempt_id])
            for each in self.record.attempts
            if each.state in SAT and TOTAL in self.record.scores.get(each.attempt_id, {})
        }

    @cached_property
    def lines(self) -> tuple[Mapping[str, Any], ...]:
        """The lines of `results.json`: ranked by the profile's rule, then those without a score."""
        participants = json.loads(participants_content(self.record))["participants"]
        scores = json.loads(scores_content(self.record, self.scores))["scores"]
        return tuple(result_lines(participants, scores, self.profile.ranking))

    @cached_property
    def formation_outcomes(self) -> tuple[RankedFormation, ...]:
        """The ranking within each formation that has vacancies; empty where the event has none."""
        return formation_outcomes(self.profile, self.formations, self.lines)

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The announcement's code of each attempt."""
        return outcome_codes(self.formation_outcomes, self.lines)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The section codes as columns."""
        return section_codes(self.profile, self.lines)

    def check(self) -> None:
        """Hold official records against what was signed.

        Raises:
            Refusal: `PAPER_DIFFERS`.
        """
        if not self.is_official:
            return
        found = (
            participants_hash(participants_content(self.record)),
            scores_hash(scores_content(self.record, self.scores)),
        )
        if found != (self.stated["participants_hash"], self.stated["scores_hash"]):
            raise Refusal("PAPER_DIFFERS")

    def place_of(self, attempt: AttemptRecord) -> Place | None:
        """Return where a participant sits or sat, None where nowhere."""
        return self.places.get(attempt.seat_id or "")

    def room_name(self, room_id: str) -> str:
        """Return a room's name, or nothing for an id that is none."""
        return next((each.room_name for each in self.record.sittings if each.room_id == room_id), "")

    def actor_name(self, event: Recorded) -> str:
        """Return the name of the officer who acted; other actors by their kind, as a code."""
        if event.actor_kind == ActorKind.OFFICER:
            return self.officer_name(event.actor_id)
        return event.actor_kind

    def officer_name(self, officer_id: str) -> str:
        """Return an officer's name; an unknown id is shown as it is."""
        officer = self.officers.get(officer_id)
        return officer.name if officer else officer_id

    def _score(self, attempt: AttemptRecord, stored: Mapping[str, ScoreLine]) -> AttemptScore:
        profile = self.profiles[attempt.profile_hash]
        sections = tuple(
            SectionScore(
                line.section,
                line.points,
                line.maximum,
                line.answered,
                line.items,
                line.threshold,
                line.meets,
            )
            for _, section in profile.paper_order()
            if (line := stored.get(section.code)) is not None
        )
        total = stored[TOTAL]
        return AttemptScore(
            sections, total.points, total.maximum, total.answered, total.items, total.meets, ()
        )
