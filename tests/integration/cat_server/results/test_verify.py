"""A package on another machine: two implementations, one verdict, whatever is done to it."""

# ruff: noqa: ANN001 - fixtures have the types of the conftest, which tests do not import

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cat_server.results.package_folder import read_package
from cat_server.results.trusted_keys import read_trusted_keys, write_trusted_keys
from cat_server.results.verify import verify_files, verify_package
from question_bank.canonical import cjson
from tests.integration.cat_server.results.verdicts import plain


def test_the_official_package_verifies_in_folder_and_zip(official, standalone, tmp_path: Path) -> None:
    trusted = tmp_path / "trusted.json"
    trusted.write_text(write_trusted_keys(official.trusted))
    for path in (official.folder, official.archive):
        findings, problems = verify_package(path, official.trusted)
        assert problems == []
        assert (findings.status, findings.participants, findings.rescored) == ("official", 6, 4)
        assert {each[1:] for each in findings.signers} == {
            ("delivery_team", "declined"),
            ("delivery_team", "signed_with_objection"),
            ("agency_committee", "signed"),
        }
        facts, others = standalone.verify(path, trusted)
        assert others == []
        assert facts["rescored"] == 4
        assert standalone.main([str(path), "--trusted", str(trusted), "--json"]) == 0


def test_the_standalone_verifier_imports_none_of_our_packages() -> None:
    script = (Path(__file__).parents[4] / "scripts" / "verify_results.py").read_text()
    found = set(re.findall(r"^(?:from|import) ([a-z_]+)", script, re.MULTILINE))
    assert not found & {"cat_server", "question_bank", "kiosk_ui", "monitoring", "msgspec", "sqlalchemy"}


