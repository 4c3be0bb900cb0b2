"""A command on a site and its records: what it opens, and how it says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, SQLAlchemyError

from cat_server.cli import opened_site
from cat_server.cli.opened_site import DEFAULT_SITE, OpenedSite, SiteOption, catalogue, command_line
from cat_server.cli.site_lane import open_lane, open_reader
from cat_server.records.database_errors import DatabaseAwayError, is_away
from cat_server.records.engine import Reader
from cat_server.records.unsafe_database import UnsafeDatabaseError
from cat_server.records.write_lane import NotDurableError, WriteLane
from question_bank.cli_options import JsonOption, LanguageOption
from question_bank.console import Console
from question_bank.problems import Problem

__all__ = [
    "DEFAULT_SITE",
    "JsonOption",
    "LanguageOption",
    "SiteCommand",
    "SiteOption",
    "catalogue",
    "command",
    "command_line",
    "database_problem",
    "site_command",
]

DATABASE_ERRORS = (SQLAlchemyError, UnsafeDatabaseError, DatabaseAwayError)


def database_problem(error: Exception) -> Problem:
    """Return what is wrong with a database, one of `DATABASE_ERRORS`, and what to do about it."""
    if isinstance(error, UnsafeDatabaseError):
        return Problem(error.code, params=error.params)
    reason = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]
    if isinstance(error, DatabaseAwayError) or (isinstance(error, DBAPIError) and is_away(error)):
        return Problem("cli_database_away", params={"reason": reason})
    if isinstance(error, DatabaseError) and not isinstance(error, OperationalError):
        return Problem("cli_database_damaged", params={"reason": reason})
    return Problem("cli_database_trouble", params={"reason": reason})


class SiteCommand(OpenedSite):
    """One command at work on a site: what it writes and reads with is opened when first needed."""

    @cached_property
    def lane(self) -> WriteLane:
        """Where this command writes."""
        key = self.keyring.secrets.journal_key
        # A command writes nothing after a failure: it says what failed, and ends.
        return open_lane(self.settings, self.clock, key, on_fatal=lambda _: None).start()

    @cached_property
    def reader(self) -> Reader:
        """Where this command reads."""
        return open_reader(self.settings)

    def close(self) -> None:
        """Release the database."""
        if "lane" in self.__dict__:
            self.lane.stop()
        if "reader" in self.__dict__:
            self.reader.close()


@contextmanager
def command(lang: str, as_json: bool) -> Iterator[Console]:
    """Run a command; a refusal, or a database that is not as it should be, becomes one sentence and exit code 1."""
    with opened_site.command(lang, as_json) as console:
        try:
            yield console
        except NotDurableError as error:
            reason = (str(error).splitlines() or [""])[0]
            console.finish(problems=[Problem("cli_not_durable", params={"reason": reason})])
        except DATABASE_ERRORS as error:
            console.finish(problems=[database_problem(error)])


@contextmanager
def site_command(site: Path, lang: str, as_json: bool) -> Iterator[SiteCommand]:
    """Run a command on a site; a refusal becomes one sentence and exit code 1."""
    with command(lang, as_json) as console:
        opened = SiteCommand(console, site)
        try:
            yield opened
        finally:
            opened.close()
