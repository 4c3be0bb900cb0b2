"""A profile back from the bytes that were stored and hashed."""

from __future__ import annotations

import json
from typing import Any

from question_bank.blueprint import Block, Graded, Keyed, Quota, Section
from question_bank.scoring_profile import Accommodation, Policy, Profile, Ranking, Threshold, ThresholdSet


def profile_from_content(content: bytes) -> Profile:
    """Return the profile whose `content` these bytes are; it keeps exactly these bytes, so its hash stays.

    Meant for what the program itself stored. A field that did not exist when the bytes were written gets its default.

    Raises:
        ValueError: the bytes are not a stored profile.
    """
    try:
        profile = _profile(json.loads(content))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a stored profile") from error
    object.__setattr__(profile, "content", content)
    return profile


def _profile(stored: dict[str, Any]) -> Profile:
    return Profile(
        profile_id=stored["profile_id"],
        version=stored["version"],
        title=stored["title"],
        decree=stored["decree"],
        blocks=tuple(
            Block(each["code"], each["allotted_ms"], tuple(each["sections"])) for each in stored["blocks"]
        ),
        sections=tuple(_section(each) for each in stored["sections"]),
        threshold_sets=tuple(_threshold_set(each) for each in stored["threshold_sets"]),
        accommodations=tuple(
            Accommodation(
                each["code"], each["title"], tuple(each["add_ms"]), tuple(each.get("categories", ()))
            )
            for each in stored["accommodations"]
        ),
        ranking=Ranking(**_with_tuples(stored["ranking"])),
        policy=Policy(**_with_tuples(stored["policy"])),
        digits=stored["digits"],
    )


def _section(stored: dict[str, Any]) -> Section:
    rule = {**stored["rule"]}
    kind = {"keyed": Keyed, "graded": Graded}[rule.pop("kind")]
    quotas = tuple(Quota(**each) for each in stored["quotas"])
    return Section(stored["code"], stored["title"], stored["items"], kind(**rule), quotas)


def _threshold_set(stored: dict[str, Any]) -> ThresholdSet:
    every = tuple(Threshold(tuple(each["sums"]), each["minimum"]) for each in stored["all"])
    return ThresholdSet(tuple(stored["categories"]), every)


def _with_tuples(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
