"""Addresses of this machine, and sockets bound to them."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Sequence

from cat_server.domain.refusals import Refusal

ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound
DEMO_KIOSKS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
"""Loopback addresses that browsers keep apart, so that three tabs are three seats."""
_BACKLOG = 2048


def lan_addresses() -> tuple[str, ...]:
    """Return this machine's own IPv4 addresses other than loopback; the one it would speak from comes first.

    Nothing is sent: a UDP socket that is connected only picks a route.
    """
    found: list[str] = []
    for target in ("10.255.255.255", "192.168.255.255", "172.31.255.255"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
                found.append(str(probe.getsockname()[0]))
            except OSError:
                continue
    with contextlib.suppress(OSError):
        found += [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    known = dict.fromkeys(each for each in found if not ipaddress.ip_address(each).is_loopback)
    return tuple(each for each in known if each not in ANY)


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can reach `address`."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def bind(
    addresses: Sequence[str], port: int, *, is_shared: bool = False, tries: int = 20
) -> list[socket.socket]:
    """Return listening sockets on `port` of each address. Port 0 takes one free port for all of them.

    What is free on the first address may be taken on another: then another is tried, so many `tries` in all.

    With `is_shared` they only hold the port, and each of several processes listens on sockets of its own (`listen_beside`).

    Raises:
        Refusal: `PORT_BUSY`, `PORT_FORBIDDEN` or `ADDRESS_UNKNOWN`; no socket stays open then.
    """
    sockets: list[socket.socket] = []
    is_any_port = port == 0
    try:
        for address in addresses:
            listening = _listen(address, port)
            port = listening.getsockname()[1]
            if is_shared:
                listening.close()  # that the port was nobody's is known now; who shares a port is not told of others
                listening = _held(address, port)
            sockets.append(listening)
    except OSError as error:
        for each in sockets:
            each.close()
        if error.errno == errno.EADDRINUSE and is_any_port and tries > 1:
            return bind(addresses, 0, is_shared=is_shared, tries=tries - 1)
        params: dict[str, str | int] = {"address": address, "port": port}
        if error.errno == errno.EADDRINUSE:
            raise Refusal("PORT_BUSY", params) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise Refusal("PORT_FORBIDDEN", params) from None
        raise Refusal("ADDRESS_UNKNOWN", params) from None
    return sockets


def listen_beside(held: socket.socket) -> socket.socket:
    """Return a socket of this process's own on an address held with `is_shared`.

    The kernel spreads new connections evenly over all that listen, and leaves out a process as soon as it has died.
    """
    own = _held(*held.getsockname()[:2])
    own.listen(_BACKLOG)
    return own


def _held(address: str, port: int) -> socket.socket:
    held = _socket(address)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((address, port))
    except OSError:
        held.close()
        raise
    return held


def _socket(address: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)


def _listen(address: str, port: int) -> socket.socket:
    listening = _socket(address)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
