"""Writing an example file for an import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from question_bank.console import Console
from question_bank.problems import Problem

SUFFIXES = (".csv", ".xlsx")


def write_template(
    console: Console, file: Path, write: Callable[[Path], None], next_command: str
) -> NoReturn:
    """Write a template and say what to do with it; never over an existing file."""
    if file.suffix.lower() not in SUFFIXES:
        console.finish(problems=[Problem("bank_template_kind")])
    try:
        write(file)
    except FileExistsError:
        console.finish(problems=[Problem("bank_template_exists", params={"file": str(file)})])
    except OSError:
        console.finish(problems=[Problem("bank_template_unwritable", params={"file": str(file)})])
    console.say("template_written", file=file)
    console.say("cli_next", command=next_command)
    console.finish({"file": str(file)})
