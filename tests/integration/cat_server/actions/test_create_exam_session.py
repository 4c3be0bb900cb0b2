"""Forms are drawn for everyone beforehand, and can be drawn again, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.public_inputs import places_in
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.profile_reading import load_profile
from tests.integration.conftest import Centre


def test_the_stored_forms_are_what_the_kept_seed_draws(centre: Centre, tmp_path: Path) -> None:
    keyring = open_keyring(tmp_path / "site" / "keys")
    files = BankFiles(tmp_path / "site" / "banks", keyring)
    [(form_set_id, commitment)] = centre.rows("SELECT id, seed_commitment FROM form_set")
    [(bank_id, stats_hash)] = centre.rows("SELECT id, stats_hash FROM bank")
    sealed = SealedSeed(keyring.seed(form_set_id))
    assert sealed.commitment == commitment
    profile, _ = load_profile("simulation_20x10")
    assert profile is not None
    [(inputs,)] = centre.rows("SELECT content FROM form_set_inputs")
    stored = [bytes(content) for (content,) in centre.rows("SELECT content FROM form ORDER BY form_no")]
    again = draw_forms(
        files.bank(bank_id),
        files.keys(bank_id),
        files.statistics(bank_id, stats_hash),
        profile,
        seats=12,
        spares=len(stored) - 12,
        seed=sealed,
        places=places_in(inputs),
    )
    assert [form.encoded for form in again.forms] == stored
    assert len(set(stored)) == len(stored)
    wanted = {section.code: section.items for section in profile.sections}
    for each in stored:
        items = json.loads(each)["items"]
        assert {code: sum(item["section"] == code for item in items) for code in wanted} == wanted
        assert len({item["item_id"] for item in items}) == 20


def test_every_ordinary_seat_has_a_form_of_its_own(centre: Centre) -> None:
    seats = centre.rows("SELECT seat_id FROM form WHERE seat_id IS NOT NULL")
    assert len(seats) == len(set(seats)) == 12
