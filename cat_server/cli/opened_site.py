"""What every command on a site shares: its options, what it opens without its records, and how it says no.

It loads no database: what the server's parent needs is here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Annotated

import typer

from cat_server.domain.refusals import Refusal
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.keyring import Keyring, open_keyring
from cat_server.runtime.logs import log_nowhere
from cat_server.runtime.settings import SiteSettings, load_settings
from question_bank.cli_options import console_for
from question_bank.console import Console
from question_bank.messages import Catalogue
from question_bank.problems import Problem

SiteOption = Annotated[
    Path, typer.Option("--site", envvar="CAT_SITE", metavar="DIR", help="Folder situs / the site's folder")
]
DEFAULT_SITE = Path("site")


def command_line(text: str, folder: Path) -> str:
    """Return a command line with the program's path (in a checkout), and the site where it is not the usual folder."""
    program = os.environ.get("CAT_PROGRAM", "")
    text = text.replace("cat-server", program, 1) if program else text
    return text if folder == DEFAULT_SITE else f"{text} --site {folder}"


def catalogue() -> Catalogue:
    """Return the messages of all commands."""
    return Catalogue("question_bank", "cat_server", "cat_server.cli")


class OpenedSite:
    """A site without its records: its console, and its parts, each opened when first needed."""

    def __init__(self, console: Console, folder: Path) -> None:
        self.console = console
        self.folder = folder
        self.settings: SiteSettings = load_settings(folder)
        self.clock = SystemClock()

    @cached_property
    def keyring(self) -> Keyring:
        """The site's secrets."""
        return open_keyring(self.settings.keys_folder)

    @cached_property
    def bank_files(self) -> BankFiles:
        """The site's encrypted banks."""
        return BankFiles(self.settings.banks_folder, self.keyring)

    def hint(self, text: str) -> str:
        """Return a command line as this user would type it."""
        return command_line(text, self.folder)

    def next_step(self, text: str) -> None:
        """Print what to do next."""
        self.console.say("cli_next", command=self.hint(text))


@contextmanager
def command(lang: str, as_json: bool) -> Iterator[Console]:
    """Run a command that needs no records; a refusal becomes one sentence and exit code 1."""
    console = console_for(lang, as_json=as_json, catalogue=catalogue())
    log_nowhere()
    try:
        yield console
    except Refusal as refusal:
        console.finish(problems=[Problem(f"refusal_{refusal.code}", params=refusal.params)])
    except OSError as error:
        place = {"file": str(error.filename or ""), "reason": error.strerror or str(error)}
        console.finish(problems=[Problem("cli_file_trouble", params=place)])
