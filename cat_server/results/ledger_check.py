"""Is a ledger chain whole? Recomputed from the stored bytes alone (design 5, security.md 4.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from cat_server.records.chains import StoredEvent
from cat_server.records.ledger import FIRST_PREVIOUS
from question_bank.canonical import digest
from question_bank.problems import Place, Problem

LEDGER_TYPE = "ledger/1"
PRIVATE_TYPE = "private/1"


class OpenedEvent(msgspec.Struct, frozen=True):
    """An event as read from its bytes, with the row it stands in (1-based)."""

    row: int
    number: int
    hash: str
    at_ms: int
    kind: str
    body: dict[str, Any]
    private: dict[str, Any]


class _Envelope(msgspec.Struct, frozen=True):
    """The parts that are looked at; a link of any other type is a wrong link."""

    at_ms: int
    body: dict[str, Any]
    chain: Any
    kind: str
    number: Any
    prev: Any
    private_hash: Any


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_PRIVATE = msgspec.json.Decoder(dict[str, Any])


def open_chain(
    chain: str, events: Iterable[StoredEvent], file: str
) -> tuple[Sequence[OpenedEvent], list[Problem]]:
    """Return the events of a chain and everything wrong with it: hashes, numbers, links, private parts.

    Numbers count from 1 without a gap and every envelope names the hash before it; the first names 64 zeros.
    """
    problems: list[Problem] = []
    return list(read_chain(chain, events, file, problems)), problems


def read_chain(
    chain: str, events: Iterable[StoredEvent], file: str, problems: list[Problem]
) -> Iterator[OpenedEvent]:
    """Yield the events of a chain one by one, as `open_chain` returns them, and add to `problems` what is wrong."""
    previous = FIRST_PREVIOUS
    for row, event in enumerate(events, start=1):
        place = Place(file=file, row=row)
        if digest(LEDGER_TYPE, event.envelope) != event.hash:
            problems.append(Problem("results_ledger_hash", place, {"number": event.number}))
        before, previous = previous, event.hash
        try:
            envelope = _ENVELOPE.decode(event.envelope.decode())
            private = _PRIVATE.decode(event.private.decode()) if event.private else {}
        except ValueError:
            problems.append(Problem("results_file_malformed", place))
            continue
        if (envelope.chain, envelope.number, envelope.prev, event.number) != (chain, row, before, row):
            problems.append(Problem("results_ledger_order", place, {"number": event.number}))
        if event.private is not None and envelope.private_hash != private_hash(event.private):
            problems.append(Problem("results_ledger_private", place, {"number": event.number}))
        yield OpenedEvent(
            row, event.number, event.hash, envelope.at_ms, envelope.kind, envelope.body, private
        )


def private_hash(private: bytes) -> str:
    """Return the hash that an envelope binds its private part by; empty where there is none."""
    return digest(PRIVATE_TYPE, private) if private else ""
