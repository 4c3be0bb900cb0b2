"""Who may do what: every route of the officers' app with the roles it serves. What is not listed is refused."""

from __future__ import annotations

COORDINATOR = "coordinator"
REGISTRAR = "registrar"
PROCTOR = "proctor"
TECHNICIAN = "technician"
WITNESS = "witness"
CHAIR = "chair"

ROLES = frozenset({COORDINATOR, REGISTRAR, PROCTOR, TECHNICIAN, WITNESS, CHAIR})
ANYONE = frozenset({""})
"""Open without a sign-in: the sign-in page itself, and what a watchman or Prometheus asks."""

_DESK = frozenset({COORDINATOR, REGISTRAR})
_ROOM = frozenset({COORDINATOR, PROCTOR})
_LOOK = frozenset({COORDINATOR, PROCTOR, TECHNICIAN, WITNESS, CHAIR})
_KIOSKS = frozenset({COORDINATOR, TECHNICIAN})
_RELEASE = _ROOM | _KIOSKS
_RESULTS = frozenset({COORDINATOR, PROCTOR, WITNESS, CHAIR})
_SIGN = frozenset({COORDINATOR, WITNESS, CHAIR})
_LEAD = frozenset({COORDINATOR})
_OPEN = _DESK | _ROOM

PERMISSIONS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/healthz"): ANYONE,
    ("GET", "/metrics"): ANYONE,
    ("GET", "/server"): _KIOSKS,
    ("GET", "/server/numbers"): _KIOSKS,
    ("GET", "/sign-in"): ANYONE,
    ("POST", "/sign-in"): ANYONE,
    ("POST", "/sign-out"): ROLES,
    ("GET", "/"): ROLES,
    ("GET", "/here"): ROLES,
    ("GET", "/alarms"): ROLES,
    ("GET", "/rescue"): _KIOSKS,
    ("POST", "/rescue"): _KIOSKS,
    ("GET", "/rooms/{exam_session_id}/{room_id}"): _LOOK,
    ("GET", "/rooms/{exam_session_id}/{room_id}/events"): _LOOK,
    ("GET", "/rooms/{exam_session_id}/{room_id}/open-registration"): _OPEN,
    ("POST", "/rooms/{exam_session_id}/{room_id}/open-registration"): _OPEN,
    ("GET", "/rooms/{exam_session_id}/{room_id}/start"): _ROOM,
    ("POST", "/rooms/{exam_session_id}/{room_id}/start"): _ROOM,
    ("GET", "/rooms/{exam_session_id}/{room_id}/pause"): _ROOM,
    ("POST", "/rooms/{exam_session_id}/{room_id}/pause"): _ROOM,
    ("GET", "/rooms/{exam_session_id}/{room_id}/resume"): _ROOM,
    ("POST", "/rooms/{exam_session_id}/{room_id}/resume"): _ROOM,
    ("GET", "/rooms/{exam_session_id}/{room_id}/grant-time"): _ROOM,
    ("POST", "/rooms/{exam_session_id}/{room_id}/grant-time"): _ROOM,
    ("GET", "/rooms/{exam_session_id}/{room_id}/close"): _LEAD,
    ("POST", "/rooms/{exam_session_id}/{room_id}/close"): _LEAD,
    ("GET", "/attempts/{attempt_id}"): _LOOK,
    ("POST", "/attempts/{attempt_id}/grant-time"): _ROOM,
    ("POST", "/attempts/{attempt_id}/credit"): _ROOM,
    ("POST", "/attempts/{attempt_id}/dismiss"): _ROOM,
    ("POST", "/attempts/{attempt_id}/force-finish"): _ROOM,
    ("POST", "/attempts/{attempt_id}/pause"): _ROOM,
    ("POST", "/attempts/{attempt_id}/resume"): _ROOM,
    ("POST", "/attempts/{attempt_id}/disqualify"): _LEAD,
    ("POST", "/attempts/{attempt_id}/void"): _LEAD,
    ("GET", "/all-rooms/{exam_session_id}"): _LOOK,
    ("GET", "/all-rooms/{exam_session_id}/now"): _LOOK,
    ("GET", "/all-rooms/{exam_session_id}/pause"): _ROOM,
    ("POST", "/all-rooms/{exam_session_id}/pause"): _ROOM,
    ("GET", "/all-rooms/{exam_session_id}/resume"): _ROOM,
    ("POST", "/all-rooms/{exam_session_id}/resume"): _ROOM,
    ("GET", "/all-rooms/{exam_session_id}/grant-time"): _ROOM,
    ("POST", "/all-rooms/{exam_session_id}/grant-time"): _ROOM,
    ("GET", "/incidents/{exam_session_id}"): ROLES,
    ("POST", "/incidents/{exam_session_id}"): _OPEN | _KIOSKS,
    ("GET", "/extra-time/{exam_session_id}"): _LOOK,
    ("POST", "/extra-time/{exam_session_id}"): _ROOM,
    ("GET", "/attempts/{attempt_id}/move"): _ROOM,
    ("POST", "/attempts/{attempt_id}/move"): _ROOM,
    ("GET", "/desk/{exam_session_id}"): _DESK,
    ("GET", "/desk/{exam_session_id}/found"): _DESK,
    ("GET", "/desk/{exam_session_id}/{attempt_id}"): _DESK,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/check-in"): _DESK,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/undo"): _DESK,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/reissue-pin"): _OPEN,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/slip"): _OPEN,
    ("GET", "/desk"): _DESK,
    ("GET", "/desk/{exam_session_id}/status"): _DESK,
    ("POST", "/desk/{exam_session_id}/postpone"): _LEAD,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/refuse"): _DESK,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/reinstate"): _LEAD,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/admit-late"): _LEAD,
    ("POST", "/desk/{exam_session_id}/{attempt_id}/picture"): _DESK,
    ("GET", "/photos/{attempt_id}/roster"): _OPEN,
    ("GET", "/photos/{attempt_id}/desk"): _OPEN,
    ("GET", "/attendance/{exam_session_id}"): _DESK | _LOOK,
    ("GET", "/attendance/{exam_session_id}/status"): _DESK | _LOOK,
    ("GET", "/kiosks"): _KIOSKS,
    ("POST", "/kiosks/enrol"): _KIOSKS,
    ("POST", "/kiosks/{kiosk_id}/remove"): _KIOSKS,
    ("GET", "/enrolment/{room_id}"): _KIOSKS,
    ("GET", "/enrolment/{room_id}/now"): _KIOSKS,
    ("POST", "/enrolment/{room_id}/open"): _KIOSKS,
    ("POST", "/enrolment/{room_id}/assign"): _KIOSKS,
    ("POST", "/enrolment/{room_id}/mend"): _KIOSKS,
    ("GET", "/rooms/{exam_session_id}/{room_id}/release"): _RELEASE,
    ("POST", "/rooms/{exam_session_id}/{room_id}/release"): _RELEASE,
    ("GET", "/results/{exam_session_id}"): _RESULTS,
    ("POST", "/results/{exam_session_id}/statement"): _LEAD,
    ("GET", "/results/{exam_session_id}/statement"): _RESULTS,
    ("POST", "/results/{exam_session_id}/sign"): _SIGN,
    ("GET", "/papers/{exam_session_id}"): _DESK | _RESULTS,
    ("GET", "/papers/{exam_session_id}/attendance"): _DESK | _RESULTS,
    ("GET", "/papers/{exam_session_id}/attendance/pdf"): _DESK | _RESULTS,
    ("GET", "/papers/{exam_session_id}/{kind}"): _RESULTS,
    ("GET", "/papers/{exam_session_id}/{kind}/pdf"): _RESULTS,
}


def may(role: str, method: str, path: str) -> bool:
    """Tell whether an officer of `role` may use a route; `path` is the route's pattern, as it is declared."""
    return role in PERMISSIONS.get(("GET" if method == "HEAD" else method, path), frozenset())


def is_open(method: str, path: str) -> bool:
    """Tell whether a route needs no sign-in."""
    return PERMISSIONS.get(("GET" if method == "HEAD" else method, path)) is ANYONE
