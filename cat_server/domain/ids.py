"""Identifiers and who acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SITE_CHAIN = "site"
"""The ledger chain for what belongs to no exam session: imports, enrolments, officers."""


class ActorKind(StrEnum):
    """Who caused an event."""

    PARTICIPANT = "participant"
    OFFICER = "officer"
    OPERATOR = "operator"
    SERVER = "server"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused an event: kind and internal id (empty for the server itself and the command line)."""

    kind: ActorKind
    actor_id: str = ""


SERVER = Actor(ActorKind.SERVER)
OPERATOR = Actor(ActorKind.OPERATOR)
