"""What a paper is made of, and what was answered on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cat_server.records.answers import StoredAnswer, form_of
from cat_server.records.engine import Reader
from cat_server.records.profiles import profile_of
from cat_server.records.saved_answers import answers_by_attempt, last_seqs
from question_bank.forms import Form
from question_bank.scoring_profile import Profile

__all__ = ["PaperSource", "SavedState", "StoredAnswer", "paper_source", "saved_states"]


@dataclass(frozen=True, slots=True)
class PaperSource:
    """A form with the profile it is read by; no keys."""

    form: Form
    profile: Profile


@dataclass(frozen=True, slots=True)
class SavedState:
    """The saved answers of an attempt, and the highest `seq` of its present epoch that has a receipt."""

    answers: Sequence[StoredAnswer]
    last_seq: int


def paper_source(reader: Reader, exam_session_id: str, form_no: int, profile_hash: str) -> PaperSource:
    """Return what a paper with this form is made of."""
    with reader.view() as view:
        form = form_of(view.connection, exam_session_id, form_no)
        return PaperSource(form, profile_of(view.connection, profile_hash))


def saved_states(reader: Reader, asked: Sequence[tuple[str, int]]) -> list[SavedState]:
    """Return what was saved, for each attempt and its present epoch."""
    ids = {attempt_id for attempt_id, _ in asked}
    with reader.view() as view:
        answers = answers_by_attempt(view.connection, ids)
        last = last_seqs(view.connection, ids)
    return [SavedState(answers.get(each[0], ()), last.get(each, 0)) for each in asked]
