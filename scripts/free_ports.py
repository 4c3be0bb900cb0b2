"""Ports for servers that are started later by another process, as tests, benches and screenshots need them."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000
_held: list[socket.socket] = []


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on and that stay free until the caller's server binds them.

    The kernel takes the ports of outgoing connections from a range of its own, so these lie outside it; and no other
    process that asks here is given them while this one lives.
    """
    low, high = (int(each) for each in _OUTGOING.read_text(encoding="ascii").split())
    candidates = [port for port in range(_LOWEST, 65_536) if not low <= port <= high]
    random.shuffle(candidates)
    found: list[int] = []
    while len(found) < count:
        port = candidates.pop()
        if _take(port):
            found.append(port)
    return found


def _take(port: int) -> bool:
    """Hold a port's name among the processes of this machine, where nobody listens on the port itself."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0cat-server-port-{port}")
        with socket.socket() as probe:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - every address of this machine is asked for
    except OSError:
        name.close()
        return False
    _held.append(name)
    return True
