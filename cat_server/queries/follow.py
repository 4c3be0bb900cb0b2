"""How a process follows the ledger, and which chains it need not read from the beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from cat_server.domain.events import EventKind, Recorded
from cat_server.records.board_sessions import signed_sessions
from cat_server.records.engine import Reader
from cat_server.records.ledger import events_since, heads
from cat_server.runtime.follower import Follower


def ledger_follower(
    reader: Reader,
    *,
    kinds: Collection[EventKind] = (),
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Follower:
    """Return a follower of every chain, from the first event on; with `kinds` it brings only these events."""

    def read_since(chain: str, after: int) -> Sequence[Recorded]:
        with reader.view() as view:
            return events_since(view.connection, chain, after, kinds=kinds)

    return Follower(lambda: ends(reader), read_since, is_selective=bool(kinds), wait=wait)


def ends(reader: Reader) -> Mapping[str, int]:
    """Return the number of each chain's last event."""
    with reader.view() as view:
        return heads(view.connection)


def ends_of_signed(reader: Reader) -> Mapping[str, int]:
    """Return the same of the exam sessions that are signed: nothing happens there any more."""
    with reader.view() as view:
        found = heads(view.connection)
        return {each: found[each] for each in signed_sessions(view.connection) if each in found}


def signed_session(reader: Reader, code: str) -> str | None:
    """Return the id of the signed exam session of that code, of the one closed last where `code` is empty, or None."""
    with reader.view() as view:
        found = signed_sessions(view.connection)
    named = [each for each, of in found.items() if code in ("", of)]
    return named[-1] if named else None
