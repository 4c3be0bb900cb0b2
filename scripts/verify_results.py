"""Verify a result package without the server that made it: a second, independent implementation.

Written from docs/result-package.md. It shares no code with the server and needs only Python 3.11 and `cryptography`.

    python verify_results.py PACKAGE --trusted KEYS.json [--json]

Exit code 0: verified. 1: problems, each with its code, file and line. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Content = dict[str, Any]
"""Something read from JSON."""

TYPES = {
    "fairness-report.json": "fairness-report/1",
    "forms.jsonl": "form-list/1",
    "keys.json": "keys/1",
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
OPTIONAL = {"fairness-report.json", "keys.json", "statement.json"}
PERSON = ["participant_number", "name", "agency", "position", "formation", "category"]
TEXT, NUMBER, NULL = str, int, type(None)
PARTICIPANT = {
    **{
        name: [TEXT]
        for name in (*PERSON, "attempt_id", "participant_id", "profile_hash", "room_code", "state")
    },
    **{name: [TEXT, NULL] for name in ("room_id", "seat_id")},
    **{name: [NUMBER, NULL] for name in ("seat_no", "form_no")},
    "ordinal": [NUMBER],
}
SUMS = {name: [NUMBER] for name in ("maximum", "answered", "items")}
SECTION = {**SUMS, "code": [TEXT], "points": [NUMBER], "threshold": [NUMBER, NULL], "meets": [bool, NULL]}
SCORE = {
    **SUMS,
    **{name: [TEXT] for name in ("attempt_id", "profile_hash")},
    "sections": [list],
    "total": [NUMBER],
    "meets": [bool, NULL],
}
SIGNATURE = {
    **{
        name: [TEXT]
        for name in ("statement_hash", "officer_id", "committee", "decision", "reason", "signature")
    },
    **{name: [NUMBER] for name in ("version", "signed_at_ms")},
}
Fields = dict[str, list[type]]
MANIFEST = {
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
HARMLESS = {
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
ENDS = {
    "ATTEMPT_STARTED": "RUNNING",
    "ATTEMPT_REOPENED": "RUNNING",
    "ATTEMPT_FINISHED": "FINISHED",
    "ATTEMPT_TIMED_OUT": "TIMED_OUT",
    "ATTEMPT_FORCE_CLOSED": "FORCE_CLOSED",
    "ATTEMPT_ABSENT": "ABSENT",
    "ATTEMPT_FORFEITED": "FORFEITED",
    "ATTEMPT_PAUSED": "PAUSED",
    "ATTEMPT_RESUMED": "RUNNING",
    "ATTEMPT_DISQUALIFIED": "DISQUALIFIED",
    "ATTEMPT_VOIDED": "VOIDED",
}
STATES = {*ENDS.values(), "SCHEDULED", "REGISTERED", "SEATED", "READY"}
SAT = {"RUNNING", "PAUSED", "FINISHED", "TIMED_OUT", "FORCE_CLOSED", "DISQUALIFIED"}
COMMITTEES = ("delivery_team", "agency_committee")
DECISIONS = ("signed", "signed_with_objection", "declined")
PRIME = 2**255 - 19
SMALL_ORDER = {
    0,
    1,
    PRIME - 1,
    int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    ),
    int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    ),
}
MALFORMED = (KeyError, TypeError, AttributeError, ValueError, IndexError)


class Broken(Exception):  # noqa: N818 - says what the file is, not that the program failed
    """A file is not as the format wants it."""

    def __init__(self, file: str, row: int | None = None) -> None:
        super().__init__(file)
        self.problem = problem("results_file_malformed", file, row)


def problem(code: str, file: str = "", row: int | None = None, **params: str) -> Content:
    """Return a problem as it is printed."""
    found = {"code": code, "file": file}
    if row is not None:
        found["row"] = row
    return {**found, **params}


def hash_of(kind: str, content: bytes) -> str:
    """Return the hash of type `kind`."""
    return hashlib.sha256(f"cat/{kind}\n".encode() + content).hexdigest()


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a value."""
    return json.dumps(
        _normal(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    ).encode()


def _normal(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError("integer out of range")
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_normal(each) for each in value]
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise ValueError("key is not ASCII")
        return {key: _normal(each) for key, each in value.items()}
    raise ValueError("no canonical form")


def parse(content: bytes, file: str, row: int | None = None) -> Content:
    """Return the value of canonical JSON bytes."""
    try:
        value = json.loads(content)
        is_canonical = canonical(value) == content
    except (ValueError, RecursionError):
        is_canonical = False
    if not is_canonical:
        raise Broken(file, row)
    return value


# --- keys and signatures ---------------------------------------------------------------------------------------


def sound_key(text: object) -> bool:
    """Tell whether a text is a public key that nobody can forge for."""
    if not isinstance(text, str) or not re.fullmatch("[0-9a-f]{64}", text):
        return False
    y = int.from_bytes(bytes.fromhex(text), "little") % 2**255
    return y < PRIME and y not in SMALL_ORDER


def signed(public_key: str, kind: str, content: bytes, signature: object) -> bool:
    """Tell whether the signature is the key's."""
    if not isinstance(signature, str) or not re.fullmatch("[0-9a-f]{128}", signature):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), f"cat/{kind}\n".encode() + content)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """Return what people compare."""
    hashed = hashlib.sha256(b"cat/public-key/1\n" + bytes.fromhex(public_key)).digest()
    text = base64.b32encode(hashed).decode()[:26]
    return "-".join(text[at : at + 4] for at in range(0, 26, 4))


