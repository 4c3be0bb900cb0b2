"""Numbers as officers type them, or as an address holds them."""

from __future__ import annotations

_MOST_DIGITS = 9
"""More than anybody means; Python refuses to read some thousand."""


def whole_number(typed: str) -> int | None:
    """Return a typed number without sign or fraction; None where it is none, or no number that anybody means."""
    is_one = typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS
    return int(typed) if is_one else None
