"""Everything that a server may write into its log: a closed vocabulary. No text of people, no secret, nobody's name.

A class is one code with its typed parameters: numbers, internal ids, addresses of machines, words of the system. A sentence for
each, `log_<CODE>`, is in the catalogue of the command line. `chain` and `number` name an event of the ledger.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar


class LogEntry:
    """One line of the log, whose level is chosen where it is written."""

    code: ClassVar[str]

    def params(self) -> dict[str, int | str]:
        """Return the parameters by name."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # every entry is a dataclass

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.params().items())])


@dataclass(frozen=True)
class ServerStarted(LogEntry):
    """`cat-server serve` has begun to start its processes."""

    code = "SERVER_STARTED"
    software: str
    kiosk_workers: int


@dataclass(frozen=True)
class ServerStopped(LogEntry):
    """The server was told to stop and has stopped."""

    code = "SERVER_STOPPED"


@dataclass(frozen=True)
class ProcessStarted(LogEntry):
    """A web process serves."""

    code = "PROCESS_STARTED"


@dataclass(frozen=True)
class ProcessDied(LogEntry):
    """A web process ended by itself (`status`: its exit code, a signal below zero) and is started again."""

    code = "PROCESS_DIED"
    process: str
    status: int
    restarts: int


@dataclass(frozen=True)
class ProcessHung(LogEntry):
    """A web process lived but told nothing of itself for so many seconds; it was killed, and is started again."""

    code = "PROCESS_HUNG"
    process: str
    seconds: int


@dataclass(frozen=True)
class ProcessNotStarted(LogEntry):
    """A web process that had ended could not be started again yet, for a reason of the system; the next try follows."""

    code = "PROCESS_NOT_STARTED"
    process: str
    reason: str


@dataclass(frozen=True)
class TimekeeperChanged(LogEntry):
    """This process keeps the exam clocks from now on."""

    code = "TIMEKEEPER_CHANGED"


@dataclass(frozen=True)
class ClockStoodStill(LogEntry):
    """An exam clock went on from its last tick; `down_ms` is nobody's time."""

    code = "CLOCK_STOOD_STILL"
    chain: str
    number: int
    down_ms: int


@dataclass(frozen=True)
class TickFailed(LogEntry):
    """Exam clocks could not be advanced; they stand still until the next tick."""

    code = "TICK_FAILED"


@dataclass(frozen=True)
class CommitSlow(LogEntry):
    """A transaction took longer than the site's `logs.slow_commit_ms`."""

    code = "COMMIT_SLOW"
    took_ms: int
    requests: int


@dataclass(frozen=True)
class RolledBack(LogEntry):
    """A transaction was rolled back; who waited on it was told so. `trouble` is the system's own word."""

    code = "ROLLED_BACK"
    requests: int
    trouble: str


@dataclass(frozen=True)
class OperationFailed(LogEntry):
    """One operation of a transaction failed on a bug; the others were not touched."""

    code = "OPERATION_FAILED"


@dataclass(frozen=True)
class WritePathFailed(LogEntry):
    """Writing or syncing failed: this process stops into recovery, and acknowledges nothing before."""

    code = "WRITE_PATH_FAILED"
    trouble: str


@dataclass(frozen=True)
class DiskFull(LogEntry):
    """The disk is full: the space held back was let go."""

    code = "DISK_FULL"
    reserve_mib: int


@dataclass(frozen=True)
class JournalEnded(LogEntry):
    """The second copy cannot be written; saving goes on without it, as the site allows."""

    code = "JOURNAL_ENDED"
    trouble: str


@dataclass(frozen=True)
class BackupMade(LogEntry):
    """A backup was made, the first after the start or after failures."""

    code = "BACKUP_MADE"


@dataclass(frozen=True)
class BackupFailed(LogEntry):
    """A backup failed, the first in a row."""

    code = "BACKUP_FAILED"


@dataclass(frozen=True)
class PagesDamaged(LogEntry):
    """Pages of the database that were read only after the doors had opened are damaged."""

    code = "PAGES_DAMAGED"
    problems: int


@dataclass(frozen=True)
class LedgerUnread(LogEntry):
    """New events could not be read; the next try follows at once."""

    code = "LEDGER_UNREAD"


@dataclass(frozen=True)
class NewsUnheard(LogEntry):
    """PostgreSQL no longer tells what is new in the ledger; it is read again and again until it does."""

    code = "NEWS_UNHEARD"


@dataclass(frozen=True)
class KiosksUntold(LogEntry):
    """A change could not be sent to the kiosks; their heartbeats bring it a little later."""

    code = "KIOSKS_UNTOLD"


@dataclass(frozen=True)
class PaperNotReady(LogEntry):
    """A paper could not be made ahead of its start; it is made when it is asked for."""

    code = "PAPER_NOT_READY"


@dataclass(frozen=True)
class BoardTickFailed(LogEntry):
    """The live board missed a round; the next makes up for it."""

    code = "BOARD_TICK_FAILED"


@dataclass(frozen=True)
class KioskFenced(LogEntry):
    """A PC was told that its participant works at another one."""

    code = "KIOSK_FENCED"
    attempt_id: str
    kiosk_id: str


@dataclass(frozen=True)
class ConnectionsRefused(LogEntry):
    """An address held more connections than it may."""

    code = "CONNECTIONS_REFUSED"
    address: str
    bound: int


@dataclass(frozen=True)
class ConnectionsCut(LogEntry):
    """Clients that sent or read too slowly were cut."""

    code = "CONNECTIONS_CUT"
    count: int


@dataclass(frozen=True)
class RequestMalformed(LogEntry):
    """Something that is no HTTP came on a port."""

    code = "REQUEST_MALFORMED"


@dataclass(frozen=True)
class Unexpected(LogEntry):
    """What nobody foresaw: an error that nothing caught, or a library's own words, cut to their first line."""

    code = "UNEXPECTED"
    source: str
    says: str
