"""For whom a front asks: the address of the PC itself, taken from `X-Forwarded-For` where the front is one that the site trusts.

From anybody else the header means nothing. The front writes it anew, so that its last word is the front's own.
"""

from __future__ import annotations

import ipaddress
import logging
from collections import Counter
from collections.abc import Collection

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cat_server.domain.log_entries import ConnectionsRefused

_log = logging.getLogger(__name__)


class Forwarded:
    """Wraps an app. `scheme` is what browsers speak with the front; `per_address` bounds a PC's requests at one time."""

    def __init__(self, app: ASGIApp, trusted: Collection[str], scheme: str, per_address: int) -> None:
        self._app = app
        self._trusted = frozenset(trusted)
        self._scheme = scheme
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app see whom the front asks for; what comes without a front stays what it is."""
        named = _named(scope) if self._is_from_front(scope) else None
        if named is None:
            await self._app(scope, receive, send)
            return
        try:
            address = str(ipaddress.ip_address(named))
        except ValueError:
            await Response(status_code=400)(scope, receive, send)
            return
        if self._open[address] >= self._per_address:
            _log.warning(ConnectionsRefused(address, self._per_address))
            await Response(status_code=503, headers={"connection": "close"})(scope, receive, send)
            return
        self._open[address] += 1
        try:
            await self._app({**scope, "client": (address, 0), "scheme": self._scheme}, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    def _is_from_front(self, scope: Scope) -> bool:
        client = scope.get("client")
        return scope["type"] == "http" and client is not None and client[0] in self._trusted


def _named(scope: Scope) -> str | None:
    """Return the last address of the last such header; None where there is none."""
    found = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return found[-1].decode("latin-1").rpartition(",")[2].strip() if found else None
