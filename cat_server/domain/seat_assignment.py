"""Proposes which waiting PC stands at which seat: PCs are often numbered by their addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence


def by_address(pcs: Iterable[tuple[str, str]], seats: Sequence[int]) -> tuple[tuple[int, str], ...]:
    """Return (seat, code) for `pcs` (address, code) in order of address, and free `seats` in order of number.

    Addresses that are none come last. What is left over on either side gets nothing.
    """
    ordered = [code for _, code in sorted(pcs, key=lambda each: (_rank(each[0]), each[1]))]
    return tuple(zip(sorted(seats), ordered, strict=False))


def _rank(address: str) -> tuple[int, int]:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return (9, 0)
    return (found.version, int(found))
