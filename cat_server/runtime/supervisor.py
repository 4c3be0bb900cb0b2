"""The parent of the two web processes: hands out secrets by role, starts them again when they die, stops them cleanly."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import IO, Any, Protocol

from cat_server.domain.log_entries import ProcessDied, ProcessHung, ProcessNotStarted
from cat_server.domain.refusals import Refusal
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.keyring import Keyring
from cat_server.runtime.limits import Limit, Limits
from cat_server.runtime.supervisor_frames import receive_frame, send_frame
from cat_server.runtime.told_numbers import ToldNumbers

STOP_S = 1.5
"""Children get this long to stop before they are killed."""
FIRST_START_TRIES = 3
HUNG_S = 20.0
"""Children tell of themselves every second, whatever they do."""
_TURN_S = 0.05
_BACK_OFF_S = (0.1, 0.5, 1.0, 2.0, 5.0)
_STEADY_S = 30.0

_log = logging.getLogger(__name__)


class Role(StrEnum):
    """What a child process is for, and so what it may know."""

    KIOSK = "kiosk"
    MONITORING = "monitoring"


def answer(
    role: Role, request: dict[str, Any], keyring: Keyring, banks: BankFiles, told: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what `role` gets for a request: a kiosk process never gets a key, a weight or a difficulty.

    `told` is what the children last told of themselves, by role; only monitoring gets that.

    Raises:
        Refusal: `NOT_ALLOWED`, or `BANK_UNREADABLE`.
    """
    is_monitoring = role is Role.MONITORING
    match request.get("want"):
        case "ready" | "tell":
            return {}
        case "told" if is_monitoring:
            return {"told": dict(told)}
        case "secrets":
            return {
                "pin_key": keyring.secrets.pin_key,
                "private_salt_key": keyring.secrets.private_salt_key,
                "journal_key": keyring.secrets.journal_key,
                "rescue_key": keyring.secrets.rescue_key,
            }
        case "bank":
            return {"bank": banks.content(str(request.get("bank_id")), "bank")}
        case "keys" if is_monitoring:
            return {"keys": banks.content(str(request.get("bank_id")), "keys")}
        case "signing_key" if is_monitoring:
            return {"signing_key": keyring.signing_key.private_bytes_raw()}
    raise Refusal("NOT_ALLOWED")


class SiteLock:
    """Held while a server runs, so that a second one on the same site is refused."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise Refusal("SITE_IS_SERVED", {"folder": str(path.parent)}) from None

    def fileno(self) -> int:
        """Return the descriptor that holds it, for a process that works on the site in this one's name."""
        return self._descriptor

    def release(self) -> None:
        """Let the next server have the site."""
        os.close(self._descriptor)


class Process(Protocol):
    """What the supervisor needs of a child, as `subprocess.Popen` has it."""

    stdin: IO[bytes] | None

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Return nothing while it runs."""

    def terminate(self) -> None:
        """Ask it to stop."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, or raise `subprocess.TimeoutExpired`."""


Begin = Callable[[str, Sequence[str], Sequence[int]], Process]
"""Begins a child: its name, its command, the descriptors that it inherits; standard input is its lifeline."""


def begin_process(_name: str, command: Sequence[str], fds: Sequence[int]) -> Process:
    """Begin a child as a program of its own."""
    return subprocess.Popen(  # noqa: S603 - our own program
        command, pass_fds=fds, stdin=subprocess.PIPE, start_new_session=True
    )


@dataclass(slots=True)
class Child:
    """One web process: its role, the command that starts it (the control socket's number is appended) and its sockets.

    `worker` numbers processes of one role from 1 on; 0: there is one. `silent_s` is how long it has told nothing of itself,
    None before the first time.
    """

    role: Role
    command: Sequence[str]
    sockets: Sequence[socket.socket]
    worker: int = 0
    process: Process | None = None
    started_s: float = 0.0
    restarts: int = 0
    not_before_s: float = 0.0
    silent_s: float | None = None
    is_ready: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """What people and the log call it."""
        return f"{self.role.value}-{self.worker}" if self.worker else self.role.value


