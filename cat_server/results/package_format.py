"""The names and types of a result package's files; `docs/result-package.md` describes what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from question_bank.canonical import Json, cjson
from question_bank.fairness_report.report_type import REPORT_TYPE

MANIFEST = "manifest.json"
MANIFEST_SIGNATURE = "manifest.sig"
PACKAGE_TYPE = "result-package/1"
FORMAT = "cat-result-package"
FORM_TYPE = "form/1"
PROFILE_TYPE = "profile/1"
KEYS_TYPE = "keys/1"
SIGNATURE_TYPE = "statement-signature/1"
REPORT = "fairness-report.json"
OFFICIAL, UNOFFICIAL = "official", "unofficial"

FILE_TYPES: Mapping[str, str] = {
    REPORT: REPORT_TYPE,
    "forms.jsonl": "form-list/1",
    "keys.json": KEYS_TYPE,
    "ledger.jsonl": "ledger-list/1",
    "participants.json": "participants/1",
    "profile.toml": "profile-toml/1",
    "profiles.jsonl": "profile-list/1",
    "responses.jsonl": "responses/1",
    "results.csv": "results-csv/1",
    "results.json": "results/1",
    "scores.json": "scores/1",
    "signatures.json": "signatures/1",
    "site-ledger.jsonl": "site-ledger-list/1",
    "statement.json": "statement/1",
}

OPTIONAL = frozenset({REPORT, "keys.json", "statement.json"})
"""Files that not every package has."""

AFTER_STATEMENT = frozenset(
    {
        "STATEMENT_PREPARED",
        "STATEMENT_SIGNED",
        "RESULTS_MADE_OFFICIAL",
        "RESULTS_EXPORTED",
        "ANSWER_QUARANTINED",
        "ACTIVITY_OBSERVED",
        "PARTICIPANT_SIGNED_IN",
        "SIGN_IN_REFUSED",
        "INCIDENT_RECORDED",
        "SEED_REVEALED",
    }
)
"""Events that change no result, and so may follow the ledger head that a statement names."""


def json_lines(values: Iterable[Json]) -> bytes:
    """Return one canonical line for each value."""
    return b"".join(cjson(each) + b"\n" for each in values)
