"""The files of a result package, made from one snapshot of the records."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cat_server.domain.scoring import AttemptScore
from cat_server.records.chains import StoredEvent
from cat_server.records.session_attempts import AttemptRecord
from cat_server.records.session_record import SessionRecord
from cat_server.records.statements import SignatureRecord, StatementRecord
from cat_server.results.package_format import (
    FILE_TYPES,
    FORMAT,
    MANIFEST,
    MANIFEST_SIGNATURE,
    OFFICIAL,
    PACKAGE_TYPE,
    REPORT,
    UNOFFICIAL,
    json_lines,
)
from cat_server.results.scores import participants_content, scores_content
from cat_server.results.statement import SiteIdentity
from cat_server.results.table import result_lines, results_csv
from cat_server.runtime.site_signing import SiteSigner
from question_bank.canonical import Json, cjson, digest
from question_bank.items import KeySheet
from question_bank.profile_content import profile_from_content
from question_bank.profile_writing import write_profile
from question_bank.scoring_profile import Profile
from question_bank.storing import encode_keys

__all__ = ["PackageSource", "package_files", "seal_package", "section_codes"]


@dataclass(frozen=True, slots=True)
class PackageSource:
    """What a package is made of. `keys` only where they are to be handed out; `is_official` once both have signed."""

    record: SessionRecord
    scores: Mapping[str, AttemptScore]
    statement: StatementRecord | None
    signatures: Sequence[SignatureRecord]
    site: SiteIdentity
    exported_at_ms: int
    is_official: bool
    keys: KeySheet | None = None


def package_files(source: PackageSource) -> dict[str, bytes]:
    """Return every file but the manifest and its signature, by name."""
    record = source.record
    profile = profile_from_content(record.profiles[record.identity.profile_hash])
    participants, scores = participants_content(record), scores_content(record, source.scores)
    lines = _lines(participants, scores, profile)
    files = {
        "participants.json": participants,
        "scores.json": scores,
        "results.json": results_content(record.identity.exam_session_id, record.identity.profile_hash, lines),
        "results.csv": results_csv(lines, section_codes(profile, lines)),
        "responses.jsonl": json_lines(response_line(each) for each in record.attempts if each.form_no),
        "forms.jsonl": b"".join(each.content + b"\n" for each in record.forms),
        "profiles.jsonl": b"".join(record.profiles[each] + b"\n" for each in sorted(record.profiles)),
        "profile.toml": write_profile(profile).encode(),
        "ledger.jsonl": json_lines(_event(each, with_private=True) for each in record.events),
        "site-ledger.jsonl": json_lines(_event(each, with_private=False) for each in record.site_events),
        "signatures.json": cjson([_signature(each) for each in source.signatures]),
    }
    if source.statement is not None:
        files["statement.json"] = source.statement.content
    if record.form_set is not None and record.form_set.report:
        files[REPORT] = record.form_set.report
    if source.keys is not None:
        files["keys.json"] = encode_keys(source.keys)
    return files


def seal_package(source: PackageSource, files: Mapping[str, bytes], signer: SiteSigner) -> dict[str, bytes]:
    """Return the files with their manifest and the site's signature over it."""
    identity = source.record.identity
    manifest = cjson(
        {
            "v": 1,
            "format": FORMAT,
            "exam_session_id": identity.exam_session_id,
            "exam_session_code": identity.code,
            "site_code": source.site.site_code,
            "status": OFFICIAL if source.is_official else UNOFFICIAL,
            "statement_version": source.statement.version if source.statement else 0,
            "has_keys": "keys.json" in files,
            "software": source.site.software,
            "exported_at_ms": source.exported_at_ms,
            "files": [
                {
                    "name": name,
                    "type": FILE_TYPES[name],
                    "size": len(files[name]),
                    "hash": digest(FILE_TYPES[name], files[name]),
                }
                for name in sorted(files)
            ],
        }
    )
    signature = signer.sign(PACKAGE_TYPE, manifest).encode() + b"\n"
    return {**files, MANIFEST: manifest, MANIFEST_SIGNATURE: signature}


def results_content(exam_session_id: str, profile_hash: str, lines: Sequence[Mapping[str, Any]]) -> bytes:
    """Return `results.json`."""
    return cjson(
        {
            "v": 1,
            "exam_session_id": exam_session_id,
            "profile_hash": profile_hash,
            "lines": [dict(each) for each in lines],
        }
    )


def response_line(attempt: AttemptRecord) -> Json:
    """Return an attempt's line of `responses.jsonl`."""
    return {
        "attempt_id": attempt.attempt_id,
        "participant_number": attempt.participant_number,
        "form_no": attempt.form_no,
        "answers": [
            {
                "position": each.position,
                "response": list(each.response),
                "is_flagged": each.is_flagged,
                "epoch": each.epoch,
                "seq": each.seq,
                "number": each.number,
            }
            for each in attempt.answers
        ],
    }


def section_codes(profile: Profile, lines: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the sections as columns: the profile's in paper order, then others as they first occur."""
    codes = [section.code for _, section in profile.paper_order()]
    codes += [each["code"] for line in lines if line["score"] for each in line["score"]["sections"]]
    return tuple(dict.fromkeys(codes))


def _lines(participants: bytes, scores: bytes, profile: Profile) -> list[dict[str, Any]]:
    return result_lines(
        json.loads(participants)["participants"], json.loads(scores)["scores"], profile.ranking
    )


def _event(event: StoredEvent, *, with_private: bool) -> Json:
    private = base64.b64encode(event.private or b"").decode() if with_private else None
    return {
        "number": event.number,
        "hash": event.hash,
        "envelope": base64.b64encode(event.envelope).decode(),
        "private": private,
    }


def _signature(signature: SignatureRecord) -> Json:
    return {
        "version": signature.version,
        "statement_hash": signature.statement_hash,
        "officer_id": signature.officer_id,
        "committee": signature.committee,
        "decision": signature.decision,
        "reason": signature.reason,
        "signature": signature.signature,
        "signed_at_ms": signature.signed_at_ms,
    }
