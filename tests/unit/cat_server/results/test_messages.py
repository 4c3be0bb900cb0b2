"""Every code that the results can say has its words, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from question_bank.messages import LANGUAGES, Catalogue

ROOT = Path(__file__).parents[4]
SOURCES = [
    *(ROOT / "cat_server" / "results").glob("*.py"),
    *(ROOT / "cat_server" / "actions" / f"{name}.py" for name in ("prepare_statement", "sign_statement", "export_results")),
    ROOT / "cat_server" / "domain" / "sign_off.py",
    ROOT / "cat_server" / "runtime" / "officer_keys.py",
    ROOT / "cat_server" / "runtime" / "public_keys.py",
    ROOT / "cat_server" / "cli" / "results.py",
]  # fmt: skip


def codes() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    found = set(re.findall(r'"((?:results|check|statement)_[a-z_]+)"', text))
    found |= {f"refusal_{code}" for code in re.findall(r'Refusal\(\s*"([A-Z_]+)"', text)}
    return found - {"statement_hash", "statement_version", "results_meets_", "check_in"} | {
        "statement_version"
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    known = Catalogue("question_bank", "cat_server", "cat_server.cli").codes(language)
    assert len(codes()) > 60
    assert codes() - known == set()


def test_counts_and_lists_of_the_statement_have_words() -> None:
    known = Catalogue("question_bank", "cat_server").codes("id")
    names = "expected present absent forfeited disqualified finished timed_out force_closed extended late_answers quarantined_answers"
    assert {f"statement_count_{name}" for name in names.split()} <= known
    parts = "session rooms counts rules records checks notes"
    assert {f"statement_part_{name}" for name in parts.split()} <= known
