"""The registration desk: who comes, found by number, scanned code or name."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from cat_server.domain.attempt import AttemptState
from cat_server.queries.access import Reader
from cat_server.records.board_attempts import StoredAttempt, attempt, attempts_of
from cat_server.records.board_sessions import StoredExamSession, exam_sessions
from cat_server.records.desk import stored_pin_hmac
from cat_server.records.desk_facts import DeskFacts, desk_facts
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.tokens import pin_hmac

__all__ = [
    "DeskFacts",
    "Elsewhere",
    "Found",
    "StoredAttempt",
    "attempt_at_desk",
    "everybody_at_desk",
    "facts_at_desk",
    "find_at_desk",
    "find_elsewhere",
    "is_pin_of",
]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: the first matches, how many there are, and the one that the number names exactly."""

    matches: tuple[StoredAttempt, ...]
    total: int
    exact: StoredAttempt | None

    @property
    def only(self) -> StoredAttempt | None:
        """The one person that is meant: named exactly, or the single match."""
        return self.exact or (self.matches[0] if self.total == 1 else None)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody who belongs to another exam session, which explains why this desk cannot find them."""

    attempt: StoredAttempt
    exam_session: StoredExamSession


def is_pin_of(reader: Reader, secrets: Secrets, attempt_id: str, pin: str) -> bool:
    """Tell whether this is the PIN that was issued last for an attempt."""
    with reader.view() as view:
        stored = stored_pin_hmac(view.connection, attempt_id)
    return hmac.compare_digest(pin_hmac(secrets.pin_key, attempt_id, pin), stored)


def find_at_desk(reader: Reader, exam_session_id: str, wanted: str, most: int = 20) -> Found:
    """Find participants whose number starts with what was typed or scanned, or whose name contains each word of it.

    A whole NIK finds its owner as well. Hyphens and spaces in numbers do not matter, nor do capitals and accents in
    names. Nothing typed finds everybody, in order of number.
    """
    everybody = everybody_at_desk(reader, exam_session_id)
    number, words = _digits(wanted), _plain(wanted).split()
    matches = [
        each
        for each in everybody
        if (number and _digits(each.participant_number).startswith(number))
        or all(word in _plain(each.name) for word in words)
    ]
    exact = _named(everybody, number)
    if exact is not None and exact not in matches:
        matches.insert(0, exact)
    return Found(tuple(matches[:most]), len(matches), exact)


def find_elsewhere(reader: Reader, exam_session_id: str, wanted: str) -> tuple[Elsewhere, ...]:
    """Find whom a number or NIK names exactly in other exam sessions."""
    number = _digits(wanted)
    with reader.view() as view:
        others = [
            (each, _valid(attempts_of(view.connection, each.exam_session_id)))
            for each in (exam_sessions(view.connection) if number else ())
            if each.exam_session_id != exam_session_id
        ]
    found = ((each, _named(attempts, number)) for each, attempts in others)
    return tuple(Elsewhere(person, each) for each, person in found if person is not None)


def everybody_at_desk(reader: Reader, exam_session_id: str) -> tuple[StoredAttempt, ...]:
    """Return all participants of an exam session in order of number, without attempts that were voided."""
    with reader.view() as view:
        return _valid(attempts_of(view.connection, exam_session_id))


def attempt_at_desk(reader: Reader, attempt_id: str) -> StoredAttempt | None:
    """Return one participant of an exam session, or None."""
    with reader.view() as view:
        return attempt(view.connection, attempt_id)


def facts_at_desk(reader: Reader, attempt_id: str) -> DeskFacts | None:
    """Return what the desk noted about one participant of an exam session, or None."""
    with reader.view() as view:
        return desk_facts(view.connection, attempt_id)


def _valid(attempts: Iterable[StoredAttempt]) -> tuple[StoredAttempt, ...]:
    return tuple(each for each in attempts if each.state != AttemptState.VOIDED)


def _named(everybody: Iterable[StoredAttempt], number: str) -> StoredAttempt | None:
    if not number:
        return None
    return next(
        (each for each in everybody if number in (_digits(each.participant_number), _digits(each.nik))), None
    )


def _digits(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in split if not unicodedata.combining(each))
