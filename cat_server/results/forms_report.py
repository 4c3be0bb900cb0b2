"""The fairness report of an exam session's forms, made when they are drawn: its hash is recorded, and signed later."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.records.form_drawings import StoredDrawing
from cat_server.results.redrawing import commitment
from cat_server.runtime.bank_files import BankFiles
from question_bank.assembly.fairness import measure
from question_bank.assembly.neighbours import SeatPlace
from question_bank.assembly.public_inputs import places_in
from question_bank.fairness_report.content import ReportSource, report_content
from question_bank.forms import FormSet
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.scoring_profile import Profile


def forms_report(
    bank: Bank,
    keys: KeySheet,
    statistics: Statistics,
    profile: Profile,
    drawn: FormSet,
    places: Sequence[SeatPlace],
) -> bytes:
    """Return the report's content as `cjson/1`."""
    found = measure(bank, keys, statistics, profile, drawn, places)
    return report_content(ReportSource(bank, statistics, profile, drawn, places, found, commitment(drawn)))


def report_again(files: BankFiles, drawing: StoredDrawing, profile: Profile, drawn: FormSet) -> bytes:
    """Return the report on forms that were drawn again from what was kept.

    Raises:
        Refusal: `BANK_UNREADABLE`.
    """
    bank_id = drawing.bank_id
    material = files.bank(bank_id), files.keys(bank_id), files.statistics(bank_id, drawing.stats_hash)
    return forms_report(*material, profile, drawn, places_in(drawing.inputs))
