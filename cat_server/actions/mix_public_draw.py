"""A public draw mixed into the seed: forms are drawn once more, from the same inputs and the same secret."""

from __future__ import annotations

from cat_server.actions.create_exam_session import Drawing, drawn_event
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.records.form_drawings import StoredDrawing, has_form_in_use, replace_forms, stored_drawing
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.forms_report import report_again
from cat_server.results.redrawing import drawn_again, drawn_numbers
from cat_server.runtime.bank_files import BankFiles
from question_bank.assembly.sealed_seed import SealedSeed, plain_draw
from question_bank.scoring_profile import Profile

LONGEST_DRAW = 200


def mix_public_draw(
    lane: WriteLane, files: BankFiles, drawing: StoredDrawing, profile: Profile, text: str
) -> StoredDrawing:
    """Mix a public draw in, once, before anybody was given a form and before any was added; return the drawing then.

    Raises:
        Refusal: `DRAW_MISSING`, `DRAW_TOO_LONG`, `DRAW_MIXED_ALREADY`, `FORMS_IN_USE`, `FORMS_ADDED_ALREADY`,
            `FORMS_INPUTS_CHANGED` or `BANK_UNREADABLE`.
        CannotAssemble: bank or statistics are no longer what they were.
    """
    public_draw = plain_draw(text)
    if not public_draw:
        raise Refusal("DRAW_MISSING")
    if len(public_draw) > LONGEST_DRAW:
        raise Refusal("DRAW_TOO_LONG", {"most": LONGEST_DRAW})
    if drawing.public_draw:
        raise Refusal("DRAW_MIXED_ALREADY", {"draw": drawing.public_draw})
    sealed = SealedSeed(files.keyring.seed(drawing.form_set_id), public_draw)
    again = drawn_again(files, drawing, profile, sealed)
    if again.inputs != drawing.inputs:
        raise Refusal("FORMS_INPUTS_CHANGED")
    report = report_again(files, drawing, profile, again)

    def operation(tx: Tx) -> StoredDrawing:
        now = stored_drawing(tx.connection, drawing.exam_session_id)
        if now is None or now.public_draw:
            raise Refusal("DRAW_MIXED_ALREADY", {"draw": now.public_draw if now else ""})
        if has_form_in_use(tx.connection, drawing.exam_session_id):
            raise Refusal("FORMS_IN_USE")
        if len(now.forms) != len(drawn_numbers(now)):
            raise Refusal("FORMS_ADDED_ALREADY")
        replace_forms(
            tx.connection,
            drawing.form_set_id,
            {number: (each.encoded, each.hash) for number, each in enumerate(again.forms, start=1)},
            public_draw,
            report,
        )
        event = drawn_event(Drawing(drawing.form_set_id, again, report), public_draw)
        tx.append(drawing.exam_session_id, event, OPERATOR)
        return stored_drawing(tx.connection, drawing.exam_session_id) or now

    return lane.run_now(operation)
