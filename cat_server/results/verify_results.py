"""Do the scores and the tables of a package follow from its answers?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cat_server.domain.scoring import UnscorableError, score_attempt
from cat_server.results.package import results_content, section_codes
from cat_server.results.package_format import KEYS_TYPE, PROFILE_TYPE
from cat_server.results.package_opening import Package
from cat_server.results.scores import is_sat, score_entry, scores_hash
from cat_server.results.table import result_lines, results_csv
from cat_server.results.verify_records import judged
from question_bank.canonical import digest
from question_bank.forms import Form
from question_bank.items import KeySheet
from question_bank.problems import Place, Problem
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile
from question_bank.storing import decode_keys


def check_results(package: Package) -> Iterator[Problem]:
    """Yield what does not follow (steps 9 and 10); the records it follows from must fit (steps 5 to 8)."""
    yield from judged("scores.json", lambda: _scores(package))
    if package.has_keys:
        yield from judged("keys.json", lambda: _rescored(package, _profiles(package)))
    yield from judged("results.json", lambda: _tables(package, _profiles(package)))


def _profiles(package: Package) -> dict[str, Profile]:
    return {digest(PROFILE_TYPE, line): profile_from_content(line) for line in package.profile_lines}


def _scores(package: Package) -> Iterator[Problem]:
    sat = sorted(each["attempt_id"] for each in package.participants if is_sat(each["state"]))
    is_stated = package.statement is None or (
        scores_hash(package.files["scores.json"]) == package.statement["scores_hash"]
        and package.scores_sheet["keys_hash"] == package.statement["bank"]["keys_hash"]
    )
    if not is_stated or [each["attempt_id"] for each in package.scores] != sat:
        yield Problem("results_scores_differ", Place(file="scores.json"))


def _rescored(package: Package, profiles: Mapping[str, Profile]) -> Iterator[Problem]:
    if digest(KEYS_TYPE, package.files["keys.json"]) != package.scores_sheet["keys_hash"]:
        yield Problem("results_keys_differ", Place(file="keys.json"))
        return
    keys = decode_keys(package.files["keys.json"])
    listed = {each["attempt_id"]: each for each in package.participants}
    annulled = frozenset(package.scores_sheet["annulled"])
    for entry in package.scores:
        attempt = listed.get(entry["attempt_id"])
        if attempt is None:
            continue
        if _recompute(package, keys, profiles, annulled, attempt) != entry:
            yield Problem(
                "results_score_wrong",
                Place(file="scores.json"),
                {"number": attempt["participant_number"]},
            )


def _recompute(
    package: Package,
    keys: KeySheet,
    profiles: Mapping[str, Profile],
    annulled: frozenset[str],
    attempt: Mapping[str, Any],
) -> object:
    answers = package.attempts[attempt["attempt_id"]].answers
    try:
        score = score_attempt(
            profiles[attempt["profile_hash"]],
            Form.decode(package.form_lines[attempt["form_no"] - 1]),
            keys,
            {position: tuple(answer["response"]) for position, answer in answers.items()},
            category=attempt["category"],
            annulled=annulled,
        )
    except (UnscorableError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None
    return score_entry(attempt["attempt_id"], attempt["profile_hash"], score)


def _tables(package: Package, profiles: Mapping[str, Profile]) -> Iterator[Problem]:
    created = [each for each in package.events if each.kind == "EXAM_SESSION_CREATED"]
    profile_hash = created[0].body["profile_hash"] if created else ""
    profile = profiles.get(profile_hash)
    if profile is None:
        yield Problem("results_results_differ", Place(file="results.json"))
        return
    lines = result_lines(package.participants, package.scores, profile.ranking)
    expected = results_content(package.manifest["exam_session_id"], profile_hash, lines)
    if expected != package.files["results.json"]:
        yield Problem("results_results_differ", Place(file="results.json"))
    if results_csv(lines, section_codes(profile, lines)) != package.files["results.csv"]:
        yield Problem("results_table_differs", Place(file="results.csv"))
