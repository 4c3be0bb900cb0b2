"""Starts and stops what is measured: `cat-server serve` on a copy of a site, or a rival on a socket of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.bench_server.filled_site import FilledSite, kept_site
from scripts.bench_server.measures import Cost, cost_of, pin, wait_until_settled
from scripts.bench_server.rivals import fill_usual
from scripts.bench_server.site_database import change, move_to_server, process_ids, read
from scripts.bench_server.wire import Server
from scripts.free_ports import free_ports

_PORTS = ("kiosk_port", "monitoring_port", "scoreboard_port")
_STARTING_S = 600.0
SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(frozen=True, slots=True)
class Running:
    """A server at work. `ready_s` is from its start to its first answered request."""

    process: subprocess.Popen[bytes]
    server: Server
    monitoring: Server
    site: FilledSite
    ready_s: float
    is_ours: bool = True

    def cost(self) -> Cost:
        """Return CPU time and memory of all its processes so far, its database's too."""
        return cost_of(self.process.pid, process_ids() if self.is_ours else ())

    def pin(self) -> None:
        """Keep it on the server's core, so that the load's core is the load's alone."""
        for each in (self.process.pid, *(process_ids() if self.is_ours else ())):
            pin(each, SERVER_CORE)


@contextlib.contextmanager
def cat_server(template: FilledSite, folder: Path, *, tls: bool) -> Iterator[Running]:
    """Serve a copy of a site with the real command; the copy stays for looking at it afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template.folder, folder)
    site = kept_site(folder)
    ports = free_ports(len(_PORTS))
    settings = (folder / "site.toml").read_text(encoding="utf-8")
    for name, port in zip(_PORTS, ports, strict=True):
        settings = re.sub(rf"^{name} = \d+", f"{name} = {port}", settings, flags=re.MULTILINE)
    transport = "tls" if tls else "http"
    settings = re.sub(r"^transport = .*", f'transport = "{transport}"', settings, flags=re.MULTILINE)
    (folder / "site.toml").write_text(settings, encoding="utf-8")
    move_to_server(folder)
    ca_file = str(folder / "keys" / "tls-ca.pem") if tls else ""
    began = time.monotonic()
    with (folder / "serve.out").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "cat_server.cli.main", "serve", "--site", str(folder)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(folder.parent),
        )
    try:
        server, monitoring = Server(ports[0], ca_file), Server(ports[1], ca_file)
        for each in (server, monitoring):
            _wait_until_up(process, each, folder / "serve.out")
        ready_s = time.monotonic() - began
        wait_until_settled(process.pid)
        yield Running(process, server, monitoring, site, ready_s)
    finally:
        _stop(process)


@contextlib.contextmanager
def rival(name: str, template: FilledSite, folder: Path, *, tls: bool) -> Iterator[Running]:
    """Serve a rival, `usual` with a database of its own."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "scripts.bench_server.rivals", name]
    if name == "usual":
        database = folder / "usual.db"
        for each in folder.glob("usual.db*"):
            each.unlink()
        fill_usual(database, template.kiosks)
        command += ["--database", str(database)]
    keys = template.folder / "keys"
    if tls:
        command += ["--tls", str(keys)]
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        server = Server(listening.getsockname()[1], str(keys / "tls-ca.pem") if tls else "")
        process = subprocess.Popen(
            [*command, "--fd", str(listening.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            env=_environment(folder.parent),
        )
    try:
        _wait_until_up(process, server, None)
        yield Running(process, server, server, template, time.monotonic() - began, is_ours=False)
    finally:
        _stop(process)


def lost_answers(site: FilledSite, acknowledged: dict[str, int]) -> int:
    """Return how many acknowledged answers the database of a stopped server does not hold."""
    query = (
        "SELECT attempt_id, seq FROM receipt JOIN ledger ON ledger.chain = :chain AND ledger.number = receipt.number"
        " AND ledger.hash = receipt.hash WHERE outcome = 'saved'"
    )
    held: Counter[str] = Counter()
    for attempt_id, seq in read(site.folder, query, chain=site.exam_session_id):
        held[attempt_id] += seq <= acknowledged.get(attempt_id, 0)
    return sum(highest - held[attempt_id] for attempt_id, highest in acknowledged.items())


def _wait_until_up(process: subprocess.Popen[bytes], server: Server, output: Path | None) -> None:
    deadline = time.monotonic() + _STARTING_S
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            said = output.read_text(encoding="utf-8") if output else ""
            raise RuntimeError(f"the server did not start: {said[-2000:]}")
        time.sleep(0.01)


def _answers(server: Server) -> bool:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        plain = stack.enter_context(socket.create_connection((server.host, server.port), 30))
        tls = server.tls()
        wire = stack.enter_context(tls.wrap_socket(plain, server_hostname=server.host)) if tls else plain
        wire.sendall(
            f"GET / HTTP/1.1\r\nhost: {server.host}:{server.port}\r\nconnection: close\r\n\r\n".encode()
        )
        return wire.recv(16).startswith(b"HTTP/1.1")
    return False


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which programs find their bytecode, as an installed one does: it is kept in `folder`."""
    found = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return found | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def paused_at_ms(site: FilledSite) -> int:
    """Return when the last pause of a stopped server's exam session was decided, UTC milliseconds."""
    query = (
        "SELECT envelope FROM ledger WHERE chain = :chain AND kind = 'SITTING_PAUSED' ORDER BY number DESC"
    )
    return int(json.loads(bytes(read(site.folder, query, chain=site.exam_session_id)[0][0]))["at_ms"])


def bring_to_the_end(site: FilledSite, left_s: float) -> None:
    """Set the exam clock of a site that is not served to `left_s` before the end of everybody's time."""
    change(
        site.folder,
        "UPDATE sitting SET clock_ms = (SELECT min(started_clock_ms + allowed_ms) FROM attempt_block) - :left_ms",
        left_ms=int(left_s * 1000),
    )


def ends_at_ms(site: FilledSite) -> int:
    """Return when everybody's time is up if the exam clock runs on from its last tick, UTC milliseconds."""
    query = (
        "SELECT ticked_at_ms - clock_ms + (SELECT min(started_clock_ms + allowed_ms) FROM attempt_block)"
        " FROM sitting"
    )
    return int(read(site.folder, query)[0][0])


def not_ended(site: FilledSite) -> int:
    """Return how many attempts of a site, served or not, are still running."""
    return int(read(site.folder, "SELECT count(*) FROM attempt WHERE state = 'RUNNING'")[0][0])
