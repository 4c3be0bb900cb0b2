"""The files of a package as values, once the manifest vouches for their bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cat_server.domain.ids import SITE_CHAIN
from cat_server.records.chains import StoredEvent
from cat_server.results.folded import FoldedAttempt, fold
from cat_server.results.ledger_check import OpenedEvent, open_chain
from cat_server.results.package_fields import (
    PARTICIPANT,
    PARTICIPANTS,
    SCORE,
    SCORES,
    SECTION,
    SIGNATURE,
    Fields,
    has_fields,
    have_fields,
)
from question_bank.canonical import NotCanonicalError, cjson
from question_bank.problems import Place, Problem


class _MalformedError(Exception):
    """A file is not as the format says; `row` where it is one line of it."""

    def __init__(self, file: str, row: int | None = None) -> None:
        super().__init__(file)
        self.place = Place(file=file, row=row)


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose every file is as the manifest says and as the format wants."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    statement: Mapping[str, Any] | None
    signatures: Sequence[Mapping[str, Any]]
    participants: Sequence[Mapping[str, Any]]
    scores_sheet: Mapping[str, Any]
    form_lines: Sequence[bytes]
    profile_lines: Sequence[bytes]
    events: Sequence[OpenedEvent]
    site_events: Sequence[OpenedEvent]
    attempts: Mapping[str, FoldedAttempt]
    has_keys: bool

    @property
    def scores(self) -> Sequence[Mapping[str, Any]]:
        """The entries of `scores.json`."""
        entries: Sequence[Mapping[str, Any]] = self.scores_sheet["scores"]
        return entries


def open_package(
    manifest: Mapping[str, Any], files: Mapping[str, bytes]
) -> tuple[Package | None, list[Problem]]:
    """Return the package, or None and the first malformed file or every broken link of its ledgers."""
    try:
        events, problems = _chain(files, "ledger.jsonl", manifest["exam_session_id"])
        site_events, site_problems = _chain(files, "site-ledger.jsonl", SITE_CHAIN)
        statement = _canonical(files, "statement.json") if "statement.json" in files else None
        signatures = _signatures(files)
        participants = _participants(files)
        scores_sheet = _scores_sheet(files)
        form_lines, profile_lines = _lines(files, "forms.jsonl"), _lines(files, "profiles.jsonl")
        if "keys.json" in files:
            _canonical(files, "keys.json")
        package = Package(
            manifest=manifest,
            files=files,
            statement=statement,
            signatures=signatures,
            participants=participants,
            scores_sheet=scores_sheet,
            form_lines=form_lines,
            profile_lines=profile_lines,
            events=events,
            site_events=site_events,
            attempts=_fold(events),
            has_keys="keys.json" in files,
        )
    except _MalformedError as error:
        return None, [Problem("results_file_malformed", error.place)]
    problems += site_problems
    return (None if problems else package), problems


def _canonical(files: Mapping[str, bytes], name: str) -> Any:  # noqa: ANN401 - any JSON
    return _parse(files[name], name)


def _parse(content: bytes, name: str, row: int | None = None) -> Any:  # noqa: ANN401 - any JSON
    try:
        value = json.loads(content)
        if cjson(value) != content:
            raise _MalformedError(name, row)
    except (ValueError, NotCanonicalError, RecursionError):
        raise _MalformedError(name, row) from None
    return value


def _fitting(files: Mapping[str, bytes], name: str, fields: Fields) -> Any:  # noqa: ANN401 - any JSON
    content = _canonical(files, name)
    if not has_fields(content, fields):
        raise _MalformedError(name)
    return content


def _participants(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = _fitting(files, "participants.json", PARTICIPANTS)["participants"]
    if not have_fields(entries, PARTICIPANT):
        raise _MalformedError("participants.json")
    return entries


def _scores_sheet(files: Mapping[str, bytes]) -> dict[str, Any]:
    sheet: dict[str, Any] = _fitting(files, "scores.json", SCORES)
    if (
        not have_fields(sheet["scores"], SCORE)
        or not all(have_fields(each["sections"], SECTION) for each in sheet["scores"])
        or not all(isinstance(each, str) for each in sheet["annulled"])
    ):
        raise _MalformedError("scores.json")
    return sheet


def _signatures(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = _canonical(files, "signatures.json")
    if not have_fields(entries, SIGNATURE):
        raise _MalformedError("signatures.json")
    return entries


def _lines(files: Mapping[str, bytes], name: str) -> list[bytes]:
    content = files[name]
    if content and not content.endswith(b"\n"):
        raise _MalformedError(name)
    lines = content.split(b"\n")[:-1]
    for row, line in enumerate(lines, start=1):
        _parse(line, name, row)
    return lines


def _chain(files: Mapping[str, bytes], name: str, chain: str) -> tuple[Sequence[OpenedEvent], list[Problem]]:
    stored = []
    for row, line in enumerate(_lines(files, name), start=1):
        entry = json.loads(line)
        try:
            private = entry["private"]
            if set(entry) != {"number", "hash", "envelope", "private"} or (private is None) != (
                chain == SITE_CHAIN
            ):
                raise _MalformedError(name, row)
            envelope = base64.b64decode(entry["envelope"], validate=True)
            opened = None if private is None else base64.b64decode(private, validate=True)
        except (KeyError, TypeError, ValueError):
            raise _MalformedError(name, row) from None
        stored.append(StoredEvent(entry["number"], entry["hash"], envelope, opened))
    return open_chain(chain, stored, name)


def _fold(events: Sequence[OpenedEvent]) -> Mapping[str, FoldedAttempt]:
    try:
        return fold(events)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _MalformedError("ledger.jsonl") from None
