"""Drawing the forms of an exam session again from what was kept, and holding them against what was kept."""

from __future__ import annotations

from cat_server.records.form_drawings import StoredDrawing
from cat_server.runtime.bank_files import BankFiles
from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.lots import Lots
from question_bank.assembly.public_inputs import inputs_hash, numbers_in, places_in, usage_in
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.canonical import Json, cjson, digest
from question_bank.forms import FormSet
from question_bank.scoring_profile import Profile

COMMITMENT_TYPE = "form-commitment/1"


def drawn_again(files: BankFiles, drawing: StoredDrawing, profile: Profile, sealed: SealedSeed) -> FormSet:
    """Return the forms that follow from the kept inputs and this seed, without those that were added by lots.

    Raises:
        CannotAssemble: bank or statistics are no longer what they were.
        Refusal: `BANK_UNREADABLE`.
    """
    bank = files.bank(drawing.bank_id)
    seats, spares = numbers_in(drawing.inputs)
    return draw_forms(
        bank,
        files.keys(drawing.bank_id),
        files.statistics(drawing.bank_id, drawing.stats_hash),
        profile,
        seats=seats,
        spares=spares,
        seed=sealed,
        usage=usage_in(drawing.inputs, bank, sealed.salt),
        places=places_in(drawing.inputs),
    )


def drawn_numbers(drawing: StoredDrawing) -> range:
    """Return the numbers of the forms that were drawn together; those above were added by lots."""
    return range(1, sum(numbers_in(drawing.inputs)) + 1)


def lots_of(files: BankFiles, drawing: StoredDrawing, profile: Profile, sealed: SealedSeed) -> Lots:
    """Return what draws the lots of this drawing.

    Raises:
        CannotAssemble: bank or statistics are no longer what they were.
        Refusal: `BANK_UNREADABLE`.
    """
    bank_id = drawing.bank_id
    known = files.statistics(bank_id, drawing.stats_hash)
    return Lots(files.bank(bank_id), files.keys(bank_id), known, profile, sealed)


def commitment_content(drawing: StoredDrawing | FormSet) -> dict[str, Json]:
    """Return what is bound before anything is drawn: the secret and every input, by their hashes."""
    return {
        "v": 1,
        "engine": drawing.engine,
        "seed_commitment": drawing.seed_commitment,
        "inputs_hash": inputs_hash(drawing.inputs),
        "items_hash": drawing.items_hash,
        "keys_hash": drawing.keys_hash,
        "stats_hash": drawing.stats_hash,
        "blueprint_hash": drawing.blueprint_hash,
    }


def commitment(drawing: StoredDrawing | FormSet) -> str:
    """Return the one hash that is read out, printed and written down before registration opens."""
    return digest(COMMITMENT_TYPE, cjson(commitment_content(drawing)))