class Supervisor:
    """Runs the children until SIGINT or SIGTERM."""

    def __init__(
        self,
        children: Sequence[Child],
        keyring: Keyring,
        banks: BankFiles,
        notice: Callable[[str, str], None],
        begin: Begin = begin_process,
    ) -> None:
        self._children = children
        self._begin = begin
        self._keyring = keyring
        self._banks = banks
        self._notice = notice
        self._told = ToldNumbers()
        self._limits = Limits(SystemClock())
        self._stop = threading.Event()
        self._is_settled = False

    def run(self, on_ready: Callable[[], None], on_settled: Callable[[], None] = lambda: None) -> bool:
        """Start the children and stay until told to stop; return whether all of it went well.

        `on_ready` is called once, when all serve, `on_settled` then and whenever all serve again after one has died, which
        `notice` hears of: `died` and its name.
        """
        previous = {each: signal.signal(each, self._on_signal) for each in (signal.SIGINT, signal.SIGTERM)}
        is_ready = False
        try:
            for child in self._children:
                self._start(child)
            while not self._stop.is_set():
                if not self._is_settled and all(child.is_ready.is_set() for child in self._children):
                    self._is_settled = True
                    if not is_ready:
                        is_ready = True
                        on_ready()
                    on_settled()
                if not self._restart_dead(has_served=is_ready):
                    return False
                self._kill_hung()
                self._stop.wait(_TURN_S)
            return True
        finally:
            self._stop_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def tell(self, role: str, numbers: Mapping[str, Any]) -> None:
        """Have something told to monitoring that no child tells: `numbers` under a role of its own."""
        self._told.tell(role, role, numbers)

    def stop(self) -> None:
        """Let `run` return."""
        self._stop.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, child: Child) -> None:
        ours, theirs = socket.socketpair()
        fds = [theirs.fileno(), *(each.fileno() for each in child.sockets)]
        command = [*child.command, "--control-fd", str(theirs.fileno())]
        child.is_ready.clear()
        child.silent_s = None
        self._is_settled = False
        try:
            # stdin is the child's lifeline: it ends when this process ends, however it ends.
            child.process = self._begin(f"cat-{child.name}", command, fds)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        child.started_s = time.monotonic()
        threading.Thread(target=self._serve, args=(child, ours), daemon=True).start()

    def _serve(self, child: Child, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError):
            while (request := receive_frame(connection)) is not None:
                try:
                    if request.get("want") == "tell":
                        self._told.tell(child.role.value, child.name, request["numbers"])
                        child.silent_s = 0.0
                    reply = self._answer(child.role, request)
                except Refusal as refusal:
                    reply = {"refusal": refusal.code, "params": refusal.params}
                send_frame(connection, reply)
                if request.get("want") == "ready":
                    child.is_ready.set()

    def _answer(self, role: Role, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("want") == "limit" and role is Role.KIOSK:
            return {"is_news": self._limits.decide(Limit(request["limit"]), str(request["key"]))}
        return answer(role, request, self._keyring, self._banks, self._told.by_role())

    def _restart_dead(self, *, has_served: bool) -> bool:
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and (status := child.process.poll()) is not None:
                _close_lifeline(child.process)
                child.process = None
                self._told.ended(child.role.value, child.name)
                child.restarts = 0 if now - child.started_s > _STEADY_S else child.restarts + 1
                if not has_served and child.restarts >= FIRST_START_TRIES:
                    return False
                child.not_before_s = now + _BACK_OFF_S[min(child.restarts, len(_BACK_OFF_S) - 1)]
                _log.error(ProcessDied(child.name, status, child.restarts))
                self._notice("died", child.name)
            if child.process is None and now >= child.not_before_s:
                self._start_again(child, now)
        return True

    def _kill_hung(self) -> None:
        """Kill a child that lives and does nothing any more; a machine that stood still counts for no more than a turn."""
        for child in self._children:
            if child.silent_s is None or child.process is None:
                continue
            child.silent_s += _TURN_S
            if child.silent_s > HUNG_S:
                child.silent_s = None
                _log.critical(ProcessHung(child.name, round(HUNG_S)))
                child.process.kill()

    def _start_again(self, child: Child, now: float) -> None:
        """Start a child that has died; where the machine cannot, later: the others go on."""
        try:
            self._start(child)
        except OSError as error:
            child.restarts += 1
            child.not_before_s = now + _BACK_OFF_S[-1]
            _log.error(ProcessNotStarted(child.name, error.strerror or str(error)))

    def _stop_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(max(until - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _close_lifeline(process)


def _close_lifeline(process: Process) -> None:
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
