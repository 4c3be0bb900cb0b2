"""The append-only, hash-chained ledger: numbering, hashing, reading (design 5 and 13)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from cat_server.domain.events import Event, EventKind, Recorded
from cat_server.domain.ids import Actor
from cat_server.domain.instants import Instant
from cat_server.records.many_keys import ManyKeys
from cat_server.records.many_rows import ManyRows
from cat_server.records.tables import ChainHeadRow, LedgerRow, table_of
from question_bank.canonical import Record, cjson, cjson_of, digest

LEDGER_VERSION = 1
FIRST_PREVIOUS = "0" * 64
_SALTS_AT_ONCE = 32

LedgerMark: TypeAlias = tuple[int, dict[str, tuple[int, str, bool]]]

_COLUMNS = ("chain", "number", "kind", "hash", "envelope", "private")
_ledger = table_of(LedgerRow)
_head = table_of(ChainHeadRow)
_NEW_ROWS = ManyRows(insert(_ledger), _COLUMNS)
_LOCK_HEAD = ManyKeys(
    select(_head.c.number, _head.c.hash)
    .where(_head.c.chain.in_(bindparam("chains", expanding=True)))
    .with_for_update(),
    "chains",
)
_MOVE_HEAD = ManyRows(
    update(_head)
    .where(_head.c.chain == bindparam("of_chain"))
    .values(number=bindparam("number"), hash=bindparam("hash")),
    ("number", "hash", "of_chain"),
)


class Appended(NamedTuple):
    """Where an event stands in its chain."""

    number: int
    hash: str


class _Actor(Record, frozen=True):
    id: str
    kind: str


class _Envelope(Record, frozen=True):
    actor: _Actor
    approver: str
    at_ms: int
    body: msgspec.Raw
    boot_id: str
    boot_ms: int
    chain: str
    clock_ms: int | None
    kind: str
    number: int
    prev: str
    private_hash: str
    v: int


class _Told(msgspec.Struct, frozen=True):
    """What a reader wants of an envelope."""

    actor: _Actor
    approver: str
    at_ms: int
    body: dict[str, Any]
    chain: str
    clock_ms: int | None
    kind: str
    number: int


_ENVELOPE = msgspec.json.Decoder(_Told)
_PRIVATE = msgspec.json.Decoder(dict[str, Any])


@dataclass(slots=True)
class _OpenChain:
    number: int
    hash: str
    is_new: bool
    before: int
    is_changed: bool = False


class LedgerWriter:
    """Numbers and hashes the events of one transaction. The chain's head row is read once, written once."""

    def __init__(self, connection: Connection, now: Instant) -> None:
        self._connection = connection
        self._now = now
        self._chains: dict[str, _OpenChain] = {}
        self._rows: list[tuple[str, int, str, str, bytes, bytes]] = []
        self._salts: list[str] = []

    def append(
        self, chain: str, event: Event, actor: Actor, *, approver: str = "", clock_ms: int | None = None
    ) -> Appended:
        """Add an event to a chain; written by `flush`, before the commit."""
        head = self._chain(chain)
        private = cjson({"salt": self._salt(), **event.private}) if event.private else b""
        kind = event.kind.value
        head.number += 1
        envelope = cjson_of(
            _Envelope(
                actor=_Actor(actor.actor_id, actor.kind.value),
                approver=approver,
                at_ms=self._now.at_ms,
                body=msgspec.Raw(cjson(dict(event.body))),
                boot_id=self._now.boot_id,
                boot_ms=self._now.boot_ms,
                chain=chain,
                clock_ms=clock_ms,
                kind=kind,
                number=head.number,
                prev=head.hash,
                private_hash=digest("private/1", private) if private else "",
                v=LEDGER_VERSION,
            )
        )
        head.hash = digest("ledger/1", envelope)
        head.is_changed = True
        self._rows.append((chain, head.number, kind, head.hash, envelope, private))
        return Appended(head.number, head.hash)

    def mark(self) -> LedgerMark:
        """Return the present end, for `back_to`."""
        return len(self._rows), {
            chain: (head.number, head.hash, head.is_changed) for chain, head in self._chains.items()
        }

    def back_to(self, mark: LedgerMark) -> None:
        """Forget what was appended since `mark`: its operation was refused."""
        length, heads = mark
        del self._rows[length:]
        for chain in [each for each in self._chains if each not in heads]:
            del self._chains[chain]
        for chain, (number, hash_, is_changed) in heads.items():
            head = self._chains[chain]
            head.number, head.hash, head.is_changed = number, hash_, is_changed

    def flush(self) -> None:
        """Write what was appended."""
        if not self._rows:
            return
        _NEW_ROWS.write(self._connection, self._rows)
        self._rows = []
        for chain, head in self._chains.items():
            if not head.is_changed:
                continue
            if head.is_new:
                values = {"chain": chain, "number": head.number, "hash": head.hash}
                self._connection.execute(insert(_head).values(values))
            else:
                _MOVE_HEAD.write(self._connection, [(head.number, head.hash, chain)])
            head.is_new, head.is_changed = False, False

    def heads(self) -> list[tuple[str, int, str]]:
        """Return the chains that this transaction appended to, each with its new last number and hash."""
        return [
            (chain, head.number, head.hash)
            for chain, head in self._chains.items()
            if head.number > head.before
        ]

    def _salt(self) -> str:
        """Return 16 random bytes in hex; asking the system for many at once costs as much as asking for one."""
        if not self._salts:
            drawn = secrets.token_hex(16 * _SALTS_AT_ONCE)
            self._salts = [drawn[at : at + 32] for at in range(0, len(drawn), 32)]
        return self._salts.pop()

    def _chain(self, chain: str) -> _OpenChain:
        if chain not in self._chains:
            found = _LOCK_HEAD.rows(self._connection, [chain])
            number, hash_ = found[0] if found else (0, FIRST_PREVIOUS)
            self._chains[chain] = _OpenChain(number, hash_, is_new=not found, before=number)
        return self._chains[chain]


def heads(connection: Connection) -> Mapping[str, int]:
    """Return the number of each chain's last event."""
    return {row.chain: row.number for row in connection.execute(select(_head.c.chain, _head.c.number))}


_SINCE = (
    select(_ledger.c.number, _ledger.c.envelope, _ledger.c.private)
    .where(_ledger.c.chain == bindparam("chain"), _ledger.c.number > bindparam("after"))
    .order_by(_ledger.c.number)
    .limit(bindparam("most"))
)


_SINCE_OF = _SINCE.where(_ledger.c.kind.in_(bindparam("kinds", expanding=True)))


def events_since(
    connection: Connection, chain: str, after: int, most: int = 5_000, *, kinds: Collection[EventKind] = ()
) -> Sequence[Recorded]:
    """Return the chain's events numbered above `after`, in order, at most `most`; with `kinds` only those."""
    wanted = {"chain": chain, "after": after, "most": most}
    if kinds:
        rows = connection.execute(_SINCE_OF, wanted | {"kinds": [each.value for each in kinds]})
    else:
        rows = connection.execute(_SINCE, wanted)
    return [read_event(row.envelope, row.private) for row in rows]


def read_event(envelope: bytes, private: bytes) -> Recorded:
    """Return the event that these stored bytes hold."""
    content = _ENVELOPE.decode(envelope)
    return Recorded(
        chain=content.chain,
        number=content.number,
        kind=EventKind(content.kind),
        at_ms=content.at_ms,
        clock_ms=content.clock_ms,
        actor_kind=content.actor.kind,
        actor_id=content.actor.id,
        approver=content.approver,
        body=content.body,
        private=_PRIVATE.decode(private) if private else {},
    )
