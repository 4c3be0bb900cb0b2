"""The way to routes that take nothing but the request: ahead of the router, since a whole room asks in the same second.

Taking a request apart and routing it costs FastAPI several times what such a route itself does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from inspect import iscoroutinefunction, signature

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cat_server.domain.refusals import Refusal
from cat_server.web.refusals import RefusalPages, refusal_of

Answer = Callable[[Request], Awaitable[Response]]
_ONLY_THE_REQUEST = ["request"]


class DirectPath:
    """Lets such routes answer, and leaves everything else to `app`: other methods and addresses as well."""

    def __init__(self, routers: Iterable[APIRouter], refusals: RefusalPages, app: ASGIApp) -> None:
        self._answers = {key: answer for router in routers for key, answer in _plain(router)}
        self._refusals = refusals
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on. A bug is answered and raised, as the router does."""
        answer = self._answers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await answer(request)
        except Exception as error:
            if (refusal := refusal_of(error)) is None:
                await self._refusals.answer(request, Refusal("INTERNAL"))(scope, receive, send)
                raise
            response = self._refusals.answer(request, refusal)
        await response(scope, receive, send)


def _plain(router: APIRouter) -> Iterator[tuple[tuple[str, str], Answer]]:
    for route in router.routes:
        if (
            isinstance(route, APIRoute)
            and not route.dependencies
            and "{" not in route.path
            and iscoroutinefunction(route.endpoint)
            and list(signature(route.endpoint).parameters) == _ONLY_THE_REQUEST
        ):
            for method in route.methods or ():
                yield (method, route.path), route.endpoint
