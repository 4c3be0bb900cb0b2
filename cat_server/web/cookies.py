"""Cookies of both web apps: distinct names, closed to scripts and other sites, `__Host-` where TLS allows it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

KIOSK_DEVICE = "cat_kiosk_device"
"""The credential of a kiosk; outlives every participant."""
PARTICIPANT = "cat_participant"
"""A participant's sign-in on a kiosk."""
OFFICER = "cat_officer"
"""An officer's sign-in in monitoring."""
KIOSK_LANGUAGE = "cat_lang_kiosk"
MONITORING_LANGUAGE = "cat_lang_monitoring"
SCOREBOARD_LANGUAGE = "cat_lang_scoreboard"

YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes cookies. Cookies are shared by all ports of a host, so apps differ by name.

    `is_tls`: the app is served over TLS, so that names get the `__Host-` prefix and cookies are `Secure`.
    """

    is_tls: bool = False

    def name(self, base: str) -> str:
        """Return the name as the browser knows it."""
        return f"__Host-{base}" if self.is_tls else base

    def read(self, connection: HTTPConnection, base: str) -> str:
        """Return a cookie's value, or an empty string."""
        return connection.cookies.get(self.name(base), "")

    def write(self, response: Response, base: str, value: str, *, max_age_s: int | None = None) -> None:
        """Set a cookie; without `max_age_s` it ends with the browser."""
        response.set_cookie(
            self.name(base),
            value,
            max_age=max_age_s,
            path="/",
            secure=self.is_tls,
            httponly=True,
            samesite="strict",
        )

    def forget(self, response: Response, base: str) -> None:
        """Delete a cookie."""
        response.delete_cookie(
            self.name(base), path="/", secure=self.is_tls, httponly=True, samesite="strict"
        )
