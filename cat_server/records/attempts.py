"""Writes attempts, their blocks and grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import BindParameter, Connection, Update, bindparam, insert, update

from cat_server.domain.instants import Instant
from cat_server.domain.timing import AttemptBlock, Progress
from cat_server.records.tables import AttemptBlockRow, AttemptRow, TimeGrantRow, table_of

_attempt = table_of(AttemptRow)
_block = table_of(AttemptBlockRow)
_grant = table_of(TimeGrantRow)
_END_BLOCK = (
    update(_block)
    .where(_block.c.attempt_id == bindparam("of_attempt"), _block.c.block_no == bindparam("of_block"))
    .values(ended_clock_ms=bindparam("ended"))
)


def change_attempt(connection: Connection, attempt_id: str, **values: object) -> None:
    """Set columns of one attempt."""
    connection.execute(_change(tuple(values)), values | {"changed_id": attempt_id})


@lru_cache(maxsize=64)
def _change(columns: tuple[str, ...]) -> Update:
    values: dict[str, BindParameter[object]] = {each: bindparam(each) for each in columns}
    return update(_attempt).where(_attempt.c.id == bindparam("changed_id")).values(values)


def save_progress(connection: Connection, attempt_id: str, progress: Progress) -> None:
    """Write the blocks that ended and those that started."""
    for block in progress.ended:
        end_block(connection, attempt_id, block.block_no, block.ended_clock_ms)
    add_blocks(connection, {attempt_id: progress.started})


def add_blocks(connection: Connection, started: Mapping[str, Sequence[AttemptBlock]]) -> None:
    """Insert started blocks by attempt."""
    rows = [
        {
            "attempt_id": attempt_id,
            "block_no": block.block_no,
            "started_clock_ms": block.started_clock_ms,
            "allowed_ms": block.allowed_ms,
            "ended_clock_ms": None,
        }
        for attempt_id, blocks in started.items()
        for block in blocks
    ]
    if rows:
        connection.execute(insert(_block), rows)


def end_block(connection: Connection, attempt_id: str, block_no: int, ended_clock_ms: int | None) -> None:
    """End a block, or with nothing for a clock value open it again."""
    values = {"of_attempt": attempt_id, "of_block": block_no, "ended": ended_clock_ms}
    connection.execute(_END_BLOCK, values)


def set_states(connection: Connection, attempt_ids: Iterable[str], state: str) -> None:
    """Set the state of several attempts."""
    wanted = list(attempt_ids)
    for start in range(0, len(wanted), 500):
        connection.execute(
            update(_attempt).where(_attempt.c.id.in_(wanted[start : start + 500])).values(state=state)
        )


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant of time with who gave it and why."""

    grant_id: str
    attempt_id: str
    block_no: int
    milliseconds: int
    reason: str
    actor_id: str
    approver: str


def add_grant(connection: Connection, now: Instant, grant: NewGrant) -> None:
    """Add a grant of time; grants are never changed."""
    connection.execute(
        insert(_grant).values(
            id=grant.grant_id,
            attempt_id=grant.attempt_id,
            block_no=grant.block_no,
            milliseconds=grant.milliseconds,
            reason=grant.reason,
            actor_id=grant.actor_id,
            approver=grant.approver,
            granted_at_ms=now.at_ms,
        )
    )