def test_the_table_is_ranked_and_formula_safe(official) -> None:
    table = (official.folder / "results.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert table[0] == "rank;participant_number;name;agency;position;formation;category;state;room;seat;TIU;TKP;total;meets"  # fmt: skip
    assert table[1] == '1;003;"\'=1+1 Budi; ""Cahya""";BKN;\'+Analis;A;;FINISHED;R1;1;15;9;24;yes'
    assert table[2] == "2;001;Ayu;BKN;'+Analis;A;Papua;FINISHED;R1;2;-1;9;8;no"
    assert table[3] == "2;002;Dewi;BKN;'+Analis;A;;TIMED_OUT;R1;3;-1;9;8;no"
    assert table[4] == "4;004;Eko;BKN;'+Analis;A;;FORCE_CLOSED;R1;4;5;0;5;no"
    assert table[5] == ";005;Fitri;BKN;'+Analis;A;;ABSENT;;;;;;"


def _names(official) -> list[str]:
    return sorted(read_package(official.folder))


def test_any_changed_byte_is_named(official, judge) -> None:
    files = read_package(official.folder)
    for name in _names(official):
        size = len(files[name])
        for at in sorted({0, 1, size // 3, size // 2, size - 2, size - 1}):
            for bit in (1, 32):
                changed = bytearray(files[name])
                changed[at] ^= bit
                found = judge({**files, name: bytes(changed)})
                wanted = "manifest.sig" if name.startswith("manifest.") else name
                assert wanted in {file for _, file, _ in found}, (name, at)


@pytest.mark.parametrize(
    "mutate",
    [
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: content[: len(content) // 2],
        lambda _content: b"",
    ],
)
def test_truncating_and_adding_is_named(official, judge, mutate: Callable[[bytes], bytes]) -> None:
    files = read_package(official.folder)
    for name in _names(official):
        found = judge({**files, name: mutate(files[name])})
        assert ("manifest.sig" if name.startswith("manifest.") else name) in {file for _, file, _ in found}


def test_dropping_and_adding_files_is_named(official, judge) -> None:
    files = read_package(official.folder)
    for name in _names(official):
        assert ("results_file_missing", name, None) in judge(
            {key: files[key] for key in files if key != name}
        )
    assert judge({**files, "extra.txt": b""}) == {("results_file_extra", "extra.txt", None)}
    assert judge({**files, "sub/results.csv": b""}) == {("results_file_extra", "sub/results.csv", None)}


def test_an_officer_key_that_is_not_trusted_does_not_count(official, judge) -> None:
    files = read_package(official.folder)
    fewer = replace(official.trusted, officers=official.trusted.officers[:2])
    assert {code for code, _, _ in judge(files, fewer)} == {
        "results_signature_unknown",
        "results_committee_missing",
    }
    swapped = tuple(
        replace(each, public_key=other.public_key)
        for each, other in zip(official.trusted.officers, reversed(official.trusted.officers), strict=True)
    )
    found = judge(files, replace(official.trusted, officers=swapped))
    assert {code for code, _, _ in found} == {"results_signature_invalid", "results_committee_missing"}


def test_an_unofficial_package_says_so(site, standalone, tmp_path: Path) -> None:
    exported = site.export(tmp_path / "early", is_unofficial_allowed=True, with_keys=True)
    findings, problems = verify_package(exported.folder, site.trusted)
    assert (findings.status, problems) == ("unofficial", [])
    facts, others = standalone.verify_files(read_package(exported.archive), plain(site.trusted))
    assert (facts["status"], others) == ("unofficial", [])
    files = read_package(exported.folder)
    manifest = json.loads(files["manifest.json"])
    manifest["status"] = "official"
    content = cjson(manifest)
    claimed = {
        **files,
        "manifest.json": content,
        "manifest.sig": site.signer.sign("result-package/1", content).encode() + b"\n",
    }
    _, problems = verify_files(claimed, site.trusted)
    assert [each.code for each in problems] == ["results_manifest_malformed"]
    assert [each["code"] for each in standalone.verify_files(claimed, plain(site.trusted))[1]] == [
        "results_manifest_malformed"
    ]


def test_what_is_no_package_is_told(official, standalone, tmp_path: Path) -> None:
    trusted = tmp_path / "trusted.json"
    trusted.write_text(write_trusted_keys(official.trusted))
    broken = tmp_path / "broken.zip"
    content = bytearray(official.archive.read_bytes())
    content[200] ^= 0xFF
    broken.write_bytes(content)
    doubled = tmp_path / "doubled.zip"
    with zipfile.ZipFile(doubled, "w") as archive:
        archive.writestr("manifest.json", b"a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("manifest.json", b"b")
    for path in (tmp_path / "nothing", trusted, broken, doubled):
        assert [each.code for each in verify_package(path, official.trusted)[1]] == [
            "results_package_unreadable"
        ]
        assert [each["code"] for each in standalone.verify(path, trusted)[1]] == [
            "results_package_unreadable"
        ]


def _without(text: str) -> str:
    return text.replace('"agency_committee"', '"visitors"', 1)


def test_a_trusted_keys_file_is_checked_itself(official, standalone, tmp_path: Path) -> None:
    text = write_trusted_keys(official.trusted)
    good, site_key = json.loads(text), official.trusted.site_public_key
    first = good["officers"][0]
    cases = {
        "results_trusted_unreadable": "{}",
        "results_trusted_key": text.replace(site_key, "ec" + "ff" * 30 + "7f"),
        "results_trusted_fingerprint": text.replace(good["site"]["fingerprint"], "AAAA"),
        "results_trusted_twice": json.dumps({**good, "officers": [*good["officers"], first]}),
        "results_trusted_committee": _without(text),
    }
    for code, content in cases.items():
        path = tmp_path / "trusted.json"
        path.write_text(content)
        trusted, problems = read_trusted_keys(path)
        assert trusted is None
        assert {each.code for each in problems} == {code}
        assert {each["code"] for each in standalone.read_trusted(path)[1]} == {code}
    path.write_text(text)
    assert read_trusted_keys(path) == (official.trusted, [])
