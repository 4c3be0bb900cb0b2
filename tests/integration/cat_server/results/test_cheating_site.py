"""A site that cheats seals what it changed with its own good key: both verifiers find it out, and alike."""

# ruff: noqa: ANN001 - fixtures have the types of the conftest, which tests do not import

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cat_server.results.package_folder import read_package
from cat_server.runtime.site_signing import SiteSigner
from question_bank.canonical import cjson, digest
from tests.integration.cat_server.results.verdicts import Files, resealed


def test_another_site_key_is_not_believed(official, judge) -> None:
    files = read_package(official.folder)
    other = SiteSigner(Ed25519PrivateKey.generate())
    assert judge(resealed(files, other)) == {("results_manifest_signature", "manifest.sig", None)}
    assert judge(resealed(files, official.signer)) == set()


LINES = ("ledger.jsonl", "site-ledger.jsonl", "forms.jsonl", "responses.jsonl", "profiles.jsonl")


@pytest.mark.parametrize("name", LINES)
def test_a_cheating_site_cannot_drop_add_or_reorder_lines(official, judge, name: str) -> None:
    files = read_package(official.folder)
    lines = files[name].splitlines(keepends=True)
    variants = [lines[1:], [*lines, lines[-1]], [lines[-1], *lines[:-1]], lines[:-1]]
    for variant in variants:
        content = b"".join(variant)
        if content == files[name]:
            continue
        is_end_cut = name.endswith("ledger.jsonl") and variant == lines[:-1]
        found = judge(resealed({**files, name: content}, official.signer))
        assert found, variant
        if not is_end_cut:
            assert name in {file for _, file, _ in found}


def _changed(files: Files, name: str, change: Callable[[Any], object]) -> Files:
    value = json.loads(files[name])
    change(value)
    return {**files, name: cjson(value)}