def read_trusted(path: Path) -> tuple[Content | None, list[Content]]:
    """Return (keys, problems) of a trusted keys file."""
    name = path.name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        site, officers = content["site"], content["officers"]
        owners = [("site", site), *((str(each["officer_id"]), each) for each in officers)]
        committees = [(str(each["officer_id"]), str(each["committee"])) for each in officers]
        keys = [str(each["public_key"]) for _, each in owners]
        prints = [each.get("fingerprint") for _, each in owners]
    except (OSError, *MALFORMED):
        return None, [problem("results_trusted_unreadable", name)]
    problems = []
    for (owner, _), key, told in zip(owners, keys, prints, strict=True):
        if not sound_key(key):
            problems.append(problem("results_trusted_key", name, owner=owner))
        elif told is not None and told != fingerprint(key):
            problems.append(problem("results_trusted_fingerprint", name, owner=owner))
    ids = [owner for owner, _ in committees]
    if len(set(ids)) < len(ids) or len(set(keys[1:])) < len(keys[1:]):
        problems.append(problem("results_trusted_twice", name))
    for owner, committee in committees:
        if committee not in COMMITTEES:
            problems.append(problem("results_trusted_committee", name, owner=owner, committee=committee))
    trusted = {
        "site": keys[0],
        "officers": {
            owner: (committee, key, str(each.get("name", "")))
            for (owner, committee), key, each in zip(committees, keys[1:], officers, strict=True)
        },
    }
    return (None if problems else trusted), problems


# --- the package and its manifest ------------------------------------------------------------------------------


def read_files(path: Path) -> dict[str, bytes] | None:
    """Return the package's files by name, or None."""
    try:
        if path.is_dir():
            found = [each for each in path.rglob("*") if not each.is_dir()]
            return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            names = {each.filename for each in members}
            if len(names) < len(members) or sum(each.file_size for each in members) > 4 * 1024**3:
                return None
            return {each.filename: archive.read(each) for each in members}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        return None


def read_manifest(content: bytes) -> Content | None:
    """Return the manifest, or None if it is not as the format wants it."""
    try:
        manifest = parse(content, "manifest.json")
        names = [each["name"] for each in manifest["files"]]
        has_statement = "statement.json" in names
        rules = (
            {name: type(value) for name, value in manifest.items()} == MANIFEST,
            manifest["v"] == 1 and manifest["format"] == "cat-result-package",
            manifest["status"] in ("official", "unofficial"),
            manifest["has_keys"] == ("keys.json" in names),
            (manifest["statement_version"] > 0) == has_statement,
            has_statement or manifest["status"] == "unofficial",
            names == sorted(set(names)),
            set(TYPES) - OPTIONAL <= set(names) <= set(TYPES),
            all(set(each) == {"name", "type", "size", "hash"} for each in manifest["files"]),
            all(each["type"] == TYPES.get(each["name"]) for each in manifest["files"]),
        )
    except (Broken, *MALFORMED):
        return None
    return manifest if all(rules) else None


def check_container(files: Mapping[str, bytes], trusted: Content) -> tuple[Content | None, list[Content]]:
    """Return (manifest, problems): steps 1 and 2."""
    missing = [name for name in ("manifest.json", "manifest.sig") if name not in files]
    if missing:
        return None, [problem("results_file_missing", name) for name in missing]
    problems = []
    signature = files["manifest.sig"]
    if not re.fullmatch(rb"[0-9a-f]{128}\n", signature) or not signed(
        trusted["site"], "result-package/1", files["manifest.json"], signature[:128].decode()
    ):
        problems.append(problem("results_manifest_signature", "manifest.sig"))
    manifest = read_manifest(files["manifest.json"])
    if manifest is None:
        return None, [*problems, problem("results_manifest_malformed", "manifest.json")]
    listed = {each["name"]: (each["size"], each["hash"]) for each in manifest["files"]}
    for name in sorted({*listed, *files} - {"manifest.json", "manifest.sig"}):
        if name not in files:
            problems.append(problem("results_file_missing", name))
        elif name not in listed:
            problems.append(problem("results_file_extra", name))
        elif listed[name] != (len(files[name]), hash_of(TYPES[name], files[name])):
            problems.append(problem("results_file_changed", name))
    return manifest, problems


