"""One thread, one connection: takes all that wait, commits once, then answers each (design 5).

Nobody is told "saved" before the commit has returned. After each commit the lock stays free a moment, so that an
officer's command from the other process gets its turn under saturation.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, NestedTransaction
from sqlalchemy.exc import DBAPIError

from cat_server.domain.events import Event
from cat_server.domain.ids import Actor
from cat_server.domain.instants import Clock, Instant
from cat_server.domain.log_entries import OperationFailed, RolledBack, WritePathFailed
from cat_server.domain.refusals import Refusal
from cat_server.records.database_errors import is_fatal, is_full, is_lost, is_passing_by, told_as
from cat_server.records.engine import begin_patiently, empty_log
from cat_server.records.journal import Journal, JournalFailedError, JournalUnavailableError, end_line
from cat_server.records.lane_gauge import LaneGauge
from cat_server.records.lane_queue import LaneEndedError, LaneQueue, Waiting, by_kind
from cat_server.records.lane_waiters import LoopWaiter, Tidings
from cat_server.records.ledger import Appended, LedgerMark, LedgerWriter
from cat_server.records.news import tell_news

MOST_IN_A_BATCH = 128
FREE_MOMENT_S = 0.004
FREE_EVERY_S = 0.05
_PASSING = JournalUnavailableError, JournalFailedError

_Told: TypeAlias = "tuple[Future[Any] | LoopWaiter[Any], Any]"

_log = logging.getLogger(__name__)

Value = TypeVar("Value")
RequestT_contra = TypeVar("RequestT_contra", contravariant=True)
ResultT_co = TypeVar("ResultT_co", covariant=True)
Request = TypeVar("Request")
Result = TypeVar("Result")


class NotDurableError(Exception):
    """The disk is full, the journal away, the database busy for too long or not there: try again.

    Nothing was written, unless a connection was lost while it committed: nobody knows then, and asking again finds out.
    """


@dataclass(slots=True)
class Tx:
    """A transaction in progress: its connection, the one instant it happens at, and the ledger."""

    connection: Connection
    now: Instant
    ledger: LedgerWriter

    def append(
        self, chain: str, event: Event, actor: Actor, approver: str = "", clock_ms: int | None = None
    ) -> Appended:
        """Append an event to a chain; it is written with this transaction or not at all."""
        return self.ledger.append(chain, event, actor, approver=approver, clock_ms=clock_ms)


class BatchKind(Protocol[RequestT_contra, ResultT_co]):
    """A kind of request whose reads and writes are batched: one outcome per request, refusals as values."""

    def __call__(self, tx: Tx, requests: Sequence[RequestT_contra]) -> Sequence[ResultT_co]:
        """Apply all requests; return an outcome for each, in order."""
        ...


class WriteLane:
    """Everything that a process writes goes through its one lane.

    `on_full` is called when the disk is full, each time a transaction was rolled back for it. With `empties_log` nothing
    is committed before all that was found in the log lies in the database: what a lane takes over may be on no disk yet.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        on_fatal: Callable[[BaseException], None] | None = None,
        *,
        journal: Journal | None = None,
        on_full: Callable[[], None] = lambda: None,
        empties_log: bool = False,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._journal = journal
        self._on_full = on_full
        self._must_empty_log = empties_log
        self._on_fatal = on_fatal or _stop_process
        self._queue = LaneQueue()
        self._tidings = Tidings()
        self._freed_at = 0.0
        self._thread = threading.Thread(target=self._work, name="write-lane", daemon=True)
        self.gauge = LaneGauge()
        self.trouble = ""
        if journal is not None:
            journal.watch(engine)

    def start(self) -> WriteLane:
        """Start the lane's thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish what waits, then stop."""
        self._queue.stop()
        if self._thread.is_alive():
            self._thread.join(10)
        if self._journal is not None:
            self._journal.close()
        self._engine.dispose()

    async def run(self, operation: Callable[[Tx], Value]) -> Value:
        """Run one operation; return its value after the commit.

        Raises:
            Refusal: the operation refused; nothing of it was written.
            NotDurableError: nothing was written; try again.
        """
        waiter: LoopWaiter[Value] = LoopWaiter(self._tidings)
        self._put(Waiting(waiter, operation=operation))
        return await waiter.future

    def run_now(self, operation: Callable[[Tx], Value]) -> Value:
        """Do as `run` does, from a thread that may wait (the command line)."""
        future: Future[Value] = Future()
        self._put(Waiting(future, operation=operation))
        return future.result()

    async def submit(self, kind: BatchKind[Request, Result], request: Request) -> Result:
        """Hand a request to its kind, together with all others of the kind that wait; return after the commit."""
        waiter: LoopWaiter[Result] = LoopWaiter(self._tidings)
        self._put(Waiting(waiter, kind=kind, request=request))
        return await waiter.future

    @property
    def journal_trouble(self) -> str:
        """What keeps the journal from being written; empty while it is, and where the site has none."""
        return self._journal.trouble if self._journal else ""

    @property
    def queue_length(self) -> int:
        """How many requests wait."""
        return len(self._queue)

    def _put(self, waiting: Waiting[Any]) -> None:
        try:
            self._queue.put(waiting)
        except LaneEndedError:
            raise NotDurableError("the server is stopping") from None

    def _work(self) -> None:
        connection = None
        while batch := self._queue.take(MOST_IN_A_BATCH):
            try:
                connection = connection or self._engine.connect()
                self._commit(connection, batch)
            except Exception as error:  # noqa: BLE001 - every failure is handed to who waits, or stops the process
                if connection is not None and len(batch) > 1 and _is_of_one(error):
                    self._commit_apart(connection, batch)
                else:
                    self._fail(batch, error)
            self._tidings.tell()
            self._leave_the_lock_free()
        if connection is not None:
            connection.close()

    def _commit(self, connection: Connection, batch: list[Waiting[Any]]) -> None:
        answers: list[_Told] = []
        refusals: list[_Told] = []
        if self._must_empty_log and not empty_log(connection):
            raise NotDurableError("what was found in the log is not yet in the database")
        self._must_empty_log = False
        transaction = begin_patiently(connection)
        began_s = time.perf_counter()
        try:
            if self._journal is not None:
                self._journal.forget()
            tx = Tx(connection, now := self._clock.now(), LedgerWriter(connection, now))
            for kind, members in by_kind(batch):
                outcomes = kind(tx, [each.request for each in members])
                answers += [(each.future, outcome) for each, outcome in zip(members, outcomes, strict=True)]
            for each in batch:
                if each.operation is not None:
                    self._apply(tx, each, answers, refusals)
            tx.ledger.flush()
            tell_news(connection, tx.ledger)
            self._keep_in_journal(tx)
            transaction.commit()
        except BaseException:
            transaction.rollback()
            self.gauge.rolled_back += 1
            raise
        self.gauge.committed(len(batch), time.perf_counter() - began_s)
        self.trouble = ""
        for future, value in answers:
            future.set_result(value)
        for future, error in refusals:
            future.set_exception(error)

    def _commit_apart(self, connection: Connection, batch: list[Waiting[Any]]) -> None:
        """Commit each by itself, so that a request that cannot be applied at all (a bug) is nobody else's trouble."""
        for place, each in enumerate(batch):
            try:
                self._commit(connection, [each])
            except Exception as error:  # noqa: BLE001 - handed to who waits
                if not _is_of_one(error):
                    self._fail(batch[place:], error)
                    return
                self._fail([each], error)

    def _keep_in_journal(self, tx: Tx) -> None:
        if self._journal is None:
            end_line(tx.connection)  # a journal that this transaction is not in does not go on
        else:
            self._journal.keep(tx.connection, tx.now.at_ms, tx.ledger.heads())

    def _apply(self, tx: Tx, each: Waiting[Any], answers: list[_Told], refusals: list[_Told]) -> None:
        assert each.operation is not None  # noqa: S101 - narrows the type
        tx.ledger.flush()  # an operation reads what those before it in the batch wrote, their events too
        mark = tx.ledger.mark()
        journal_mark = self._journal.mark() if self._journal else 0
        savepoint = tx.connection.begin_nested()
        try:
            value = each.operation(tx)
        except DBAPIError as error:
            if is_fatal(error) or is_full(error) or is_lost(error):
                raise
            self._undo(tx, savepoint, mark, journal_mark)
            refusals.append((each.future, told_as(error)))
        except Exception as error:  # noqa: BLE001 - a refusal or a bug of one operation must not spoil the others
            self._undo(tx, savepoint, mark, journal_mark)
            if not isinstance(error, Refusal):
                _log.exception(OperationFailed())
            refusals.append((each.future, error))
        else:
            savepoint.commit()
            answers.append((each.future, value))

    def _undo(self, tx: Tx, savepoint: NestedTransaction, mark: LedgerMark, journal_mark: int) -> None:
        savepoint.rollback()
        tx.ledger.back_to(mark)
        if self._journal is not None:
            self._journal.back_to(journal_mark)

    def _fail(self, batch: list[Waiting[Any]], error: Exception) -> None:
        stops = isinstance(error, JournalFailedError) or (isinstance(error, DBAPIError) and is_fatal(error))
        trouble = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        is_news, self.trouble = trouble != self.trouble, trouble
        if stops:
            batch = [*batch, *self._queue.fail()]
        is_passing = _is_passing(error)
        kept = NotDurableError(str(error)) if is_passing else error
        for each in batch:
            if not each.future.done():
                each.future.set_exception(kept)
        if stops:
            _log.critical(WritePathFailed(trouble), exc_info=error)
            self._tidings.tell()
            self._on_fatal(error)
        else:
            if is_news or not is_passing:
                _log.error(
                    RolledBack(len(batch), trouble if is_passing else type(error).__name__), exc_info=error
                )
            if isinstance(error, DBAPIError) and is_full(error):
                self._on_full()
            time.sleep(FREE_MOMENT_S)

    def _leave_the_lock_free(self) -> None:
        now = time.monotonic()
        if now - self._freed_at >= FREE_EVERY_S:
            time.sleep(FREE_MOMENT_S)
            self._freed_at = now + FREE_MOMENT_S


def _is_passing(error: Exception) -> bool:
    return isinstance(error, (*_PASSING, NotDurableError)) or is_passing_by(error)


def _is_of_one(error: Exception) -> bool:
    """Tell whether an error may come of one request alone, and not of the database or its disk."""
    return not _is_passing(error) and not (
        isinstance(error, DBAPIError) and (is_fatal(error) or is_full(error))
    )


def _stop_process(_error: BaseException) -> None:
    os._exit(70)
