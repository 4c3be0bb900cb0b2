"""Seats and codes as officers type or paste them."""

from __future__ import annotations

import re

from cat_server.domain.refusals import Refusal

MOST_LINES = 2_000


def seat_number(typed: str) -> int:
    """Return a typed seat number.

    Raises:
        Refusal: `SEAT_NUMBER`, it is none.
    """
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 5):
        raise Refusal("SEAT_NUMBER", {"seat": typed[:20]})
    return int(typed)


def seats_and_codes(text: str) -> tuple[list[tuple[int, str]], list[tuple[str, Refusal]]]:
    """Return (seat and code of each readable line, the other lines with what is wrong with them).

    A line is `1 ABCD`; commas, semicolons and tabs do as well as spaces. Empty lines are passed over.
    """
    read: list[tuple[int, str]] = []
    wrong: list[tuple[str, Refusal]] = []
    for line in text.splitlines()[:MOST_LINES]:
        parts = re.split(r"[\s,;:]+", line.strip(" \t,;"))
        if parts == [""]:
            continue
        shown = line.strip()[:40]
        if len(parts) != 2:
            wrong.append((shown, Refusal("ENROL_LINE", {"line": shown})))
            continue
        try:
            read.append((seat_number(parts[0]), parts[1].upper()))
        except Refusal as refusal:
            wrong.append((shown, refusal))
    return read, wrong