# --- files as values -------------------------------------------------------------------------------------------


def lines_of(files: Mapping[str, bytes], name: str) -> list[bytes]:
    """Return the lines of a file, each canonical JSON."""
    content = files[name]
    if content and not content.endswith(b"\n"):
        raise Broken(name)
    lines = content.split(b"\n")[:-1]
    for row, line in enumerate(lines, start=1):
        parse(line, name, row)
    return lines


def read_chain(files: Mapping[str, bytes], name: str, chain: str, problems: list[Content]) -> list[Content]:
    """Return the events of a ledger; adds what is wrong with it (step 4)."""
    previous, events = "0" * 64, []
    for row, line in enumerate(lines_of(files, name), start=1):
        entry = json.loads(line)
        try:
            is_site = chain == "site"
            if (
                set(entry) != {"number", "hash", "envelope", "private"}
                or (entry["private"] is None) != is_site
            ):
                raise Broken(name, row)
            envelope = base64.b64decode(entry["envelope"], validate=True)
            private = None if is_site else base64.b64decode(entry["private"], validate=True)
        except MALFORMED:
            raise Broken(name, row) from None
        number, told = entry["number"], entry["hash"]
        if hash_of("ledger/1", envelope) != told:
            problems.append(problem("results_ledger_hash", name, row))
        try:
            said = json.loads(envelope)
            link = (said["chain"], said["number"], said["prev"])
            event = {
                "row": row,
                "number": number,
                "hash": told,
                "at_ms": said["at_ms"],
                "kind": said["kind"],
                "body": said["body"],
                "private": json.loads(private) if private else {},
            }
            bound = said["private_hash"]
            shape = [type(event[each]) for each in ("at_ms", "kind", "body", "private")]
        except MALFORMED:
            shape = []
        if shape != [int, str, dict, dict]:
            problems.append(problem("results_file_malformed", name, row))
            previous = told
            continue
        if link != (chain, row, previous) or number != row:
            problems.append(problem("results_ledger_order", name, row))
        if private is not None and bound != (hash_of("private/1", private) if private else ""):
            problems.append(problem("results_ledger_private", name, row))
        events.append(event)
        previous = told
    return events


def fits(entries: object, fields: Fields) -> bool:
    """Tell whether a value is a list of objects with exactly these fields, each of its type."""
    return isinstance(entries, list) and all(
        isinstance(entry, dict)
        and set(entry) == set(fields)
        and all(type(entry[name]) in types for name, types in fields.items())
        for entry in entries
    )


def read_sheets(files: Mapping[str, bytes]) -> Content:
    """Return signatures, participants and scores."""
    signatures = parse(files["signatures.json"], "signatures.json")
    if not fits(signatures, SIGNATURE):
        raise Broken("signatures.json")
    people = parse(files["participants.json"], "participants.json")
    if not fits([people], {"v": [int], "participants": [list]}) or not fits(
        people["participants"], PARTICIPANT
    ):
        raise Broken("participants.json")
    sheet = parse(files["scores.json"], "scores.json")
    shape: Fields = {"v": [int], "keys_hash": [str], "annulled": [list], "scores": [list]}
    if (
        not fits([sheet], shape)
        or not fits(sheet["scores"], SCORE)
        or not all(fits(each["sections"], SECTION) for each in sheet["scores"])
        or not all(isinstance(each, str) for each in sheet["annulled"])
    ):
        raise Broken("scores.json")
    found = {"signatures": signatures, "participants": people["participants"]}
    return {**found, "sheet": sheet, "scores": sheet["scores"]}


def fold(events: list[Content]) -> dict[str, Content]:
    """Return by attempt what the events say of it."""
    attempts = {}
    for event in events:
        body, kind = event["body"], event["kind"]
        if kind == "PARTICIPANT_SCHEDULED":
            attempts[body["attempt_id"]] = {
                "participant_id": body["participant_id"],
                "ordinal": body["ordinal"],
                "profile_hash": body["profile_hash"],
                "state": "SCHEDULED",
                "room_id": None,
                "seat_id": None,
                "form_no": None,
                "answers": {},
            }
            continue
        attempt = attempts.get(body.get("attempt_id", ""))
        if attempt is not None:
            follow(attempt, event)
    return attempts


