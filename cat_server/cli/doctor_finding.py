"""What a check of `doctor` says, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from cat_server.cli.site_command import DATABASE_ERRORS, SiteCommand, database_problem
from cat_server.domain.refusals import Refusal
from question_bank.problems import Problem


class Verdict(StrEnum):
    """`problem`: no exam before it is mended. `warning`: look at it. `go`: as it should be."""

    GO = "go"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of one check; `said` carries the code of its text, which names what to do."""

    verdict: Verdict
    said: Problem


Check = Callable[[SiteCommand], Iterable[Finding]]
"""Looks at a site and changes nothing. It may raise what a broken site raises; `found_by` makes a problem of it."""


def go(said: Problem) -> Finding:
    """Return a finding that all is well."""
    return Finding(Verdict.GO, said)


def warning(said: Problem) -> Finding:
    """Return a finding that does not stand in the way."""
    return Finding(Verdict.WARNING, said)


def problem(said: Problem) -> Finding:
    """Return a finding that does."""
    return Finding(Verdict.PROBLEM, said)


def found_by(check: Check, opened: SiteCommand) -> tuple[Finding, ...]:
    """Run a check; what stops it is a finding too, so that the others still speak."""
    try:
        return tuple(check(opened))
    except Refusal as refusal:
        return (problem(Problem(f"refusal_{refusal.code}", params=refusal.params)),)
    except DATABASE_ERRORS as error:
        return (problem(database_problem(error)),)
    except OSError as error:
        place = {"file": str(error.filename or ""), "reason": error.strerror or str(error)}
        return (problem(Problem("cli_file_trouble", params=place)),)
