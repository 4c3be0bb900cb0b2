"""What every command shares. It reads no bank, so that a server does not load readers and drawings only to begin."""

from __future__ import annotations

from typing import Annotated

import typer

from question_bank.console import Console
from question_bank.messages import LANGUAGES, Catalogue, preferred_language

_CATALOGUE = Catalogue("question_bank")


def help_text(code: str) -> str:
    """Return a message of this package in the reader's language."""
    return _CATALOGUE.text(preferred_language(), code)


LanguageOption = Annotated[
    str, typer.Option("--lang", metavar="id|en", help=help_text("profile_option_lang"))
]
JsonOption = Annotated[bool, typer.Option("--json", help=help_text("profile_option_json"))]


def console_for(language: str, *, as_json: bool, catalogue: Catalogue | None = None) -> Console:
    """Return a console in `language` (empty: the reader's own).

    Raises:
        typer.BadParameter: there is no such language.
    """
    if language and language not in LANGUAGES:
        raise typer.BadParameter(" | ".join(LANGUAGES), param_hint="--lang")
    return Console(catalogue or _CATALOGUE, language or preferred_language(), as_json=as_json)
