"""What every response carries and every request must satisfy, as one pure ASGI layer around an app.

Requests: declared methods only; a length, and no more than the limit; whatever may change something names exactly our
own origin, port included (`Origin` missing counts as foreign). Responses: a content policy that runs no foreign or
inline script, no framing, no sniffing, and nothing stored unless the app says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cat_server.domain.refusals import Refusal

BODY_LIMIT_BYTES = 64 * 1024
METHODS = frozenset({"GET", "HEAD", "POST"})
_SAFE = frozenset({"GET", "HEAD"})
_MOST_SETS = 200
_MOST_DIGITS = 20
_MOST_TAKEN = 8
"""A refused body up to so many times the limit is let in and forgotten, within the time that any body has."""

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A referrer policy of no-referrer would make browsers send "Origin: null" with our own forms.
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()",
}


class Security:
    """Wraps an app.

    `refuse` makes the response to a refused request (codes `METHOD`, `LENGTH_REQUIRED`, `BODY_TOO_LARGE`, `ORIGIN`).
    `allow_style_attributes`: bars that carry their width as `style="--part: 41%"` need it.
    `allow_camera`: the registration desk takes pictures.
    """

    def __init__(
        self,
        app: ASGIApp,
        refuse: Callable[[Request, Refusal], Response],
        *,
        body_limit_bytes: int = BODY_LIMIT_BYTES,
        allow_style_attributes: bool = False,
        allow_camera: bool = False,
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._body_limit_bytes = body_limit_bytes
        policy = _CONTENT_POLICY + ("; style-src-attr 'unsafe-inline'" if allow_style_attributes else "")
        headers = {"content-security-policy": policy, **_HEADERS, "cache-control": "no-store"}
        if allow_camera:
            headers["permissions-policy"] = _HEADERS["permissions-policy"].replace(
                "camera=()", "camera=(self)"
            )
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._missing: dict[tuple[bytes, ...], list[tuple[bytes, bytes]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then let the app answer and complete its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message.get("headers", ()))
            await send(message)

        head = head_of(scope)
        if code := objection(scope, head, self._body_limit_bytes):
            response = self._refuse(Request(scope), Refusal(code))
            if _is_worth_taking(head, self._body_limit_bytes * _MOST_TAKEN):
                await _take(receive)
            response.headers["connection"] = "close"
            await response(scope, receive, send_completed)
        else:
            await self._app(scope, receive, send_completed)

    def _completed(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return a response's headers with ours that it lacks; which those are is worked out once for each set."""
        given = list(headers)
        names = tuple([name for name, _ in given])
        missing = self._missing.get(names)
        if missing is None:
            lower = {each.lower() for each in names}
            missing = [each for each in self._headers if each[0] not in lower]
            if len(self._missing) < _MOST_SETS:
                self._missing[names] = missing
        return given + missing


def head_of(scope: Scope) -> dict[bytes, bytes]:
    """Return a request's headers by name; of several with one name the first counts."""
    return dict(reversed(scope["headers"]))


def objection(scope: Scope, head: Mapping[bytes, bytes], body_limit_bytes: int) -> str:
    """Return the code of what is wrong with a request's head, empty if nothing."""
    method = scope["method"]
    if method not in METHODS:
        return "METHOD"
    length = head.get(b"content-length")
    if length is None and b"transfer-encoding" in head:
        return "LENGTH_REQUIRED"
    if length is not None and not _is_at_most(length, body_limit_bytes):
        return "BODY_TOO_LARGE"
    if method in _SAFE:
        return ""
    own = scope["scheme"].encode() + b"://" + head.get(b"host", b"")
    return "" if head.get(b"origin") == own else "ORIGIN"


def _is_worth_taking(head: Mapping[bytes, bytes], most_bytes: int) -> bool:
    """Tell whether to hear a refused request out: whoever closes a connection with something unread resets it.

    The refusal would be lost on its way then, and a browser would show a broken connection instead of the reason.
    """
    return b"expect" not in head and _is_at_most(head.get(b"content-length", b"unknown"), most_bytes)


async def _take(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


def _is_at_most(length: bytes, limit: int) -> bool:
    """Tell whether a length is written in digits and within the limit; one of thousands of digits is not even read."""
    return length.isdigit() and len(length) <= _MOST_DIGITS and int(length) <= limit
