"""Which language a page speaks: `?lang=`, else the cookie, else Indonesian."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from cat_server.web.cookies import YEAR_S, Cookies
from question_bank.messages import LANGUAGES

DEFAULT_LANGUAGE = LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """The language choice of one app, kept in the cookie of that name."""

    cookies: Cookies
    cookie: str

    def of(self, connection: HTTPConnection) -> str:
        """Return the language of a request; anything unknown counts as not chosen."""
        for wanted in (connection.query_params.get("lang", ""), self.cookies.read(connection, self.cookie)):
            if wanted in LANGUAGES:
                return wanted
        return DEFAULT_LANGUAGE

    def keep(self, connection: HTTPConnection, response: Response) -> None:
        """Remember a choice that the request itself made."""
        asked = connection.query_params.get("lang", "")
        if asked in LANGUAGES:
            self.cookies.write(response, self.cookie, asked, max_age_s=YEAR_S)
