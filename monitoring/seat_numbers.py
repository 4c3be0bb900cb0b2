"""Seat numbers as an officer types them: `3, 7, 12-15`."""

from __future__ import annotations

import re

from cat_server.domain.refusals import Refusal

MOST_SEATS = 5_000
_PART = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")


def seat_numbers(text: str) -> frozenset[int]:
    """Return the seats that a text names: numbers and spans, with commas, semicolons or spaces between.

    Raises:
        Refusal: `SEATS_UNREADABLE`, naming the part that is none, or nothing at all.
    """
    parts = [each for each in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip())) if each]
    seats: set[int] = set()
    for part in parts:
        found = _PART.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last or first < 1:
            raise Refusal("SEATS_UNREADABLE", {"given": part})
        seats.update(range(first, last + 1))
    if not seats:
        raise Refusal("SEATS_UNREADABLE", {"given": "–"})
    return frozenset(seats)
