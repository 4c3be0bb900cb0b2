"""One exam session in memory: its history as folded from the ledger, and every score computed from it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cat_server.domain.attempt import ENDED, AttemptState
from cat_server.domain.events import EventKind, Recorded
from cat_server.domain.exam_session import OVER, SittingState, exam_session_state
from cat_server.domain.history import History
from cat_server.domain.history_views import AttemptView
from cat_server.domain.scoring import AttemptScore, Marking
from cat_server.queries.roster import Roster, Whereabouts
from monitoring.standing import Standing
from question_bank.items import KeySheet

LEAST_STEP_MS = 1_000
SCORED = frozenset(
    {
        AttemptState.FINISHED,
        AttemptState.TIMED_OUT,
        AttemptState.FORCE_CLOSED,
        AttemptState.DISQUALIFIED,
    }
)
"""States in which an attempt's score is written down."""

_CHANGES_SCORE = frozenset(
    {
        EventKind.ATTEMPT_STARTED,
        EventKind.ANSWER_SAVED,
        EventKind.ANSWER_ACCEPTED_LATE,
        EventKind.ATTEMPT_FINISHED,
        EventKind.ATTEMPT_TIMED_OUT,
        EventKind.ATTEMPT_FORCE_CLOSED,
        EventKind.ATTEMPT_DISQUALIFIED,
    }
)
_CHANGES_ROSTER = frozenset(
    {
        EventKind.EXAM_SESSION_CREATED,
        EventKind.EXAM_SESSION_POSTPONED,
        EventKind.FORMS_DRAWN,
        EventKind.FORMS_ADDED,
        EventKind.PARTICIPANT_SCHEDULED,
    }
)
_ELSEWHERE = frozenset({"SIGNED_IN_ELSEWHERE", "WRONG_SEAT", "PIN_LOCKED"})


@dataclass(frozen=True, slots=True)
class RefusedSignIn:
    """The last sign-in for an attempt that was refused, and why."""

    code: str
    at_ms: int


