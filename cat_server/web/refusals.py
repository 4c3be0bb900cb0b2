"""A refusal as seen by people: one page, one htmx fragment or one JSON object per app, in their language.

An app gives a `base.html` with the blocks `title` and `content`. A fragment goes into the element `#refusal`: pages
that use htmx have one, and let htmx swap 4xx answers (`responseHandling` in its configuration).
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cat_server.domain.refusals import Refusal
from cat_server.records.database_errors import DatabaseAwayError
from cat_server.records.write_lane import NotDurableError
from cat_server.web.pages import Pages

STATUS = {
    "ORIGIN": 403,
    "NOT_ALLOWED": 403,
    "NOT_FOUND": 404,
    "METHOD": 405,
    "LENGTH_REQUIRED": 411,
    "BODY_TOO_LARGE": 413,
    "BAD_REQUEST": 422,
    "PIN_LOCKED": 429,
    "PAPER_TOO_OFTEN": 429,
    "INTERNAL": 500,
    "NOT_DURABLE": 503,
    "NO_SIGN_IN": 401,
}
"""HTTP status by refusal code; 409 for every other rule of the exam that says no."""

_HTTP_CODES = {403: "NOT_ALLOWED", 404: "NOT_FOUND", 405: "METHOD"}


def refusal_of(error: Exception) -> Refusal | None:
    """Return what a person is told of an error; None for a bug."""
    if isinstance(error, NotDurableError | DatabaseAwayError):
        return Refusal("NOT_DURABLE")
    return error if isinstance(error, Refusal) else None


@dataclass(frozen=True, slots=True)
class RefusalView:
    """What `refusal.html` shows: the code, and its text in the reader's language."""

    code: str
    text: str


class RefusalPages:
    """Answers every refusal of one app."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def text(self, request: Request, refusal: Refusal) -> str:
        """Return the message `refusal_<code>` in the reader's language."""
        return self._pages.text(request, f"refusal_{refusal.code}", **refusal.params)

    def answer(self, request: Request, refusal: Refusal) -> Response:
        """Return the response to a refusal, in the form the request asked for."""
        status = STATUS.get(refusal.code, 409)
        view = RefusalView(refusal.code, self.text(request, refusal))
        if request.headers.get("hx-request"):
            response: Response = self._pages.render(request, "refusal_fragment.html", view, status)
            response.headers["hx-retarget"] = "#refusal"
            response.headers["hx-reswap"] = "innerHTML"
            return response
        if "text/html" in request.headers.get("accept", "text/html"):
            return self._pages.render(request, "refusal.html", view, status)
        return JSONResponse({"code": view.code, "message": view.text}, status)

    def install(self, app: FastAPI) -> None:
        """Make the app answer refusals, unknown addresses, malformed input and bugs this way."""

        async def refused(request: Request, error: Exception) -> Response:
            return self.answer(request, refusal_of(error) or Refusal("INTERNAL"))

        async def http_error(request: Request, error: Exception) -> Response:
            status = error.status_code if isinstance(error, HTTPException) else 500
            return self.answer(request, Refusal(_HTTP_CODES.get(status, "BAD_REQUEST")))

        async def malformed(request: Request, _: Exception) -> Response:
            return self.answer(request, Refusal("BAD_REQUEST"))

        app.add_exception_handler(Refusal, refused)
        app.add_exception_handler(HTTPException, http_error)
        app.add_exception_handler(RequestValidationError, malformed)
        app.add_exception_handler(NotDurableError, refused)
        app.add_exception_handler(DatabaseAwayError, refused)
        app.add_exception_handler(Exception, refused)
