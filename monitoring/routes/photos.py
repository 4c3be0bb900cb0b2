"""Photos of participants: the roster's, and the one that the desk's camera took. Never stored by a browser."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import facts_at_desk
from monitoring.pages import Screens


def routes(screens: Screens) -> APIRouter:
    """Return the routes of the photos."""
    router = APIRouter()

    @router.get("/photos/{attempt_id}/roster")
    async def roster(attempt_id: str) -> Response:
        facts = facts_at_desk(screens.deps.reader, attempt_id)
        return _photo(screens, facts.roster_photo_hash if facts else "")

    @router.get("/photos/{attempt_id}/desk")
    async def desk(attempt_id: str) -> Response:
        facts = facts_at_desk(screens.deps.reader, attempt_id)
        return _photo(screens, facts.desk_photo_hash if facts else "")

    return router


def _photo(screens: Screens, photo_hash: str) -> Response:
    content = screens.photos.read(photo_hash) if photo_hash else None
    if content is None:
        raise Refusal("NOT_FOUND")
    return Response(content, media_type="image/jpeg", headers={"cache-control": "no-store"})
