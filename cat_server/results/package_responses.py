"""The responses of a verified result package as material for a calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from cat_server.domain.attempt import SAT
from cat_server.domain.scoring import UnscorableError, score_item
from cat_server.results.package_folder import UnreadablePackageError, read_package
from cat_server.results.trusted_keys import TrustedKeys
from cat_server.results.verify import verify_files
from question_bank.blueprint import MICROPOINTS, Graded
from question_bank.calibration.item_responses import ItemScale
from question_bank.calibration.responses import NOT_GIVEN, UNKNOWN_OPTION, Responses
from question_bank.forms import Form, FormItem
from question_bank.items import Bank, KeySheet
from question_bank.problems import Place, Problem
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile

_COUNTED = SAT - {"DISQUALIFIED"}


def read_package_responses(
    path: Path, trusted: TrustedKeys, bank: Bank, keys: KeySheet
) -> tuple[Responses | None, list[Problem]]:
    """Return what the participants of a package answered, scored by the bank's key sheet; None with its problems.

    Only attempts that ended by themselves or by force count. An item that was on the form and left blank counts with
    what a blank brings, since the participant had it.
    """
    try:
        files = read_package(path)
    except UnreadablePackageError:
        return None, [Problem("results_package_unreadable", params={"path": path.name})]
    _, problems = verify_files(files, trusted)
    if problems:
        return None, problems
    forms = [Form.decode(line) for line in files["forms.jsonl"].splitlines()]
    known = {each.item_id for each in bank.items}
    strange = sorted({item.item_id for form in forms for item in form.items} - known)
    if strange:
        params: dict[str, str | int] = {"count": len(strange), "item": strange[0]}
        return None, [Problem("calibrate_other_bank", Place(path.name), params)]
    return _scored(path, files, forms, bank, keys)


def _scored(
    path: Path, files: Mapping[str, bytes], forms: Sequence[Form], bank: Bank, keys: KeySheet
) -> tuple[Responses | None, list[Problem]]:
    profiles = [profile_from_content(line) for line in files["profiles.jsonl"].splitlines()]
    by_hash = {each.hash: each for each in profiles}
    participants = {
        each["attempt_id"]: each for each in json.loads(files["participants.json"])["participants"]
    }
    scales = {each.item_id: ItemScale.of(each, keys.keys[each.item_id]) for each in bank.items}
    place = {each.item_id: index for index, each in enumerate(bank.items)}
    lines = [
        each
        for each in map(json.loads, files["responses.jsonl"].splitlines())
        if participants[each["attempt_id"]]["state"] in _COUNTED
    ]
    if not lines:
        return None, [Problem("calibrate_nobody", Place(path.name))]
    scores = np.full((len(lines), len(place)), NOT_GIVEN, dtype=np.int16)
    chosen = np.full((len(lines), len(place)), UNKNOWN_OPTION, dtype=np.int8)
    for row, line in enumerate(lines):
        profile = by_hash[participants[line["attempt_id"]]["profile_hash"]]
        answers = {each["position"]: tuple(each["response"]) for each in line["answers"]}
        for position, item in enumerate(forms[line["form_no"] - 1].items, start=1):
            response = answers.get(position, ())
            try:
                score = _raw_score(profile, item, keys, response)
            except (KeyError, UnscorableError):
                problem = Problem("calibrate_other_keys", Place(path.name, item=item.item_id))
                return None, [problem]
            column = place[item.item_id]
            scores[row, column], chosen[row, column] = scales[item.item_id].chosen(response, score)
    people = tuple(str(each["participant_number"]) for each in lines)
    return Responses(people, tuple(place), scores, chosen), []


def _raw_score(profile: Profile, item: FormItem, keys: KeySheet, response: tuple[str, ...]) -> int:
    """Return 1 or 0 for right or wrong, or the points of a graded option."""
    rule = profile.section(item.section).rule
    points = score_item(rule, item, keys.keys[item.item_id], response)
    return (
        points // MICROPOINTS if isinstance(rule, Graded) else int(bool(response) and points == rule.correct)
    )
