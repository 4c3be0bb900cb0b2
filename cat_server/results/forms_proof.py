"""Holding kept forms and their fairness report against what follows from their inputs, and against the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cat_server.records.form_drawings import StoredDrawing
from cat_server.results.forms_report import report_again
from cat_server.results.redrawing import commitment, drawn_again, lots_of
from cat_server.runtime.bank_files import BankFiles
from question_bank.assembly.assemble import CannotAssemble
from question_bank.assembly.merkle import forms_root
from question_bank.assembly.public_inputs import inputs_hash
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.canonical import Json
from question_bank.fairness_report.report_type import report_hash
from question_bank.forms import Form, FormSet
from question_bank.problems import Problem
from question_bank.scoring_profile import Profile


def drawing_problems(
    files: BankFiles,
    drawing: StoredDrawing,
    profile: Profile,
    secret: bytes,
    recorded: Sequence[Mapping[str, Json]],
) -> list[Problem]:
    """Return whatever of a kept drawing does not follow from its inputs, or is not what the ledger recorded.

    `recorded` is what the ledger told of the forms, each time that it did.
    """
    sealed = SealedSeed(secret, drawing.public_draw)
    problems: list[Problem] = []
    if sealed.commitment != drawing.seed_commitment:
        problems.append(Problem("forms_seed_differs"))
    hashes = [each.hash for each in drawing.forms]
    last = recorded[-1] if recorded else {}
    told = {
        "commitment": commitment(drawing),
        "inputs_hash": inputs_hash(drawing.inputs),
        "forms_root": forms_root(hashes),
        "public_draw": drawing.public_draw,
        "engine": drawing.engine,
        "report_hash": report_hash(drawing.report),
    }
    problems += [
        Problem("forms_ledger_differs", params={"field": name})
        for name, value in told.items()
        if last.get(name) != value
    ]
    if any(each.get("commitment") != last.get("commitment") for each in recorded):
        problems.append(Problem("forms_commitment_moved"))
    try:
        again = drawn_again(files, drawing, profile, sealed)
        forms = _forms_again(files, drawing, profile, again, sealed)
    except CannotAssemble as error:
        return [*problems, *error.problems]
    if again.inputs != drawing.inputs:
        problems.append(Problem("forms_inputs_differ"))
    if len(forms) != len(drawing.forms):
        problems.append(
            Problem("forms_number_differs", params={"kept": len(drawing.forms), "drawn": len(forms)})
        )
    if report_again(files, drawing, profile, again) != drawing.report:
        problems.append(Problem("forms_report_differs"))
    problems += [
        Problem("forms_form_differs", params={"form": each.form_no, "seat": each.seat or "–"})
        for each, form in zip(drawing.forms, forms, strict=False)
        if form.encoded != each.content or form.hash != each.hash
    ]
    return problems


def _forms_again(
    files: BankFiles, drawing: StoredDrawing, profile: Profile, drawn: FormSet, sealed: SealedSeed
) -> list[Form]:
    """Return all forms as they follow from the inputs: those drawn together, then the lots."""
    added = [each.form_no for each in drawing.forms[len(drawn.forms) :]]
    if not added:
        return [*drawn.forms]
    lots = lots_of(files, drawing, profile, sealed)
    return [*drawn.forms, *(lots.draw(number).form for number in added)]
