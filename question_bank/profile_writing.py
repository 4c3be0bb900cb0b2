"""A profile as TOML text to start from: every field with a line of explanation."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache

from question_bank.blueprint import MICROPOINTS, Graded, Section
from question_bank.messages import Catalogue
from question_bank.points import points_text
from question_bank.profile_fields import MILLISECONDS_PER_MINUTE
from question_bank.scoring_profile import Accommodation, Profile, ThresholdSet


def write_profile(profile: Profile, language: str = "id") -> str:
    """Return TOML that reads back as an equal profile, with comments in `language`.

    Raises:
        ValueError: a duration is not a decimal number of minutes (no profile read from a file has such a one).
    """

    def comment(code: str) -> str:
        return f"# {_catalogue().text(language, code)}"

    parts = [
        [
            comment("profile_comment_head"),
            f"id = {_text(profile.profile_id)}",
            f"version = {profile.version}",
            f"title = {_text(profile.title)}",
            f"decree = {_text(profile.decree)}",
            f"digits = {profile.digits}  {comment('profile_comment_digits')}",
        ],
        [comment("profile_comment_block")],
        *(
            [
                "[[block]]",
                f"code = {_text(block.code)}",
                f"minutes = {_minutes(block.allotted_ms)}",
                f"sections = {_list(block.sections)}",
            ]
            for block in profile.blocks
        ),
        [comment("profile_comment_section")],
        *(_section(each) for each in profile.sections),
        [comment("profile_comment_threshold")],
        *(_threshold_set(each) for each in profile.threshold_sets),
        [comment("profile_comment_accommodation")],
        *(_accommodation(each, profile) for each in profile.accommodations),
        _ranking(profile, comment),
        _policy(profile, comment),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _section(section: Section) -> list[str]:
    rule = section.rule
    if isinstance(rule, Graded):
        values = (
            f"min = {_points(rule.minimum)}, max = {_points(rule.maximum)}, blank = {_points(rule.blank)}"
        )
        written = f"{{ graded = {{ {values} }} }}"
    else:
        values = (
            f"correct = {_points(rule.correct)}, wrong = {_points(rule.wrong)}, blank = {_points(rule.blank)}"
        )
        written = f"{{ keyed = {{ {values} }} }}"
    lines = [
        "[[section]]",
        f"code = {_text(section.code)}",
        f"title = {_text(section.title)}",
        f"items = {section.items}",
        f"rule = {written}",
    ]
    for quota in section.quotas:
        lines += ["", "[[section.quota]]", f"topic = {_text(quota.topic)}"]
        lines += [f"subtopic = {_text(quota.subtopic)}"] if quota.subtopic else []
        lines += [f"count = {quota.count}"]
    return lines


def _threshold_set(each: ThresholdSet) -> list[str]:
    rows = [f"  {{ sum = {_list(row.sums)}, min = {_points(row.minimum)} }}," for row in each.all]
    return ["[[threshold_set]]", f"categories = {_list(each.categories)}", "all = [", *rows, "]"]


def _accommodation(each: Accommodation, profile: Profile) -> list[str]:
    if len(profile.blocks) == 1:
        added = _minutes(each.add_ms[0])
    else:
        by_block = zip(profile.blocks, each.add_ms, strict=True)
        added = "{ " + ", ".join(f"{_text(block.code)} = {_minutes(ms)}" for block, ms in by_block) + " }"
    return [
        "[[accommodation]]",
        f"code = {_text(each.code)}",
        f"title = {_text(each.title)}",
        f"add_minutes = {added}",
        *([f"categories = {_list(each.categories)}"] if each.categories else []),
    ]


def _ranking(profile: Profile, comment: Callable[[str], str]) -> list[str]:
    return [
        comment("profile_comment_ranking"),
        "[ranking]",
        f"order = {_text(profile.ranking.order)}",
        f"tie = {_list(profile.ranking.tie)}",
        f"factor = {profile.ranking.factor}",
    ]


def _policy(profile: Profile, comment: Callable[[str], str]) -> list[str]:
    policy = profile.policy
    return [
        comment("profile_comment_policy"),
        "[policy]",
        f"offline_grace_s = {policy.offline_grace_s}  {comment('profile_comment_offline_grace_s')}",
        f"late_start = {_text(policy.late_start)}  {comment('profile_comment_late_start')}",
        f"registration_cutoff_s = {policy.registration_cutoff_s}  {comment('profile_comment_registration_cutoff_s')}",
        f"scoreboard = {_text(policy.scoreboard)}  {comment('profile_comment_scoreboard')}",
        f"scoreboard_delay_s = {policy.scoreboard_delay_s}",
        f"masking = {_text(policy.masking)}  {comment('profile_comment_masking')}",
        f"two_person = {_list(policy.two_person)}  {comment('profile_comment_two_person')}",
        f"kiosk_binding = {_text(policy.kiosk_binding)}  {comment('profile_comment_kiosk_binding')}",
    ]


@cache
def _catalogue() -> Catalogue:
    return Catalogue("question_bank")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _points(micropoints: int) -> str:
    return _text(points_text(micropoints))


def _minutes(millis: int) -> str:
    whole, rest = divmod(millis, MILLISECONDS_PER_MINUTE)
    if not rest:
        return str(whole)
    amount, beyond = divmod(millis * MICROPOINTS, MILLISECONDS_PER_MINUTE)
    if beyond:
        raise ValueError(f"no exact decimal number of minutes: {millis} ms")
    return _text(points_text(amount))
