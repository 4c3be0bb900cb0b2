"""`cat-server doctor`: go, or what is missing and what to do about it."""

from __future__ import annotations

from cat_server.cli.doctor_copies import COPY_CHECKS
from cat_server.cli.doctor_exam import EXAM_CHECKS
from cat_server.cli.doctor_finding import Check, Finding, Verdict, found_by
from cat_server.cli.doctor_machine import MACHINE_CHECKS
from cat_server.cli.doctor_site import SITE_CHECKS
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    site_command,
)

GROUPS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("doctor_machine", MACHINE_CHECKS),
    ("doctor_site", SITE_CHECKS),
    ("doctor_copies", COPY_CHECKS),
    ("doctor_day", EXAM_CHECKS),
)
_MARKS = {Verdict.GO: ("✓", ""), Verdict.WARNING: ("!", "yellow"), Verdict.PROBLEM: ("✗", "red")}


def doctor_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Periksa apakah server siap untuk ujian. / Say whether the server is ready for an exam."""
    with site_command(site, lang, as_json) as opened:
        found = [(group, check.__name__, each) for group, check, each in _examine(opened)]
        counts = {verdict: sum(each.verdict is verdict for _, _, each in found) for verdict in Verdict}
        problems, warnings = counts[Verdict.PROBLEM], counts[Verdict.WARNING]
        code = "doctor_not_yet" if problems else "doctor_go"
        opened.console.line()
        opened.console.say(code, problems=problems, warnings=warnings, checks=len(found))
        if problems:
            opened.next_step("cat-server doctor")
        else:
            opened.next_step("cat-server serve")
        opened.console.finish(
            {
                "is_go": not problems,
                "checks": [
                    {
                        "group": group.removeprefix("doctor_"),
                        "check": check,
                        "verdict": each.verdict.value,
                        "code": each.said.code,
                        "message": opened.console.sentence(each.said),
                    }
                    for group, check, each in found
                ],
            },
            [each.said for _, _, each in found if each.verdict is Verdict.PROBLEM],
            [each.said for _, _, each in found if each.verdict is Verdict.WARNING],
            reported=True,
        )


def _examine(opened: SiteCommand) -> list[tuple[str, Check, Finding]]:
    """Run every check, and say each finding as soon as it is known: some read the whole database."""
    found: list[tuple[str, Check, Finding]] = []
    for group, checks in GROUPS:
        opened.console.line()
        opened.console.line(opened.console.text(group), style="bold")
        for check in checks:
            for each in found_by(check, opened):
                if each.verdict is Verdict.PROBLEM and any(each == told for _, _, told in found):
                    continue  # a lost database stops many checks, and one sentence about it is enough
                mark, style = _MARKS[each.verdict]
                word = opened.console.text(f"doctor_mark_{each.verdict.value}")
                opened.console.line(f"{mark} {word:<10} {opened.console.sentence(each.said)}", style=style)
                found.append((group, check, each))
    return found
