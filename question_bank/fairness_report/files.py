"""Reports as files: the ending of the name says whether a page or a PDF is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from question_bank.console import Console
from question_bank.fairness_report.page import after_page, report_page
from question_bank.fairness_report.pdf import after_pdf, report_pdf
from question_bank.problems import Problem

Makers = Mapping[str, Callable[[bytes, str], str | bytes]]
"""By ending of a file's name: what makes the file from the report's content, in a language."""

REPORT: Makers = {".html": report_page, ".pdf": report_pdf}
AFTER_REPORT: Makers = {".html": after_page, ".pdf": after_pdf}


def refuse_other_kind(console: Console, makers: Makers, path: Path, option: str) -> None:
    """Refuse a name whose ending no report has, as wrong usage of `option`."""
    if path.suffix.lower() not in makers:
        raise typer.BadParameter(console.text("fair_report_kind"), param_hint=option)


def write_report(console: Console, makers: Makers, path: Path, content: bytes) -> None:
    """Write the report in the reader's language and say so; a file that cannot be written ends the command."""
    made = makers[path.suffix.lower()](content, console.language)
    try:
        path.write_bytes(made.encode() if isinstance(made, str) else made)
    except OSError:
        console.finish(problems=[Problem("fair_file_unwritable", params={"file": str(path)})])
    console.say("fair_report_written", file=path)
