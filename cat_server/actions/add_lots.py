"""Spare forms on top, by lots: for those who come late or sit again when the spares of the drawing are used up."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import OVER
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.records.form_drawings import StoredDrawing, append_forms, stored_drawing
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.redrawing import lots_of
from cat_server.runtime.bank_files import BankFiles
from question_bank.assembly.lots import Lot
from question_bank.assembly.merkle import forms_hash, forms_root
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.canonical import Json
from question_bank.scoring_profile import Profile


def add_lots(
    lane: WriteLane, files: BankFiles, drawing: StoredDrawing, profile: Profile, count: int
) -> dict[int, Lot]:
    """Add `count` spare forms under the numbers that follow; no other form changes. Return them by number.

    Raises:
        Refusal: `EXAM_SESSION_OVER`, `FORMS_CHANGED` where others were drawn or added meanwhile, or `BANK_UNREADABLE`.
        CannotAssemble: no form within the tolerance was found, with the numbers.
    """
    if drawing.state in OVER:
        raise Refusal("EXAM_SESSION_OVER", {"code": drawing.code})
    sealed = SealedSeed(files.keyring.seed(drawing.form_set_id), drawing.public_draw)
    lots = lots_of(files, drawing, profile, sealed)
    first = len(drawing.forms) + 1
    added = {number: lots.draw(number) for number in range(first, first + count)}

    def operation(tx: Tx) -> None:
        now = stored_drawing(tx.connection, drawing.exam_session_id)
        if now is None or now.forms != drawing.forms:
            raise Refusal("FORMS_CHANGED", {"code": drawing.code})
        if now.state in OVER:
            raise Refusal("EXAM_SESSION_OVER", {"code": drawing.code})
        append_forms(
            tx.connection, drawing.form_set_id, {number: each.form for number, each in added.items()}
        )
        tx.append(drawing.exam_session_id, _added(drawing, added), OPERATOR)

    lane.run_now(operation)
    return added


def _added(drawing: StoredDrawing, added: dict[int, Lot]) -> Event:
    hashes = [*(each.hash for each in drawing.forms), *(each.form.hash for each in added.values())]
    lots: list[Json] = [
        {
            "form_no": number,
            "engine": each.form.engine,
            "hash": each.form.hash,
            "excess": each.excess,
            "draws": dict(each.draws),
        }
        for number, each in added.items()
    ]
    body: dict[str, Json] = {
        "form_set_id": drawing.form_set_id,
        "forms": len(hashes),
        "added": lots,
        "forms_hash": forms_hash(hashes),
        "forms_root": forms_root(hashes),
    }
    return Event(EventKind.FORMS_ADDED, body)
