"""What both verifiers are asked and say, in one form, and packages sealed anew after a change."""

from __future__ import annotations

import json
from typing import Any

from cat_server.results.package_format import FILE_TYPES
from cat_server.results.trusted_keys import TrustedKeys
from cat_server.runtime.site_signing import SiteSigner
from question_bank.canonical import cjson, digest
from question_bank.problems import Problem

Files = dict[str, bytes]
Verdict = set[tuple[str, str, int | None]]


def plain(trusted: TrustedKeys) -> dict[str, Any]:
    """Return trusted keys as the standalone verifier holds them."""
    officers = {each.officer_id: (each.committee, each.public_key, each.name) for each in trusted.officers}
    return {"site": trusted.site_public_key, "officers": officers}


def as_verdict(problems: list[Problem]) -> Verdict:
    return {(each.code, each.place.file, each.place.row) for each in problems}


def resealed(files: Files, signer: SiteSigner) -> Files:
    """Return the files with a manifest made anew: what a site that cheats could do."""
    manifest = json.loads(files["manifest.json"])
    names = sorted(set(files) - {"manifest.json", "manifest.sig"})
    manifest["files"] = [
        {
            "name": name,
            "type": FILE_TYPES[name],
            "size": len(files[name]),
            "hash": digest(FILE_TYPES[name], files[name]),
        }
        for name in names
    ]
    manifest["has_keys"] = "keys.json" in files
    content = cjson(manifest)
    signature = signer.sign("result-package/1", content).encode() + b"\n"
    return {**files, "manifest.json": content, "manifest.sig": signature}