def follow(attempt: Content, event: Content) -> None:
    """Take one more event into account for the attempt that it is about."""
    body, kind = event["body"], event["kind"]
    if kind == "PARTICIPANT_CHECKED_IN":
        seat = {name: body[name] for name in ("room_id", "seat_id", "form_no")}
        attempt.update(seat, state="REGISTERED")
    elif kind == "CHECK_IN_UNDONE":
        attempt.update(state="SCHEDULED", room_id=None, seat_id=None, form_no=None)
    elif kind == "SEAT_MOVED":
        attempt.update({name: body[name] for name in ("room_id", "seat_id")})
    elif kind == "ATTEMPT_REINSTATED":
        attempt["state"] = body["state"]
    elif kind in ENDS:
        attempt["state"] = ENDS[kind]
        if kind == "ATTEMPT_VOIDED":
            attempt["seat_id"] = None
    elif kind in ("ANSWER_SAVED", "ANSWER_ACCEPTED_LATE"):
        order = (body["epoch"], body["seq"])
        known = attempt["answers"].get(body["position"])
        if known is None or (known["epoch"], known["seq"]) < order:
            attempt["answers"][body["position"]] = {
                "position": body["position"],
                "response": event["private"]["response"],
                "is_flagged": event["private"]["is_flagged"],
                "epoch": order[0],
                "seq": order[1],
                "number": event["number"],
            }


def open_package(manifest: Content, files: Mapping[str, bytes]) -> tuple[Content | None, list[Content]]:
    """Return (package, problems): steps 3 and 4."""
    problems = []
    try:
        events = read_chain(files, "ledger.jsonl", manifest["exam_session_id"], problems)
        site_events = read_chain(files, "site-ledger.jsonl", "site", problems)
        package = {"manifest": manifest, "files": files, "events": events, "site_events": site_events}
        package["statement"] = (
            parse(files["statement.json"], "statement.json") if "statement.json" in files else None
        )
        package.update(read_sheets(files))
        package["forms"] = lines_of(files, "forms.jsonl")
        package["profiles"] = lines_of(files, "profiles.jsonl")
        try:
            package["attempts"] = fold(events)
        except MALFORMED:
            raise Broken("ledger.jsonl") from None
        package["keys"] = None
        if "keys.json" in files:
            package["keys"] = parse(files["keys.json"], "keys.json")
    except Broken as broken:
        return None, [broken.problem]
    return (None if problems else package), problems


# --- steps 5 to 8: records -------------------------------------------------------------------------------------


def judged(file: str, step: Callable[[], Iterator[Content]]) -> list[Content]:
    """Return a step's problems, or that its file is malformed where it cannot be done."""
    try:
        return list(step())
    except MALFORMED:
        return [problem("results_file_malformed", file)]


def check_records(package: Content) -> list[Content]:
    """Return what does not fit the ledgers."""
    return [
        *judged("statement.json", lambda: _check_statement(package, package["statement"])),
        *judged("participants.json", lambda: _check_participants(package)),
        *judged("forms.jsonl", lambda: _check_forms(package)),
        *judged("fairness-report.json", lambda: _check_report(package)),
        *judged("profiles.jsonl", lambda: _check_profiles(package)),
        *judged("responses.jsonl", lambda: _check_responses(package)),
    ]


def _check_statement(package: Content, statement: Content | None) -> Iterator[Content]:
    if statement is None:
        return
    manifest, events = package["manifest"], package["events"]
    session = statement["exam_session"]
    told = [session["exam_session_id"], session["code"], statement["site"]["site_code"], statement["version"]]
    names = ("exam_session_id", "exam_session_code", "site_code", "statement_version")
    if told != [manifest[name] for name in names]:
        yield problem("results_statement_other", "statement.json")
    chains = (
        ("ledger", "ledger.jsonl", events),
        ("site_ledger", "site-ledger.jsonl", package["site_events"]),
    )
    for name, file, chain in chains:
        number = statement[name]["number"]
        if not 1 <= number <= len(chain) or chain[number - 1]["hash"] != statement[name]["hash"]:
            yield problem("results_ledger_head", file)
    meant = (statement["version"], hash_of("statement/1", package["files"]["statement.json"]))
    prepared = [each["body"] for each in events if each["kind"] == "STATEMENT_PREPARED"]
    if meant not in [(each["version"], each["statement_hash"]) for each in prepared]:
        yield problem("results_statement_unrecorded", "statement.json")
    head = statement["ledger"]["number"]
    for event in events:
        if event["number"] > head and event["kind"] not in HARMLESS:
            yield problem("results_changed_after_statement", "ledger.jsonl", event["row"])
    if statement["counts"] != _count(package, head):
        yield problem("results_counts_differ", "statement.json")


