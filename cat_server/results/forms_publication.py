"""The files from which anybody re-derives the forms of an exam session (docs/form-assembly.md, 9)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cat_server.records.form_drawings import StoredDrawing
from cat_server.results.redrawing import commitment, commitment_content
from question_bank.assembly.cells import opaque_id
from question_bank.assembly.merkle import forms_root
from question_bank.assembly.option_order import best_option
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.canonical import Json, cjson
from question_bank.items import Bank, KeySheet

COMMITMENT = "commitment.json"
INPUTS = "inputs.json"
REVEAL = "reveal.json"
FORMS = "forms.json"
OPTIONS = "options.json"


def commitment_file(drawing: StoredDrawing) -> bytes:
    """Return what may be published before the exam session."""
    content = commitment_content(drawing)
    return cjson({**content, "exam_session": drawing.code, "commitment": commitment(drawing)})


def publication(
    drawing: StoredDrawing, sealed: SealedSeed, bank: Bank, keys: KeySheet | None
) -> Mapping[str, bytes]:
    """Return the files by name; `options.json` only where the key sheet is to be handed out.

    It lets option orders and the bytes of every form be re-derived too.
    """
    salt = sealed.salt
    forms: list[Json] = [
        {
            "form_no": each.form_no,
            "seat": each.seat,
            "hash": each.hash,
            "items": [opaque_id(salt, item["item_id"]) for item in json.loads(each.content)["items"]],
        }
        for each in drawing.forms
    ]
    files = {
        COMMITMENT: commitment_file(drawing),
        INPUTS: drawing.inputs,
        REVEAL: cjson({"v": 1, "secret": sealed.secret.hex(), "public_draw": sealed.public_draw}),
        FORMS: cjson(
            {"v": 1, "forms_root": forms_root([each.hash for each in drawing.forms]), "forms": forms}
        ),
    }
    if keys is not None:
        files[OPTIONS] = cjson({"v": 1, "items": _options(bank, keys, salt, drawing)})
    return files


def _options(bank: Bank, keys: KeySheet, salt: bytes, drawing: StoredDrawing) -> Json:
    used = {item["item_id"] for each in drawing.forms for item in json.loads(each.content)["items"]}
    entries: list[Json] = [
        {
            "id": opaque_id(salt, item.item_id),
            "item_id": item.item_id,
            "options": [each.option_id for each in item.options],
            "source_order": list(item.source_order),
            "shuffle": item.shuffle,
            "best": best_option(item, keys.keys),
            "graded": bool(keys.keys[item.item_id].points),
        }
        for item in bank.items
        if item.item_id in used
    ]
    return entries
