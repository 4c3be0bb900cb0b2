"""Which process of a server serves a connection: looked up in the kernel's tables, without asking the server."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterable
from pathlib import Path

import httpx

from tests.served_site import Served, wait_until


def kiosk_workers(served: Served) -> list[int]:
    """Return the process ids of all kiosk processes."""
    return [pid for name, pid in served.children().items() if name.startswith("kiosk")]


def local_port(client: httpx.Client) -> int:
    """Return the port that a client's one kept-alive connection comes from."""
    pool = client._transport._pool  # type: ignore[attr-defined]  # httpx has no other way
    (connection,) = pool.connections
    stream = connection._connection._network_stream
    return int(stream.get_extra_info("client_addr")[1])


def owner(port: int, client_port: int, pids: Iterable[int]) -> int:
    """Return which process holds the server's end of a connection; 0: none, or not accepted yet."""
    wanted = re.compile(rf"0100007F:{port:04X} 0100007F:{client_port:04X} 01 (?:\S+ ){{5}}\s*(\d+)")
    squeezed = re.sub(r" +", " ", Path("/proc/net/tcp").read_text())
    found = wanted.search(squeezed)
    if found is None:
        return 0
    return next((pid for pid in pids if f"socket:[{found[1]}]" in _held_by(pid)), 0)


def _held_by(pid: int) -> list[str]:
    """Return what a process's descriptors are; nothing of one that has ended since it was listed."""
    held = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                held.append(each.readlink().name)
    return held


def worker_of(served: Served, client: httpx.Client) -> int:
    """Return the process id of the kiosk process that serves a client.

    Looked up until it is found: the kernel's table is read in pieces, and may lose a line while others come and go.
    """
    port = local_port(client)
    return int(
        wait_until(
            lambda: owner(served.ports[0], port, kiosk_workers(served)), "a process holds the connection"
        )
    )


def kill_worker(pid: int) -> None:
    """SIGKILL a process and wait until its supervisor has seen its end: it holds no socket any more."""
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the process has ended")