def _count(package: Content, head: int) -> dict[str, int]:
    people = {}
    for each in sorted(package["participants"], key=lambda each: each["ordinal"]):
        people[each["participant_id"]] = each["state"]
    states = Counter(people.values())
    until = [each for each in package["events"] if each["number"] <= head]
    kinds = Counter(each["kind"] for each in until)
    return {
        "expected": len(people),
        "present": sum(states[each] for each in SAT - {"DISQUALIFIED"}),
        "absent": states["ABSENT"],
        "forfeited": states["FORFEITED"],
        "disqualified": states["DISQUALIFIED"],
        "finished": states["FINISHED"],
        "timed_out": states["TIMED_OUT"],
        "force_closed": states["FORCE_CLOSED"],
        "extended": len({each["body"]["attempt_id"] for each in until if each["kind"] == "TIME_GRANTED"}),
        "late_answers": kinds["ANSWER_ACCEPTED_LATE"],
        "quarantined_answers": kinds["ANSWER_QUARANTINED"],
        "voided": states["VOIDED"],
    }


def _check_participants(package: Content) -> Iterator[Content]:
    listed = {each["attempt_id"]: each for each in package["participants"]}
    statement, told = package["statement"], package["attempts"]
    found = hash_of("participants/1", package["files"]["participants.json"])
    is_stated = statement is None or statement["participants_hash"] == found
    is_whole = len(listed) == len(package["participants"]) and set(listed) == set(told)
    names = ("participant_id", "ordinal", "profile_hash", "room_id", "seat_id", "form_no", "state")
    if not (
        is_stated
        and is_whole
        and all(
            each["state"] in STATES and all(each[name] == told[each["attempt_id"]][name] for name in names)
            for each in package["participants"]
        )
    ):
        yield problem("results_participants_differ", "participants.json")


def _check_forms(package: Content) -> Iterator[Content]:
    statement, events = package["statement"], package["events"]
    hashes = [hash_of("form/1", each) for each in package["forms"]]
    kinds = ("FORMS_DRAWN", "FORMS_ADDED")
    drawn = [each["body"]["forms_hash"] for each in events if each["kind"] in kinds][-1:]
    if statement is not None:
        drawn.append(statement["forms"]["forms_hash"])
    if not drawn or set(drawn) != {hash_of("forms/1", canonical(hashes))}:
        yield problem("results_forms_differ", "forms.jsonl")


def _check_report(package: Content) -> Iterator[Content]:
    content = package["files"].get("fairness-report.json")
    found = hash_of("fairness-report/1", content) if content is not None else ""
    drawn = [
        each["body"].get("report_hash", "") for each in package["events"] if each["kind"] == "FORMS_DRAWN"
    ]
    named = drawn[-1:]
    if package["statement"] is not None:
        named.append(package["statement"]["forms"].get("fairness_report_hash", ""))
    if any(each != found for each in named):
        yield problem("results_report_differs", "fairness-report.json")


def _check_profiles(package: Content) -> Iterator[Content]:
    events = package["events"]
    wanted = {each["profile_hash"] for each in package["participants"]}
    wanted |= {each["body"]["profile_hash"] for each in events if each["kind"] == "EXAM_SESSION_CREATED"}
    if [hash_of("profile/1", each) for each in package["profiles"]] != sorted(wanted):
        yield problem("results_profiles_differ", "profiles.jsonl")


def _check_responses(package: Content) -> Iterator[Content]:
    expected = []
    for each in package["participants"]:
        if each["form_no"] and each["attempt_id"] in package["attempts"]:
            answers = package["attempts"][each["attempt_id"]]["answers"]
            line = {name: each[name] for name in ("attempt_id", "participant_number", "form_no")}
            line["answers"] = [answers[position] for position in sorted(answers)]
            expected.append(canonical(line))
    found = package["files"]["responses.jsonl"].split(b"\n")
    expected.append(b"")
    for row in range(1, max(len(expected), len(found)) + 1):
        if expected[row - 1 : row] != found[row - 1 : row]:
            yield problem("results_responses_differ", "responses.jsonl", row)
            return


# --- steps 9 and 10: scores and tables -------------------------------------------------------------------------


