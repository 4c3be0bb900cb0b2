"""What the desk notes about a person beside the roster: documents shown, and the photos."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.records.tables import AttemptRow, ParticipantRow, table_of

_attempt = table_of(AttemptRow)
_participant = table_of(ParticipantRow)


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """Codes of the documents shown; hashes of the roster's photo and of the desk's picture, "" where none is."""

    documents: tuple[str, ...]
    roster_photo_hash: str
    desk_photo_hash: str
    has_seat: bool


def desk_facts(connection: Connection, attempt_id: str) -> DeskFacts | None:
    """Return what is noted about one attempt, or None."""
    row = connection.execute(
        select(
            _attempt.c.documents,
            _attempt.c.photo_hash,
            _attempt.c.seat_id,
            _participant.c.photo_hash.label("roster_photo_hash"),
        )
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .where(_attempt.c.id == attempt_id)
    ).first()
    if row is None:
        return None
    documents = tuple(row.documents.split())
    return DeskFacts(documents, row.roster_photo_hash, row.photo_hash, row.seat_id is not None)
