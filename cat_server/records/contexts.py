"""Loads attempts with their sitting, blocks and grants: one query per table, whatever the number of attempts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, bindparam, select, true

from cat_server.domain.attempt import AttemptState
from cat_server.domain.exam_clock import ExamClock
from cat_server.domain.exam_session import SittingState
from cat_server.domain.live import AttemptContext
from cat_server.domain.timing import AttemptBlock, TimeGrant
from cat_server.records.many_keys import ManyKeys
from cat_server.records.tables import (
    AttemptBlockRow,
    AttemptRow,
    ParticipantRow,
    SittingRow,
    TimeGrantRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_block = table_of(AttemptBlockRow)
_grant = table_of(TimeGrantRow)
_participant = table_of(ParticipantRow)
_sitting = table_of(SittingRow)

_SELECT = (
    select(
        _attempt.c.id,
        _attempt.c.exam_session_id,
        _attempt.c.participant_id,
        _attempt.c.room_id,
        _attempt.c.seat_id,
        _attempt.c.kiosk_id,
        _attempt.c.form_no,
        _attempt.c.profile_hash,
        _attempt.c.state,
        _attempt.c.epoch,
        _attempt.c.finish_seq,
        _attempt.c.has_confirmed_identity,
        _attempt.c.has_accepted_pledge,
        _attempt.c.ordinal,
        _attempt.c.paused_clock_ms,
        _participant.c.accommodation,
        _participant.c.category,
        _sitting.c.state.label("sitting_state"),
        _sitting.c.control_no,
        _sitting.c.clock_ms,
        _sitting.c.boot_id,
        _sitting.c.boot_ns,
        _sitting.c.ticked_at_ms,
    )
    .join(_participant, _participant.c.id == _attempt.c.participant_id)
    .outerjoin(
        _sitting,
        and_(
            _sitting.c.exam_session_id == _attempt.c.exam_session_id, _sitting.c.room_id == _attempt.c.room_id
        ),
    )
)

_BLOCKS = select(
    _block.c.attempt_id,
    _block.c.block_no,
    _block.c.started_clock_ms,
    _block.c.allowed_ms,
    _block.c.ended_clock_ms,
).order_by(_block.c.block_no)
_GRANTS = select(_grant.c.attempt_id, _grant.c.id, _grant.c.block_no, _grant.c.milliseconds)
_MOST_AT_ONCE = 500
_STATES = {each.value: each for each in AttemptState}
_SITTING_STATES = {each.value: each for each in SittingState}
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_BY_ID = ManyKeys(_SELECT.where(_attempt.c.id.in_(_IDS)), "ids")
_BLOCKS_BY_ID = ManyKeys(_BLOCKS.where(_block.c.attempt_id.in_(_IDS)), "ids")
_GRANTS_BY_ID = ManyKeys(_GRANTS.where(_grant.c.attempt_id.in_(_IDS)), "ids")


def contexts_of(connection: Connection, attempt_ids: Iterable[str]) -> dict[str, AttemptContext]:
    """Return the contexts of these attempts by id; unknown ids are missing."""
    wanted = list(attempt_ids)
    found: dict[str, AttemptContext] = {}
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        ids = wanted[start : start + _MOST_AT_ONCE]
        if rows := _BY_ID.rows(connection, ids):
            blocks = _BLOCKS_BY_ID.rows(connection, ids)
            found |= _contexts(rows, blocks, _GRANTS_BY_ID.rows(connection, ids))
    return found


def context_of(connection: Connection, attempt_id: str) -> AttemptContext | None:
    """Return one attempt's context, or nothing."""
    return contexts_of(connection, [attempt_id]).get(attempt_id)


def contexts_in(connection: Connection, exam_session_id: str, room_id: str = "") -> dict[str, AttemptContext]:
    """Return the contexts of an exam session, or of one of its rooms."""
    in_room = _attempt.c.room_id == room_id if room_id else true()
    return _load(connection, and_(_attempt.c.exam_session_id == exam_session_id, in_room))