def check_results(package: Content) -> list[Content]:
    """Return what does not follow from the answers."""
    profiles = {hash_of("profile/1", line): json.loads(line) for line in package["profiles"]}
    problems = judged("scores.json", lambda: _check_scores(package))
    if package["keys"] is not None:
        problems += judged("keys.json", lambda: _check_rescored(package, profiles))
    return problems + judged("results.json", lambda: _check_tables(package, profiles))


def _check_scores(package: Content) -> Iterator[Content]:
    statement, sheet = package["statement"], package["sheet"]
    sat = sorted(each["attempt_id"] for each in package["participants"] if each["state"] in SAT)
    is_stated = statement is None or (
        statement["scores_hash"] == hash_of("scores/1", package["files"]["scores.json"])
        and statement["bank"]["keys_hash"] == sheet["keys_hash"]
    )
    if not is_stated or [each["attempt_id"] for each in package["scores"]] != sat:
        yield problem("results_scores_differ", "scores.json")


def _check_rescored(package: Content, profiles: Mapping[str, Content]) -> Iterator[Content]:
    sheet = package["sheet"]
    if hash_of("keys/1", package["files"]["keys.json"]) != sheet["keys_hash"]:
        yield problem("results_keys_differ", "keys.json")
        return
    listed = {each["attempt_id"]: each for each in package["participants"]}
    for entry in package["scores"]:
        attempt = listed.get(entry["attempt_id"])
        if attempt is None:
            continue
        try:
            found = score(package, profiles, attempt, set(sheet["annulled"]))
        except MALFORMED:
            found = None
        if found != entry:
            yield problem("results_score_wrong", "scores.json", number=attempt["participant_number"])


def score(package: Content, profiles: Mapping[str, Content], attempt: Content, annulled: set[str]) -> Content:
    """Return an attempt's entry of scores.json, recomputed."""
    profile = profiles[attempt["profile_hash"]]
    form = json.loads(package["forms"][attempt["form_no"] - 1])
    answers = package["attempts"][attempt["attempt_id"]]["answers"]
    if any(not 1 <= position <= len(form["items"]) for position in answers):
        raise ValueError("an answer lies outside the form")
    rules = {each["code"]: each["rule"] for each in profile["sections"]}
    order = [code for block in profile["blocks"] for code in block["sections"]]
    points, answered, items = (dict.fromkeys(order, 0) for _ in range(3))
    for position, item in enumerate(form["items"], start=1):
        code, key = item["section"], package["keys"]["keys"][item["item_id"]]
        response = answers[position]["response"] if position in answers else []
        items[code] += 1
        answered[code] += any(each.strip() for each in response)
        points[code] += (
            best(rules[code]) if item["item_id"] in annulled else mark(rules[code], item, key, response)
        )
    checked = [
        (each["sums"], each["minimum"], sum(points[code] for code in each["sums"]) >= each["minimum"])
        for each in thresholds(profile, attempt["category"])
    ]
    sections = []
    for code in order:
        alone = [minimum for sums, minimum, _ in checked if sums == [code]]
        limit = max(alone) if alone else None
        sections.append(
            {
                "code": code,
                "points": points[code],
                "maximum": items[code] * best(rules[code]),
                "answered": answered[code],
                "items": items[code],
                "threshold": limit,
                "meets": None if limit is None else points[code] >= limit,
            }
        )
    return {
        "attempt_id": attempt["attempt_id"],
        "profile_hash": attempt["profile_hash"],
        "sections": sections,
        "total": sum(each["points"] for each in sections),
        "maximum": sum(each["maximum"] for each in sections),
        "answered": sum(each["answered"] for each in sections),
        "items": len(form["items"]),
        "meets": all(meets for _, _, meets in checked) if checked else None,
    }


def best(rule: Content) -> int:
    """Return the most that one item can bring."""
    if rule["kind"] == "graded":
        return max(rule["maximum"], rule["blank"])
    return max(rule["correct"], rule["wrong"], rule["blank"])


def mark(rule: Content, item: Content, key: Content, response: list[str]) -> int:
    """Return one item's micropoints."""
    if rule["kind"] == "graded":
        if not key["points"]:
            raise ValueError("no points per option")
        return key["points"].get(response[0], rule["blank"]) if len(response) == 1 else rule["blank"]
    if not key["correct"]:
        raise ValueError("no key")
    if not any(each.strip() for each in response):
        return rule["blank"]
    given, wanted = [fold_text(each) for each in response], [fold_text(each) for each in key["correct"]]
    if not item["options"]:
        is_right = len(given) == 1 and any(same_text(given[0], each) for each in wanted)
    elif all(" " in each for each in wanted):
        is_right = sorted(given) == sorted(wanted)
    else:
        is_right = given == wanted
    return rule["correct"] if is_right else rule["wrong"]


