"""The second officer: proves with name and password, on the first one's screen, that two people decided."""

from __future__ import annotations

from fastapi import Request

from cat_server.actions.officers import sign_in_officer, sign_out_officer
from cat_server.domain.refusals import Refusal
from monitoring.pages import Screens
from monitoring.permissions import COORDINATOR, PROCTOR

_MAY_APPROVE = frozenset({COORDINATOR, PROCTOR})


async def approver_of(screens: Screens, request: Request, username: str, password: str) -> str:
    """Return the id of the second officer. The proof itself is in the ledger as a sign-in that ended at once.

    Raises:
        Refusal: `APPROVER_MISSING`, `APPROVER_SAME`, `APPROVER_ROLE`, or what signing in refuses.
    """
    if not username.strip():
        raise Refusal("APPROVER_MISSING")
    signed_in = await sign_in_officer(screens.deps.lane, screens.deps.reader, username, password)
    await sign_out_officer(screens.deps.lane, signed_in.token)
    if signed_in.officer.officer_id == screens.officer(request).officer_id:
        raise Refusal("APPROVER_SAME")
    if signed_in.officer.role not in _MAY_APPROVE:
        raise Refusal("APPROVER_ROLE")
    return signed_in.officer.officer_id
