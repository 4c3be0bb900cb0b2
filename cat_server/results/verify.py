"""Is a result package what two committees signed? Checked with trusted keys only (docs/result-package.md, 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cat_server.results.package_folder import UnreadablePackageError, read_package
from cat_server.results.package_format import (
    FILE_TYPES,
    FORMAT,
    MANIFEST,
    MANIFEST_SIGNATURE,
    OFFICIAL,
    OPTIONAL,
    PACKAGE_TYPE,
    UNOFFICIAL,
)
from cat_server.results.package_opening import open_package
from cat_server.results.trusted_keys import TrustedKeys
from cat_server.results.verify_records import check_records
from cat_server.results.verify_results import check_results
from cat_server.results.verify_signatures import check_signatures
from cat_server.runtime.public_keys import is_signed
from question_bank.canonical import NotCanonicalError, cjson, digest
from question_bank.problems import Place, Problem

_SIGNATURE = re.compile(rb"[0-9a-f]{128}\n")
_MANIFEST_FIELDS: Mapping[str, type] = {
    "v": int,
    "format": str,
    "exam_session_id": str,
    "exam_session_code": str,
    "site_code": str,
    "status": str,
    "statement_version": int,
    "has_keys": bool,
    "software": str,
    "exported_at_ms": int,
    "files": list,
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a verified package is about; `signers` are those whose signature counts, as (name, committee, decision)."""

    status: str = ""
    exam_session_code: str = ""
    site_code: str = ""
    participants: int = 0
    events: int = 0
    rescored: int = 0
    signers: tuple[tuple[str, str, str], ...] = ()


def verify_package(path: Path, trusted: TrustedKeys) -> tuple[Findings, list[Problem]]:
    """Return what a package says and everything wrong with it; without a problem it is verified."""
    try:
        files = read_package(path)
    except UnreadablePackageError:
        return Findings(), [Problem("results_package_unreadable", params={"path": path.name})]
    return verify_files(files, trusted)


def verify_files(files: Mapping[str, bytes], trusted: TrustedKeys) -> tuple[Findings, list[Problem]]:
    """Do as `verify_package` does, for files already read."""
    manifest, problems = _container(files, trusted)
    if problems or manifest is None:
        return Findings(), problems
    package, problems = open_package(manifest, files)
    if package is None:
        return Findings(), problems
    problems = list(check_records(package)) or list(check_results(package))
    signers, unsigned = check_signatures(package, trusted)
    findings = Findings(
        status=manifest["status"],
        exam_session_code=manifest["exam_session_code"],
        site_code=manifest["site_code"],
        participants=len(package.participants),
        events=len(package.events),
        rescored=len(package.scores) if package.has_keys else 0,
        signers=signers,
    )
    return findings, [*problems, *unsigned]


def _container(
    files: Mapping[str, bytes], trusted: TrustedKeys
) -> tuple[dict[str, Any] | None, list[Problem]]:
    missing = [
        Problem("results_file_missing", Place(file=name))
        for name in (MANIFEST, MANIFEST_SIGNATURE)
        if name not in files
    ]
    if missing:
        return None, missing
    problems: list[Problem] = []
    signature = files[MANIFEST_SIGNATURE]
    if not _SIGNATURE.fullmatch(signature) or not is_signed(
        trusted.site_public_key, PACKAGE_TYPE, files[MANIFEST], signature.decode("ascii").strip()
    ):
        problems.append(Problem("results_manifest_signature", Place(file=MANIFEST_SIGNATURE)))
    manifest = _read_manifest(files[MANIFEST])
    if manifest is None:
        return None, [*problems, Problem("results_manifest_malformed", Place(file=MANIFEST))]
    listed = {entry["name"]: entry for entry in manifest["files"]}
    for name in sorted(set(listed) | set(files) - {MANIFEST, MANIFEST_SIGNATURE}):
        place = Place(file=name)
        if name not in files:
            problems.append(Problem("results_file_missing", place))
        elif name not in listed:
            problems.append(Problem("results_file_extra", place))
        elif (len(files[name]), digest(FILE_TYPES[name], files[name])) != (
            listed[name]["size"],
            listed[name]["hash"],
        ):
            problems.append(Problem("results_file_changed", place))
    return manifest, problems


def _read_manifest(content: bytes) -> dict[str, Any] | None:
    try:
        manifest: dict[str, Any] = json.loads(content)
        names = [entry["name"] for entry in manifest["files"]]
        is_sound = (
            cjson(manifest) == content
            and {name: type(value) for name, value in manifest.items()} == _MANIFEST_FIELDS
            and manifest["v"] == 1
            and manifest["format"] == FORMAT
            and manifest["status"] in (OFFICIAL, UNOFFICIAL)
            and manifest["has_keys"] == ("keys.json" in names)
            and (manifest["statement_version"] > 0) == ("statement.json" in names)
            and (manifest["status"] == UNOFFICIAL or "statement.json" in names)
            and names == sorted(set(names))
            and set(FILE_TYPES) - OPTIONAL <= set(names) <= set(FILE_TYPES)
            and all(
                set(entry) == {"name", "type", "size", "hash"} and entry["type"] == FILE_TYPES[entry["name"]]
                for entry in manifest["files"]
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, NotCanonicalError, RecursionError):
        return None
    return manifest if is_sound else None
