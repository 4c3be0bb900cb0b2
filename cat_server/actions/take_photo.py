"""The desk's camera takes a picture of who is there, to lie beside the roster's photo."""

from __future__ import annotations

import asyncio

from cat_server.actions.check_in import known_attempt
from cat_server.domain.attempt import WAITING, AttemptState
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.attempts import change_attempt
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.photo_files import PhotoFiles


async def take_photo(
    lane: WriteLane, photos: PhotoFiles, attempt_id: str, content: bytes, actor: Actor
) -> str:
    """Keep a picture of a participant and return its hash; a later one takes its place, both stay on disk.

    Raises:
        Refusal: what `PhotoFiles.keep` refuses, `ATTEMPT_UNKNOWN` or `ATTEMPT_STATE`.
    """
    photo_hash = await asyncio.to_thread(photos.keep, content)

    def operation(tx: Tx) -> str:
        found = known_attempt(tx, attempt_id)
        state = AttemptState(found.state)
        if state not in WAITING | {AttemptState.SCHEDULED, AttemptState.ABSENT}:
            raise Refusal("ATTEMPT_STATE", {"state": state.value, "command": "take_photo"})
        change_attempt(tx.connection, attempt_id, photo_hash=photo_hash)
        event = Event(EventKind.PHOTO_TAKEN, {"attempt_id": attempt_id}, {"photo_hash": photo_hash})
        tx.append(found.exam_session_id, event, actor)
        return photo_hash

    return await lane.run(operation)
