"""Revealing the secret of a drawing once the exam session is over, so that anybody can draw its forms again."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import OVER
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.records.events_by_kind import events_of_kinds
from cat_server.records.form_drawings import StoredDrawing, stored_drawing
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.keyring import Keyring
from question_bank.assembly.sealed_seed import SealedSeed


def reveal_seed(lane: WriteLane, keyring: Keyring, drawing: StoredDrawing) -> SealedSeed:
    """Record the reveal, once, and return the seed.

    Raises:
        Refusal: `SEED_STILL_SEALED` before the exam session is closed.
    """
    sealed = SealedSeed(keyring.seed(drawing.form_set_id), drawing.public_draw)

    def operation(tx: Tx) -> None:
        now = stored_drawing(tx.connection, drawing.exam_session_id)
        if now is None or now.state not in OVER:
            raise Refusal("SEED_STILL_SEALED", {"code": drawing.code})
        if events_of_kinds(tx.connection, drawing.exam_session_id, (EventKind.SEED_REVEALED,)):
            return
        body = {"form_set_id": drawing.form_set_id, "secret": sealed.secret.hex()}
        tx.append(drawing.exam_session_id, Event(EventKind.SEED_REVEALED, body), OPERATOR)

    lane.run_now(operation)
    return sealed