CHEATS: list[tuple[str, Callable[[Any], object], str]] = [
    ("statement.json", lambda s: s["counts"].update(present=5), "results_signature_invalid"),
    ("statement.json", lambda s: s.update(notes="Tidak ada kejadian"), "results_statement_unrecorded"),
    ("statement.json", lambda s: s["ledger"].update(hash="0" * 64), "results_ledger_head"),
    ("scores.json", lambda s: s["scores"][0].update(total=1), "results_scores_differ"),
    ("scores.json", lambda s: s["scores"][0].update(total=1), "results_score_wrong"),
    ("scores.json", lambda s: s["scores"].pop(), "results_scores_differ"),
    ("scores.json", lambda s: s["annulled"].append("i1"), "results_score_wrong"),
    ("participants.json", lambda p: p["participants"][0].update(name="X"), "results_participants_differ"),
    ("participants.json", lambda p: p["participants"][0].update(state="ABSENT"), "results_participants_differ"),
    ("results.json", lambda r: r["lines"][0].update(rank=2), "results_results_differ"),
    ("results.json", lambda r: r["lines"].reverse(), "results_results_differ"),
    ("keys.json", lambda k: k["keys"]["i1"].update(correct=["o1"]), "results_keys_differ"),
    ("signatures.json", lambda s: s.pop(), "results_signature_missing"),
    ("signatures.json", lambda s: s.pop(0), "results_signature_missing"),
    ("signatures.json", lambda s: s[0].update(decision="signed"), "results_signature_invalid"),
    ("signatures.json", lambda s: s[1].update(reason=""), "results_signature_invalid"),
    ("signatures.json", lambda s: s[1].update(signature=s[2]["signature"]), "results_signature_invalid"),
    ("signatures.json", lambda s: s[1].update(officer_id="somebody"), "results_signature_unknown"),
    ("signatures.json", lambda s: s[1].update(committee="agency_committee"), "results_signature_unknown"),
    ("signatures.json", lambda s: s[2].update(version=2), "results_committee_missing"),
    ("signatures.json", lambda s: s.append(s[0]), "results_signature_missing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "code"), CHEATS)
def test_a_cheating_site_is_found_out(
    official, judge, name: str, change: Callable[[object], object], code: str
) -> None:
    files = _changed(read_package(official.folder), name, change)
    assert code in {each for each, _, _ in judge(resealed(files, official.signer))}


def test_a_changed_answer_is_found_in_the_ledger(official, judge) -> None:
    files = read_package(official.folder)
    lines = files["ledger.jsonl"].splitlines()
    for row, line in enumerate(lines, start=1):
        entry = json.loads(line)
        private = base64.b64decode(entry["private"])
        if b'"o2"' not in private:
            continue
        entry["private"] = base64.b64encode(private.replace(b'"o2"', b'"o1"')).decode()
        content = b"\n".join([*lines[: row - 1], cjson(entry), *lines[row:]]) + b"\n"
        found = judge(resealed({**files, "ledger.jsonl": content}, official.signer))
        assert found == {("results_ledger_private", "ledger.jsonl", row)}
        return
    pytest.fail("no answer in the ledger")


def test_a_changed_response_or_form_is_found(official, judge) -> None:
    files = read_package(official.folder)
    responses = files["responses.jsonl"].replace(b'"response":["o1"]', b'"response":["o2"]', 1)
    found = judge(resealed({**files, "responses.jsonl": responses}, official.signer))
    assert found == {("results_responses_differ", "responses.jsonl", 1)}
    forms = files["forms.jsonl"].replace(b'["o1","o2"]', b'["o2","o1"]', 1)
    found = judge(resealed({**files, "forms.jsonl": forms}, official.signer))
    assert ("results_forms_differ", "forms.jsonl", None) in found
    profiles = files["profiles.jsonl"].replace(b'"blank":0', b'"blank":1', 1)
    found = judge(resealed({**files, "profiles.jsonl": profiles}, official.signer))
    assert ("results_profiles_differ", "profiles.jsonl", None) in found
    table = files["results.csv"].replace(b";24;", b";25;")
    found = judge(resealed({**files, "results.csv": table}, official.signer))
    assert found == {("results_table_differs", "results.csv", None)}


STRANGE = (None, True, 0, -1, 2**52, "", "x", [], {}, ["o1"], {"x": 1})
NESTED = ("ledger.jsonl", "site-ledger.jsonl", "forms.jsonl", "profiles.jsonl", "responses.jsonl")


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(leaf for key, each in inside for leaf in _leaves(each, (*path, key)))]


def _replaced(value: Any, dice: random.Random) -> Any:
    path = dice.choice(_leaves(value)[1:])
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    if dice.random() < 0.2 and isinstance(inner, dict):
        del inner[path[-1]]
    else:
        inner[path[-1]] = dice.choice(STRANGE)
    return value


@pytest.mark.parametrize("seed", range(6))
def test_strange_values_under_a_good_seal_crash_neither_and_are_judged_alike(
    official, judge, seed: int
) -> None:
    dice = random.Random(seed)
    files = read_package(official.folder)
    names = [name for name in sorted(files) if name.endswith((".json", ".jsonl")) and name != "manifest.json"]
    for _ in range(20):
        name = dice.choice(names)
        if name in NESTED:
            lines = files[name].splitlines()
            # A chain binds every event but its last, which only the site's own signature vouches for.
            last = 1 if name.endswith("ledger.jsonl") else 0
            row = dice.randrange(len(lines) - last)
            entry = json.loads(lines[row])
            if name == "ledger.jsonl" and dice.random() < 0.7:
                envelope = cjson(_replaced(json.loads(base64.b64decode(entry["envelope"])), dice))
                entry["envelope"] = base64.b64encode(envelope).decode()
                entry["hash"] = digest("ledger/1", envelope)
            else:
                entry = _replaced(entry, dice)
            lines[row] = cjson(entry)
            content = b"\n".join(lines) + b"\n"
        else:
            content = cjson(_replaced(json.loads(files[name]), dice))
        found = judge(resealed({**files, name: content}, official.signer))
        assert found or content == files[name], name