def contexts_due(
    connection: Connection, exam_session_id: str, room_id: str, clock_ms: int
) -> list[AttemptContext]:
    """Return running attempts whose open block ends by `clock_ms`, before any grant is counted."""
    due = (
        select(_block.c.attempt_id)
        .join(_attempt, _attempt.c.id == _block.c.attempt_id)
        .where(
            _attempt.c.exam_session_id == exam_session_id,
            _attempt.c.room_id == room_id,
            _attempt.c.state == AttemptState.RUNNING.value,
            _block.c.ended_clock_ms.is_(None),
            _block.c.started_clock_ms + _block.c.allowed_ms <= clock_ms,
        )
    )
    ids = [row.attempt_id for row in connection.execute(due)]
    return list(contexts_of(connection, ids).values())


def _load(connection: Connection, condition: ColumnElement[bool]) -> dict[str, AttemptContext]:
    rows = _plain(connection, _SELECT.where(condition))
    if not rows:
        return {}
    of_chosen = select(_attempt.c.id).where(condition)
    return _contexts(
        rows,
        _plain(connection, _BLOCKS.where(_block.c.attempt_id.in_(of_chosen))),
        _plain(connection, _GRANTS.where(_grant.c.attempt_id.in_(of_chosen))),
    )


def _plain(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(query)]


def _contexts(
    rows: Iterable[tuple[Any, ...]],
    block_rows: Iterable[tuple[Any, ...]],
    grant_rows: Iterable[tuple[Any, ...]],
) -> dict[str, AttemptContext]:
    blocks: dict[str, list[AttemptBlock]] = defaultdict(list)
    grants: dict[str, list[TimeGrant]] = defaultdict(list)
    for attempt_id, block_no, started_clock_ms, allowed_ms, ended_clock_ms in block_rows:
        blocks[attempt_id].append(AttemptBlock(block_no, started_clock_ms, allowed_ms, ended_clock_ms))
    for attempt_id, grant_id, block_no, milliseconds in grant_rows:
        grants[attempt_id].append(TimeGrant(grant_id, block_no, milliseconds))
    clocks: dict[tuple[Any, ...], ExamClock] = {}
    found: dict[str, AttemptContext] = {}
    # Taken apart by place, one clock for a whole room: every save passes here, and names cost as much as the query.
    for (
        attempt_id,
        exam_session_id,
        participant_id,
        room_id,
        seat_id,
        kiosk_id,
        form_no,
        profile_hash,
        state,
        epoch,
        finish_seq,
        has_confirmed_identity,
        has_accepted_pledge,
        ordinal,
        paused_clock_ms,
        accommodation,
        category,
        sitting_state,
        control_no,
        *clock_values,
    ) in rows:
        clock = clocks.get(key := (sitting_state, *clock_values))
        if clock is None:
            clock = clocks[key] = _clock(sitting_state, *clock_values)
        found[attempt_id] = AttemptContext(
            attempt_id=attempt_id,
            exam_session_id=exam_session_id,
            participant_id=participant_id,
            room_id=room_id or "",
            seat_id=seat_id or "",
            kiosk_id=kiosk_id or "",
            form_no=form_no,
            profile_hash=profile_hash,
            accommodation=accommodation,
            category=category,
            state=_STATES[state],
            epoch=epoch,
            finish_seq=finish_seq,
            has_confirmed_identity=bool(has_confirmed_identity),
            has_accepted_pledge=bool(has_accepted_pledge),
            sitting_state=_SITTING_STATES[sitting_state or "PREPARED"],
            control_no=control_no or 0,
            clock=clock,
            blocks=tuple(blocks.get(attempt_id, ())),
            grants=tuple(grants.get(attempt_id, ())),
            ordinal=ordinal,
            paused_clock_ms=paused_clock_ms,
        )
    return found


def _clock(
    state: str | None,
    clock_ms: int | None,
    boot_id: str | None,
    boot_ns: int | None,
    ticked_at_ms: int | None,
) -> ExamClock:
    is_running = state == SittingState.RUNNING.value
    return ExamClock(clock_ms or 0, boot_id or "", (boot_ns or 0) // 1_000_000, ticked_at_ms or 0, is_running)
