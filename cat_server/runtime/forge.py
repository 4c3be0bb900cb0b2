"""A process that has loaded what the server's other processes need, and becomes one of them by a fork when it is asked.

It is forked off before the supervisor opens the site's secrets or starts a thread, so that no child can inherit a key,
and it opens nothing itself. Loading is paid once, and the pages that hold the program are shared. When all serve it ends;
a child that dies later makes the supervisor begin another.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

FORGE_NAME = "cat-forge"
_MOST_BYTES, _MOST_FDS = 64 * 1024, 200
_STDIN, _STDERR = 0, 2
_PR_SET_CHILD_SUBREAPER = 36
_ended: dict[int, int] = {}
"""In the forge: codes of children that have ended, until the supervisor asks."""


class ForgedProcess:
    """A child as the supervisor sees it, with the part of `subprocess.Popen` that a supervisor needs."""

    def __init__(self, pid: int, pidfd: int, stdin: IO[bytes], ask_code: Callable[[int], int]) -> None:
        self.pid = pid
        self.stdin: IO[bytes] | None = stdin
        self._pidfd = pidfd
        self._ask_code = ask_code
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return nothing while it runs; afterwards its code, or the number of the signal that ended it, negative."""
        return self._code if self._ends_within(0) else None

    def terminate(self) -> None:
        """Ask it to stop."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        if not self._ends_within(timeout):
            raise subprocess.TimeoutExpired([FORGE_NAME], timeout or 0)
        return self._code or 0

    def _ends_within(self, seconds: float | None) -> bool:
        if self._code is None:
            waiting = select.poll()
            waiting.register(self._pidfd, select.POLLIN)
            if waiting.poll(None if seconds is None else seconds * 1000):
                os.close(self._pidfd)
                self._code = self._ask_code(self.pid)
        return self._code is not None

    def _signal(self, number: signal.Signals) -> None:
        if self._code is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)


class Forge:
    """The supervisor's side. `command` starts another forge where this one has died; it gets the socket's number."""

    def __init__(self, connection: socket.socket, command: Sequence[str], wait: Callable[[], object]) -> None:
        self._connection = connection
        self._command = command
        self._wait: Callable[[], object] | None = wait
        self._codes: dict[int, int] = {}

    @classmethod
    def begin(cls, load: Callable[[], None], command: Sequence[str]) -> Forge:
        """Fork; `load` imports, in the forge, what children need. Call it before there are threads, secrets or locks."""
        gc.freeze()
        ours, theirs = _pair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            try:
                load()
                work(theirs)
            except BaseException:  # noqa: BLE001 - told, and the process ends here whatever it was
                traceback.print_exc()
            finally:
                os._exit(1)
        theirs.close()
        gc.enable()
        _adopt_orphans()
        return cls(ours, command, lambda: os.waitpid(pid, 0))

    def start(self, name: str, command: Sequence[str], fds: Sequence[int]) -> ForgedProcess:
        """Start a child called `name`: `command` is a module with a `main`, and its arguments.

        `fds` are inherited under their own numbers; standard input ends with this process, as a lifeline. A child collects
        no garbage until it has built what stays, and says so.
        """
        if self._wait is not None:
            with suppress(ConnectionError):
                return self._ask(name, command, fds)
        self._begin_again()
        return self._ask(name, command, fds)

    def rest(self) -> None:
        """Let the forge end until it is asked again; its children stay, and become this process's own.

        What its children have changed of its pages lies once more in the forge, where nobody reads it.
        """
        if self._wait is not None:
            with suppress(OSError, ValueError):
                self._connection.send(json.dumps({"rest": True}).encode())
                ended = json.loads(self._connection.recv(_MOST_BYTES))["ended"]
                self._codes |= {int(pid): int(code) for pid, code in ended.items()}
            self._connection.close()
            with suppress(ChildProcessError):
                self._wait()
        self._wait = None

    def close(self) -> None:
        """Let the forge end for good; its children stay."""
        self._connection.close()

    def _ask(self, name: str, command: Sequence[str], fds: Sequence[int]) -> ForgedProcess:
        numbers = [_STDIN, *fds]
        asked = json.dumps({"name": name, "command": list(command), "fds": numbers}).encode()
        reading, writing = os.pipe()
        with ExitStack() as on_failure:
            # A child that was forked all the same, and that nobody knows of, loses its lifeline and stops.
            stdin = on_failure.enter_context(os.fdopen(writing, "wb", buffering=0))
            try:
                socket.send_fds(self._connection, [asked], [reading, *fds])
                answer, received, _, _ = socket.recv_fds(self._connection, _MOST_BYTES, 1)
            finally:
                os.close(reading)
            pid, pidfd = _child_of(answer, received)
            on_failure.pop_all()
        return ForgedProcess(pid, pidfd, stdin, self._code_of)

    def _code_of(self, pid: int) -> int:
        """Return with which code a child has ended; 1 where the forge that knew has died."""
        if pid in self._codes:
            return self._codes.pop(pid)
        with suppress(ChildProcessError):
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(OSError, ValueError):
            self._connection.send(json.dumps({"ended": pid}).encode())
            return int(json.loads(self._connection.recv(_MOST_BYTES))["code"])
        return 1

    def _begin_again(self) -> None:
        self.rest()
        self._connection, theirs = _pair()
        with theirs:
            number = theirs.fileno()
            begun = subprocess.Popen(  # noqa: S603 - our own program
                [*self._command, str(number)], pass_fds=[number], stdin=subprocess.DEVNULL
            )
            self._wait = begun.wait


def work(connection: socket.socket) -> None:
    """Be the forge until the supervisor is gone. It returns in the forge alone; a child never returns."""
    os.setsid()
    name_process(FORGE_NAME)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, _STDIN)
    _close_all_but({_STDIN, 1, _STDERR, connection.fileno()})
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, _bury)
    gc.disable()
    gc.freeze()
    while True:
        content, fds, _, _ = socket.recv_fds(connection, _MOST_BYTES, _MOST_FDS)
        if not content:
            return
        asked = json.loads(content)
        if "rest" in asked:
            # Whoever ends from now on is left to the supervisor, which learns the code itself.
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            connection.send(json.dumps({"ended": _ended}).encode())
            return
        if "ended" in asked:
            _bury(0, None)
            connection.send(json.dumps({"code": _ended.pop(asked["ended"], 1)}).encode())
            continue
        # Held back until the child has been named by a descriptor: nobody else can have its number before.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        try:
            pid = os.fork()
            if pid == 0:
                connection.detach()
                _become(asked["name"], asked["command"], asked["fds"], fds)
            pidfd = os.pidfd_open(pid)
            with suppress(ConnectionError):
                socket.send_fds(connection, [json.dumps({"pid": pid}).encode()], [pidfd])
            os.close(pidfd)
        except OSError as error:
            connection.send(json.dumps({"error": error.errno}).encode())
        finally:
            for each in fds:
                os.close(each)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _adopt_orphans() -> None:
    """Become the parent of a forge's children when it ends, so that how they end is still told to this process."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def name_process(name: str) -> None:
    """Give this process a name that `ps` and `top` show: at most 15 characters."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name, encoding="ascii")


def _become(name: str, command: Sequence[str], numbers: Sequence[int], received: Sequence[int]) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        os.setsid()
        name_process(name)
        above = max(*numbers, *received) + 1
        for number, given in zip(
            numbers, [fcntl.fcntl(each, fcntl.F_DUPFD, above) for each in received], strict=True
        ):
            os.dup2(given, number)
        _close_all_but({1, _STDERR, *numbers})
        sys.argv = list(command)
        import_module(command[0]).main()
        code = 0
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    except BaseException:  # noqa: BLE001 - told, and the process ends here whatever it was
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _child_of(answer: bytes, received: Sequence[int]) -> tuple[int, int]:
    if not answer:
        raise ConnectionError("the forge has died")
    told = json.loads(answer)
    if "error" in told:
        raise OSError(told["error"], os.strerror(told["error"]))
    return int(told["pid"]), received[0]


def _bury(_number: int, _frame: object) -> None:
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            _ended[found[0]] = os.waitstatus_to_exitcode(found[1])


def _close_all_but(kept: set[int]) -> None:
    for each in [int(found.name) for found in Path("/proc/self/fd").iterdir()]:
        if each not in kept:
            with suppress(OSError):
                os.close(each)


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
