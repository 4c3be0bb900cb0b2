from __future__ import annotations

import re
from pathlib import Path

import question_bank
from question_bank.messages import LANGUAGES, Catalogue

SOURCES = [path.read_text(encoding="utf-8") for path in Path(question_bank.__file__).parent.rglob("*.py")]


def test_every_code_of_banks_and_forms_has_a_text_and_every_text_a_use() -> None:
    used = {code for source in SOURCES for code in re.findall(r'"((?:bank|form)_[a-z_]+)"', source)}
    used -= {"bank_id", "bank_app", "bank_items"}
    for language in LANGUAGES:
        codes = {
            code for code in Catalogue("question_bank").codes(language) if re.match("(bank|form)_", code)
        }
        assert used <= codes
        assert {code for code in codes - used if not code.startswith("bank_field_")} == set()


def test_texts_name_the_same_parameters_in_both_languages() -> None:
    catalogue = Catalogue("question_bank")
    texts = catalogue._texts
    for code, text in texts["id"].items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", texts["en"][code])), code
