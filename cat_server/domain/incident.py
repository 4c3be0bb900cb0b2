"""What an officer may record as an incident, and by which codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cat_server.domain.refusals import Refusal

LONGEST_TEXT = 1_000
LONGEST_INCIDENT_S = 24 * 3_600
MOST_AHEAD_MS = 60_000
"""An officer types whole minutes, so the present minute may lie a little ahead."""


@dataclass(frozen=True, slots=True)
class IncidentCategory:
    """The first level of the codes, and what its codes may be the reason of."""

    name: str
    codes: tuple[str, ...]
    disqualifies: bool = False
    voids: bool = False

    @property
    def full_codes(self) -> tuple[str, ...]:
        """The codes as they are stored: `category.code`."""
        return tuple(f"{self.name}.{code}" for code in self.codes)


@dataclass(frozen=True, slots=True)
class IncidentCodes:
    """Every code, in the order in which they are offered."""

    categories: tuple[IncidentCategory, ...]

    def refuse_unknown(self, code: str) -> None:
        """Refuse a code that is not listed.

        Raises:
            Refusal: `INCIDENT_CODE_UNKNOWN`.
        """
        _refuse_outside(self.categories, code)

    def refuse_as_disqualification(self, code: str) -> None:
        """Refuse a code that is no reason to disqualify.

        Raises:
            Refusal: `INCIDENT_CODE_UNKNOWN`.
        """
        _refuse_outside(self.disqualifying, code)

    def refuse_as_voiding(self, code: str) -> None:
        """Refuse a code that is no reason to void an attempt.

        Raises:
            Refusal: `INCIDENT_CODE_UNKNOWN`.
        """
        _refuse_outside(self.voiding, code)

    @property
    def disqualifying(self) -> tuple[IncidentCategory, ...]:
        """The categories that may be the reason of a disqualification."""
        return tuple(each for each in self.categories if each.disqualifies)

    @property
    def voiding(self) -> tuple[IncidentCategory, ...]:
        """The categories that may be the reason to void an attempt."""
        return tuple(each for each in self.categories if each.voids)


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """What an officer tells. Ids are empty where it concerns no room, seat or participant in particular."""

    code: str
    occurred_at_ms: int
    duration_s: int
    description: str
    measure: str
    room_id: str = ""
    seat_id: str = ""
    attempt_id: str = ""


def refuse_report(report: IncidentReport, now_ms: int) -> None:
    """Refuse a report that says too little, too much, or lies in the future.

    Raises:
        Refusal: `INCIDENT_DESCRIPTION_MISSING`, `INCIDENT_TEXT_LONG`, `INCIDENT_IN_FUTURE` or `INCIDENT_DURATION`.
    """
    if not report.description.strip():
        raise Refusal("INCIDENT_DESCRIPTION_MISSING")
    if max(len(report.description), len(report.measure)) > LONGEST_TEXT:
        raise Refusal("INCIDENT_TEXT_LONG", {"most": LONGEST_TEXT})
    if report.occurred_at_ms > now_ms + MOST_AHEAD_MS:
        raise Refusal("INCIDENT_IN_FUTURE")
    if not 0 <= report.duration_s <= LONGEST_INCIDENT_S:
        raise Refusal("INCIDENT_DURATION", {"hours": LONGEST_INCIDENT_S // 3_600})


def text_code(code: str) -> str:
    """Return the message code of `category.code` or of a category."""
    return f"incident_{code.replace('.', '_')}"


def _refuse_outside(categories: Sequence[IncidentCategory], code: str) -> None:
    if not any(code in each.full_codes for each in categories):
        raise Refusal("INCIDENT_CODE_UNKNOWN", {"given": code})
