"""Pages and fragments: Jinja templates, one frozen view model each, in the reader's language.

A template sees `view` (its view model), `t("code", name=value)`, `asset("base.css")`, `language` and `languages`.
An app's own templates come first, those of `cat_server/web/templates` after them. Undefined names raise.
"""

from __future__ import annotations

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from cat_server.web.language import LanguageChoice
from cat_server.web.static_files import StaticFiles
from question_bank.messages import LANGUAGES, Catalogue


class Pages:
    """Renders the templates of one app. `view` is a frozen dataclass; None where a template needs nothing."""

    def __init__(
        self, package: str, catalogue: Catalogue, static_files: StaticFiles, language: LanguageChoice
    ) -> None:
        self.catalogue = catalogue
        self.language = language
        self.static_files = static_files
        self._environment = Environment(
            loader=ChoiceLoader([PackageLoader(package), PackageLoader("cat_server.web")]),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(asset=static_files.url, languages=LANGUAGES)

    def html(self, language: str, template: str, view: object = None) -> str:
        """Return a template as text: for frames that many listeners share, and for pages kept in memory."""

        def t(code: str, /, **params: Any) -> str:  # noqa: ANN401 - whatever a template fills in
            return self.catalogue.text(language, code, params)

        return self._environment.get_template(template).render(view=view, t=t, language=language)

    def render(self, request: Request, template: str, view: object = None, status: int = 200) -> HTMLResponse:
        """Return a template as a response in the request's language; never stored by the browser."""
        response = HTMLResponse(self.html(self.language.of(request), template, view), status)
        self.language.keep(request, response)
        response.headers["cache-control"] = "no-store"
        return response

    def text(self, request: Request, code: str, /, **params: str | int) -> str:
        """Return one message in the request's language.

        Raises:
            KeyError: there is no such message, or a parameter that it names is missing.
        """
        return self.catalogue.text(self.language.of(request), code, params)