class LiveSession:
    """History, scores and papers of one exam session. Not safe for threads: it lives in the event loop."""

    def __init__(self, exam_session_id: str) -> None:
        self.exam_session_id = exam_session_id
        self.history = History()
        self.roster: Roster | None = None
        self.whereabouts = Whereabouts({}, {})
        self.scores: dict[str, AttemptScore] = {}
        self.score_numbers: dict[str, int] = {}
        self.refused: dict[str, RefusedSignIn] = {}
        self.has_stale_roster = True
        self.last_at_ms = 0
        self.step: Standing | None = None
        self._events: dict[str, array[int]] = {}
        self.copied_at_ms: dict[str, int] = {}
        self._dirty: set[str] = set()
        self._markings: dict[str, Marking] = {}
        self._changed: dict[str, int] = {}
        self._changes = 0
        self._all_changed_at = 0
        self._written: dict[str, int] = {}

    def apply(self, events: Iterable[Recorded]) -> None:
        """Take events in order; what they change is scored by the next `rescore`."""
        for event in events:
            self.history.apply(event)
            self.last_at_ms = event.at_ms
            attempt_id = event.body.get("attempt_id")
            if event.kind in _CHANGES_ROSTER and (self.roster is None or event.number > self.roster.number):
                self.has_stale_roster = True
            if not isinstance(attempt_id, str):
                self._note_change_of_all()
                continue
            self._note_change(attempt_id)
            self._events.setdefault(attempt_id, array("q")).append(event.number)
            if event.kind in _CHANGES_SCORE:
                self._dirty.add(attempt_id)
                self.score_numbers[attempt_id] = event.number
            elif event.kind is EventKind.SIGN_IN_REFUSED and event.body.get("code") in _ELSEWHERE:
                self.refused[attempt_id] = RefusedSignIn(str(event.body["code"]), event.at_ms)
            elif event.kind is EventKind.PAPER_REFUSED:
                self.copied_at_ms[attempt_id] = event.at_ms
            elif event.kind is EventKind.PARTICIPANT_SIGNED_IN:
                self.refused.pop(attempt_id, None)

    def take_roster(self, roster: Roster) -> None:
        """Replace what does not change during the exam; scores are computed again where a paper became known."""
        self.roster = roster
        self.has_stale_roster = False
        self._written.update(roster.written)
        self._markings.clear()
        self._note_change_of_all()
        self._dirty.update(each for each in self.score_numbers if each not in self.scores)

    def rescore(self, keys: KeySheet) -> frozenset[str]:
        """Compute the score of each attempt that changed, from its answers alone; return who that was."""
        if self.roster is None:
            return frozenset()
        done = set()
        for attempt_id in self._dirty:
            score = self._score(self.roster, attempt_id, keys)
            if score is not None:
                self.scores[attempt_id] = score
                self._note_change(attempt_id)
                done.add(attempt_id)
        self._dirty.clear()
        return frozenset(done)

    @property
    def has_unscored(self) -> bool:
        """Tell whether something has changed since the last `rescore`."""
        return bool(self._dirty)

    def unwritten(self) -> tuple[str, ...]:
        """Return ended attempts whose stored score is missing or older than their last answer."""
        return tuple(
            attempt_id
            for attempt_id, number in self.score_numbers.items()
            if attempt_id in self.scores
            and self.history.attempts[attempt_id].state in SCORED
            and self._written.get(attempt_id, -1) < number
        )

    def mark_written(self, attempt_ids: Mapping[str, int]) -> None:
        """Remember what the records hold now: ledger number by attempt."""
        self._written.update(attempt_ids)
        for each in attempt_ids:
            self._markings.pop(each, None)  # marked from the start again should something still change

    def changed_since(self, change: int) -> tuple[int, frozenset[str] | None]:
        """Return the number of the latest change, and whom those after number `change` concern: None for everybody."""
        if change < self._all_changed_at:
            return self._changes, None
        return self._changes, frozenset(
            attempt_id for attempt_id, number in self._changed.items() if number > change
        )

    def event_numbers(self, attempt_id: str) -> tuple[int, ...]:
        """Return the ledger numbers of everything that happened to an attempt."""
        return tuple(self._events.get(attempt_id, ()))

    def attempt(self, attempt_id: str) -> AttemptView | None:
        """Return the present of an attempt, or None."""
        return self.history.attempts.get(attempt_id)

    @property
    def state(self) -> SittingState:
        """The state of the exam session as a whole."""
        return exam_session_state([each.state for each in self.history.sittings.values()])

    @property
    def is_over(self) -> bool:
        """Tell whether every attempt has ended."""
        return all(each.state in ENDED for each in self.history.attempts.values())

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing can change on the board any more but by a re-score."""
        return self.state in OVER

    @property
    def step_ms(self) -> int:
        """How long the public board stands still, by the event's policy: 0 where it does not."""
        if self.roster is None or self.roster.exam_session.scoreboard != "delayed":
            return 0
        return max(self.roster.exam_session.scoreboard_delay_s * 1000, LEAST_STEP_MS)

    def standing(self, as_of_ms: int) -> Standing:
        """Return how things stand now; bring the scores up to date before."""
        attempts = self.history.attempts.values()
        return Standing(
            as_of_ms,
            dict(self.scores),
            {each.attempt_id: each.state for each in attempts},
            {each.attempt_id: each.answered for each in attempts},
        )

    def _note_change(self, attempt_id: str) -> None:
        self._changes += 1
        self._changed[attempt_id] = self._changes

    def _note_change_of_all(self) -> None:
        self._changes += 1
        self._all_changed_at = self._changes
        self._changed.clear()

    def _score(self, roster: Roster, attempt_id: str, keys: KeySheet) -> AttemptScore | None:
        view = self.history.attempts[attempt_id]
        stored = roster.attempts.get(attempt_id)
        form = roster.forms.get(view.form_no) if view.form_no is not None else None
        if stored is None or form is None:
            return None
        marking = self._markings.get(attempt_id)
        if marking is None:
            profile = roster.profiles.get(stored.profile_hash, roster.profile)
            marking = self._markings[attempt_id] = Marking(profile, form, keys, category=stored.category)
        return marking.score(view.responses)
