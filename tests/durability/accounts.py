"""Holds what people were told is saved against what a database has, with none of the product's code."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.site_databases import Row, snapshot


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One answer that somebody was told is saved: the receipt, and what was sent for it."""

    attempt_id: str
    epoch: int
    seq: int
    number: int
    hash: str
    position: int
    response: tuple[str, ...]


@dataclass(slots=True)
class Account:
    """What is wrong; all of it empty where the promise was kept."""

    checked: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.broken)


@dataclass(frozen=True, slots=True)
class Books:
    """What a database holds: receipts, answers, every event of every chain, and what is wrong with its chains."""

    receipts: dict[tuple[str, int, int], tuple[int, str]]
    answers: dict[tuple[str, int], tuple[int, int, tuple[str, ...]]]
    events: dict[tuple[str, int], tuple[str, dict[str, Any]]]
    chain_of: dict[str, str]
    broken: tuple[str, ...]


def digest(kind: str, content: bytes) -> str:
    """Hash as the data contract says, not with the product's code."""
    return hashlib.sha256(f"cat/{kind}\n".encode() + content).hexdigest()


def read_books(database: Path) -> Books:
    """Read a database file, or that of a site by its folder, which others may write to in other processes."""
    with snapshot(database) as rows:
        events, broken = _events(
            rows("select chain, number, hash, envelope from ledger order by chain, number")
        )
        for head in rows("select * from chain_head"):
            last = max(number for chain, number in events if chain == head["chain"])
            if (head["number"], head["hash"]) != (last, events[head["chain"], last][0]):
                broken.append(f"head of {head['chain']}")
        return Books(
            {
                (row["attempt_id"], row["epoch"], row["seq"]): (row["number"], row["hash"])
                for row in rows("select * from receipt where outcome = 'saved'")
            },
            {
                (row["attempt_id"], row["position"]): (
                    row["epoch"],
                    row["seq"],
                    tuple(json.loads(row["response"])),
                )
                for row in rows("select * from answer")
            },
            events,
            {row["id"]: row["exam_session_id"] for row in rows("select id, exam_session_id from attempt")},
            tuple(broken),
        )


@lru_cache(maxsize=20_000)
def _opened(envelope: bytes) -> tuple[str, dict[str, Any]]:
    """Return an envelope's own hash and its content; image after image holds mostly the same ones."""
    content: dict[str, Any] = json.loads(envelope)
    return digest("ledger/1", envelope), content


def _events(
    rows: Iterable[Row],
) -> tuple[dict[tuple[str, int], tuple[str, dict[str, Any]]], list[str]]:
    events: dict[tuple[str, int], tuple[str, dict[str, Any]]] = {}
    broken: list[str] = []
    chain, number, previous = "", 0, ""
    for row in rows:
        if row["chain"] != chain:
            chain, number, previous = row["chain"], 0, "0" * 64
        hash_, event = _opened(row["envelope"])
        number += 1
        if (row["number"], event["number"], event["prev"]) != (number, number, previous):
            broken.append(f"{chain} {row['number']}: the chain is not whole")
        previous = hash_
        if row["hash"] != hash_:
            broken.append(f"{chain} {row['number']}: the hash is not the envelope's")
        events[chain, number] = (previous, event)
    return events, broken


def hold_against(books: Books, acknowledged: Iterable[Acknowledged]) -> Account:
    """Tell which acknowledged answers are lost, which are doubled, and what else is wrong."""
    account = Account(broken=list(books.broken))
    newest: dict[tuple[str, int], Acknowledged] = {}
    for each in acknowledged:
        account.checked += 1
        key = (each.attempt_id, each.epoch, each.seq)
        hash_, event = books.events.get((books.chain_of[each.attempt_id], each.number), ("", {}))
        body = event.get("body", {})
        named = (body.get("attempt_id"), body.get("epoch"), body.get("seq"), body.get("position"))
        if books.receipts.get(key) != (each.number, each.hash):
            account.lost.append(f"receipt {key}")
        elif hash_ != each.hash or named != (*key, each.position):
            account.lost.append(f"event {each.number} of {key}")
        place = (each.attempt_id, each.position)
        if place not in newest or (newest[place].epoch, newest[place].seq) < (each.epoch, each.seq):
            newest[place] = each
    for place, each in newest.items():
        epoch, seq, response = books.answers.get(place, (0, 0, ()))
        is_newer = (epoch, seq) > (each.epoch, each.seq)
        if not is_newer and (epoch, seq, response) != (each.epoch, each.seq, each.response):
            account.lost.append(f"answer {each.seq} at {place}")
    account.doubled += _doubled(books)
    return account


def _doubled(books: Books) -> list[str]:
    """Each answer is one event, and each receipt names its own."""
    saved = Counter(
        (event["body"]["attempt_id"], event["body"]["epoch"], event["body"]["seq"])
        for _, event in books.events.values()
        if event["kind"] == "ANSWER_SAVED"
    )
    named = Counter(
        (books.chain_of[attempt_id], number)
        for (attempt_id, _, _), (number, _) in books.receipts.items()
        if number
    )
    unknown = [f"event of {key} without receipt" for key in saved if key not in books.receipts]
    return [f"{key}: {count} times" for key, count in [*saved.items(), *named.items()] if count > 1] + unknown