def fold_text(text: str) -> str:
    """Return a text as it is compared."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(folded.split())


def same_text(one: str, other: str) -> bool:
    """Tell whether two typed answers are equal, decimals by value."""
    decimal = re.compile(r"[+-]?[0-9]{1,40}([.,][0-9]{1,40})?")
    if one == other or not (decimal.fullmatch(one) and decimal.fullmatch(other)):
        return one == other
    return Fraction(one.replace(",", ".")) == Fraction(other.replace(",", "."))


def thresholds(profile: Content, category: str) -> list[Content]:
    """Return what a category must reach."""
    for wanted in (category.strip().casefold(), "*"):
        for each in profile["threshold_sets"]:
            if wanted in [named.casefold() for named in each["categories"]]:
                return each["all"]
    return []


def _check_tables(package: Content, profiles: Mapping[str, Content]) -> Iterator[Content]:
    created = [each["body"] for each in package["events"] if each["kind"] == "EXAM_SESSION_CREATED"]
    profile_hash = created[0]["profile_hash"] if created else ""
    if profile_hash not in profiles:
        yield problem("results_results_differ", "results.json")
        return
    profile = profiles[profile_hash]
    lines = rank(package, profile["ranking"])
    head = {"v": 1, "exam_session_id": package["manifest"]["exam_session_id"], "profile_hash": profile_hash}
    if canonical({**head, "lines": lines}) != package["files"]["results.json"]:
        yield problem("results_results_differ", "results.json")
    if table(profile, lines) != package["files"]["results.csv"]:
        yield problem("results_table_differs", "results.csv")


def rank(package: Content, ranking: Content) -> list[Content]:
    """Return the lines of results.json."""
    scores = {each["attempt_id"]: each for each in package["scores"]}

    def standing(line: Content) -> list[int]:
        if ranking["order"] == "none":
            return []
        points = {each["code"]: each["points"] for each in line["score"]["sections"]}
        return [line["score"]["total"], *(points.get(code, 0) for code in ranking["tie"])]

    everyone = [
        {**each, "rank": None, "score": scores.get(each["attempt_id"])} for each in package["participants"]
    ]
    lines = [each for each in everyone if each["score"] is not None and each["state"] != "DISQUALIFIED"]
    lines.sort(key=lambda each: each["participant_number"])
    lines.sort(key=standing, reverse=True)
    if ranking["order"] != "none":
        for place, line in enumerate(lines):
            is_tied = place > 0 and standing(line) == standing(lines[place - 1])
            line["rank"] = lines[place - 1]["rank"] if is_tied else place + 1
    others = [each for each in everyone if each["score"] is None or each["state"] == "DISQUALIFIED"]
    return lines + sorted(others, key=lambda each: (each["participant_number"], each["ordinal"]))


def table(profile: Content, lines: list[Content]) -> bytes:
    """Return results.csv."""
    codes = [code for block in profile["blocks"] for code in block["sections"]]
    for line in lines:
        for each in line["score"]["sections"] if line["score"] else []:
            codes += [] if each["code"] in codes else [each["code"]]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["rank", *PERSON, "state", "room", "seat", *codes, "total", "meets"])
    for line in lines:
        score = line["score"] or {"sections": [], "total": None, "meets": None}
        points = {each["code"]: each["points"] for each in score["sections"]}
        row = ["" if line["rank"] is None else line["rank"], *(cell(line[name]) for name in PERSON)]
        row += [line["state"], cell(line["room_code"]), "" if line["seat_no"] is None else line["seat_no"]]
        row += [decimal(points.get(code)) for code in codes]
        writer.writerow([*row, decimal(score["total"]), {None: "", True: "yes", False: "no"}[score["meets"]]])
    return ("\ufeff" + out.getvalue()).encode()


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def decimal(micropoints: int | None) -> str:
    """Return micropoints as an exact decimal."""
    if micropoints is None:
        return ""
    whole, fraction = divmod(abs(micropoints), 10**6)
    text = f"{whole}.{fraction:06d}".rstrip("0").rstrip(".")
    return "-" + text if micropoints < 0 else text


# --- step 11: signatures ---------------------------------------------------------------------------------------


def check_signatures(
    package: Content, trusted: Content
) -> tuple[list[tuple[str, str, str, str]], list[Content]]:
    """Return (signers, problems)."""
    file, statement = "signatures.json", package["statement"]
    if statement is None:
        return [], [problem("results_statement_other", file)] if package["signatures"] else []
    manifest, events = package["manifest"], package["events"]
    meant = (manifest["statement_version"], hash_of("statement/1", package["files"]["statement.json"]))
    signings = [each for each in events if each["kind"] == "STATEMENT_SIGNED"]
    recorded = [
        {**each["body"], "at": each["at_ms"], "reason": each["private"].get("reason", "")}
        for each in signings
    ]
    problems, valid = [], []
    for entry in package["signatures"]:
        officer = (
            trusted["officers"].get(entry["officer_id"]) if isinstance(entry["officer_id"], str) else None
        )
        if officer is None or officer[0] != entry["committee"]:
            problems.append(problem("results_signature_unknown", file, officer=str(entry["officer_id"])))
            continue
        try:
            message = {
                name: entry[name]
                for name in ("statement_hash", "version", "decision", "officer_id", "committee")
            }
            message["reason_hash"] = hash_of("reason/1", entry["reason"].encode()) if entry["reason"] else ""
            is_valid = (
                (entry["version"], entry["statement_hash"]) == meant
                and entry["decision"] in DECISIONS
                and signed(officer[1], "statement-signature/1", canonical(message), entry["signature"])
            )
        except MALFORMED:
            is_valid = False
        if not is_valid:
            problems.append(problem("results_signature_invalid", file, officer=entry["officer_id"]))
        elif _as_recorded(message, entry) not in recorded:
            problems.append(problem("results_signature_unrecorded", file, officer=entry["officer_id"]))
        else:
            valid.append((entry["officer_id"], officer[2], entry["committee"], entry["decision"]))
    entered = [each["officer_id"] for each in package["signatures"]]
    problems += [
        problem("results_signature_missing", file, officer=str(body.get("officer_id")))
        for body in recorded
        if body.get("version") == meant[0] and entered.count(body.get("officer_id")) != 1
    ]
    if manifest["status"] == "official":
        problems += _check_official(events, valid, meant)
    return valid, problems


def _as_recorded(message: Content, entry: Content) -> Content:
    return {
        **message,
        "signature": entry["signature"],
        "at": entry["signed_at_ms"],
        "reason": entry["reason"],
    }


def _check_official(
    events: list[Content], valid: list[tuple[str, str, str, str]], meant: tuple[int, str]
) -> list[Content]:
    counting = [(officer, committee) for officer, _, committee, decision in valid if decision != "declined"]
    problems = [
        problem("results_committee_missing", "signatures.json", committee=committee)
        for committee in COMMITTEES
        if committee not in [each for _, each in counting]
    ]
    made = {"version": meant[0], "statement_hash": meant[1]}
    if not any(each["kind"] == "RESULTS_MADE_OFFICIAL" and each["body"] == made for each in events):
        problems.append(problem("results_official_unrecorded", "ledger.jsonl"))
    return problems


# --- the command -----------------------------------------------------------------------------------------------


def verify(path: Path, trusted_path: Path) -> tuple[Content, list[Content]]:
    """Return (facts, problems) for a package and a trusted keys file."""
    trusted, problems = read_trusted(Path(trusted_path))
    if trusted is None:
        return {}, problems
    files = read_files(Path(path))
    if files is None:
        return {}, [problem("results_package_unreadable")]
    return verify_files(files, trusted)


def verify_files(files: Mapping[str, bytes], trusted: Content) -> tuple[Content, list[Content]]:
    """Return (facts, problems) for files already read."""
    manifest, problems = check_container(files, trusted)
    if problems or manifest is None:
        return {}, problems
    package, problems = open_package(manifest, files)
    if package is None:
        return {}, problems
    problems = check_records(package) or check_results(package)
    signers, unsigned = check_signatures(package, trusted)
    facts = {
        "status": manifest["status"],
        "exam_session": manifest["exam_session_code"],
        "site": manifest["site_code"],
        "participants": len(package["participants"]),
        "events": len(package["events"]),
        "rescored": len(package["scores"]) if package["keys"] is not None else 0,
        "signers": [[name, committee, decision] for _, name, committee, decision in signers],
    }
    return facts, [*problems, *unsigned]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Verify a result package with trusted keys only.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--trusted", type=Path, required=True, help="the trusted keys file (JSON)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    facts, problems = verify(options.package, options.trusted)
    if options.json:
        print(
            json.dumps(
                {**facts, "verified": not problems, "problems": problems}, ensure_ascii=False, indent=2
            )
        )
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")
        for each in problems:
            print(" ".join(f"{name}={value}" for name, value in each.items()))
        print("PROBLEMS" if problems else "VERIFIED")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
