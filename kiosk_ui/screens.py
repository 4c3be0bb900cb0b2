"""What all routes share: pages, cookies, refusals, and where the kiosk of a request stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cat_server.actions.sign_in_participant import sign_out_participant
from cat_server.queries.enrolment import takes_new_kiosks
from cat_server.queries.kiosk_status import KioskStatus, kiosk_statuses
from cat_server.web.cookies import KIOSK_DEVICE, KIOSK_LANGUAGE, PARTICIPANT, Cookies
from cat_server.web.language import LanguageChoice
from cat_server.web.pages import Pages
from cat_server.web.refusals import RefusalPages
from cat_server.web.server_sent_events import Feed
from cat_server.web.static_files import StaticFiles
from kiosk_ui.deps import KioskDeps
from kiosk_ui.gathering import Gathered
from kiosk_ui.journey import Standing, Step, standing_of, step_of
from question_bank.messages import Catalogue


class Screens:
    """The shared parts of one running app."""

    def __init__(self, deps: KioskDeps) -> None:
        self.deps = deps
        self.cookies = Cookies(is_tls=deps.settings.scheme == "https")
        self.static_files = StaticFiles("cat_server.web", "kiosk_ui")
        self.pages = Pages(
            "kiosk_ui",
            Catalogue("cat_server", "kiosk_ui"),
            self.static_files,
            LanguageChoice(self.cookies, KIOSK_LANGUAGE),
        )
        self.refusals = RefusalPages(self.pages)
        self.feed = Feed()
        self._statuses: Gathered[tuple[str, str], KioskStatus] = Gathered(
            lambda asked: kiosk_statuses(deps.reader, deps.clock, asked)
        )

    def takes_new_kiosks(self) -> bool:
        """Tell whether a PC that nobody knows may ask for a seat: a room is being enrolled, or any PC may be used."""
        return takes_new_kiosks(self.deps.reader)

    def device_token(self, request: Request) -> str:
        """Return the kiosk's credential, or nothing."""
        return self.cookies.read(request, KIOSK_DEVICE)

    def participant_token(self, request: Request) -> str:
        """Return the sign-in of the participant at the kiosk, or nothing."""
        return self.cookies.read(request, PARTICIPANT)

    async def status(self, request: Request) -> KioskStatus:
        """Return what the records say of the request's kiosk and sign-in."""
        return await self._statuses.ask((self.device_token(request), self.participant_token(request)))

    async def standing(self, request: Request) -> Standing:
        """Return where the request's kiosk and its participant stand."""
        return standing_of(await self.status(request))

    async def step_after(self, request: Request, participant_token: str) -> Step:
        """Return where somebody belongs who has just signed in on the request's kiosk."""
        return step_of(standing_of(await self._statuses.ask((self.device_token(request), participant_token))))

    async def sign_out(self, request: Request, path: str) -> Response:
        """End the participant's sign-in and go on to `path`; the kiosk keeps its own credential."""
        await sign_out_participant(self.deps.lane, self.participant_token(request))
        response = see_other(path)
        self.cookies.forget(response, PARTICIPANT)
        return response

    def elsewhere(self, standing: Standing, here: Step, *also: Step) -> RedirectResponse | None:
        """Return the way to the right page, or nothing where the request is on it."""
        step = step_of(standing)
        return None if step in (here, *also) else see_other(step)

    def texts(self, request: Request, codes: Iterable[str]) -> dict[str, str]:
        """Return messages with their `{names}` left open, for scripts to fill in."""
        return self.texts_in(self.pages.language.of(request), codes)

    def texts_in(self, language: str, codes: Iterable[str]) -> dict[str, str]:
        """Return messages of one language with their `{names}` left open."""
        return {code: self.pages.catalogue.text(language, code, _LeftOpen(_="")) for code in codes}

    def seat_text(self, request: Request, standing: Standing) -> str:
        """Return the seat in words."""
        return self.pages.text(request, "seat_of", seat=standing.seat_no)

    def time_of_day(self, at_ms: int) -> str:
        """Return `10:00 WIB` for an instant, in the site's zone."""
        local = datetime.fromtimestamp(at_ms / 1000, self.deps.settings.zone)
        return f"{local:%H:%M} {local.tzname() or ''}".strip()

    def utc_offset_ms(self, at_ms: int) -> int:
        """Return how far the site's zone is ahead of UTC."""
        offset = datetime.fromtimestamp(at_ms / 1000, self.deps.settings.zone).utcoffset()
        return (offset or timedelta()) // timedelta(milliseconds=1)


class _LeftOpen(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def see_other(path: str) -> RedirectResponse:
    """Return a redirect that is followed with GET."""
    return RedirectResponse(path, 303)
