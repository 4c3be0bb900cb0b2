"""`--database`: the PostgreSQL that a site is on, given without a password that everybody on the machine could read."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.exc import ArgumentError

from cat_server.domain.refusals import Refusal
from cat_server.records.database_url import has_password, postgresql_url

VARIABLE = "CAT_DATABASE"
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        envvar=VARIABLE,
        show_envvar=False,
        metavar="URL",
        help="PostgreSQL, postgresql://cat@host/cat; tanpa: berkas SQLite / without it a SQLite file",
    ),
]


def checked_database(context: typer.Context, url: str) -> str:
    """Return the URL; empty for a SQLite file in the site's folder.

    Raises:
        Refusal: `DATABASE_URL_INVALID`; `DATABASE_PASSWORD_SHOWN`, a password among the words of the command.
    """
    if not url:
        return ""
    try:
        is_postgresql = postgresql_url(url) is not None
    except ArgumentError:
        is_postgresql = False
    if not is_postgresql:
        raise Refusal("DATABASE_URL_INVALID")
    source = context.get_parameter_source("database")
    if has_password(url) and source is not None and source.name == "COMMANDLINE":
        raise Refusal("DATABASE_PASSWORD_SHOWN", {"variable": VARIABLE})
    return url
