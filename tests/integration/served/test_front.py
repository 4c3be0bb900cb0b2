"""Debian's nginx in front of the server, with the file that the command writes: an exam goes through, and bounds hold."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cat_server.runtime import tls_authority
from cat_server.runtime.clock import SystemClock
from scripts.free_ports import free_ports
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.integration.served.conftest import ServeSite
from tests.served_site import Served, copied_site, wait_until

FORGED = "10.99.99.99"
BOUND = 8
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@dataclass
class FrontedSite(Served):
    """A site that is reached through nginx, over TLS."""

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "keys" / "tls-ca.pem"))

    def kiosk_url(self, host: str = "127.0.0.1") -> str:
        return f"https://{host}:{self.ports[0]}"

    @property
    def board_url(self) -> str:
        return f"https://127.0.0.1:{self.ports[1]}"

    def _answers(self, port: int) -> bool:
        assert self.process.poll() is None, (self.folder / "serve.out").read_text()
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"https://127.0.0.1:{port}/", timeout=5, verify=self.tls).status_code < 500
        return False

    def pc(self, address: str) -> httpx.HTTPTransport:
        """Return what speaks from an address of its own."""
        return httpx.HTTPTransport(verify=self.tls, local_address=address)

    def addresses(self) -> list[str]:
        """Return the addresses of PCs as they are on file."""
        return [str(row["address"]) for row in self.rows("select address from kiosk order by created_at_ms")]


def prepare(template: Path, folder: Path) -> FrontedSite:
    plain = copied_site(template, folder)
    served = FrontedSite(folder, plain.ports, plain.secrets)
    tls_authority.issue(folder / "keys", "T", ("127.0.0.1",), SystemClock().now().at_ms)
    own = dict(
        zip(("own_kiosk_port", "own_monitoring_port", "own_scoreboard_port"), free_ports(3), strict=True)
    )
    served.configure(transport="tls", trusted=["127.0.0.1"], connections_per_address=BOUND, **own)
    served.configure(kiosk_workers=2)
    served.configure(kiosk_listen=["127.0.0.1"], monitoring_listen=["127.0.0.1"])
    return served


@contextlib.contextmanager
def nginx(served: FrontedSite, folder: Path) -> Iterator[Path]:
    """Run nginx with the file that the command writes, except for where it keeps its own files."""
    written = served.cli("front", "nginx", "--out", str(folder / "written.conf"))
    assert written.returncode == 0, written.stderr
    text = (folder / "written.conf").read_text(encoding="utf-8")
    temporary = "".join(
        f"    {name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text, count = re.subn(r"^http \{\n", f"http {{\n{temporary}", text, flags=re.MULTILINE)
    assert count == 1
    text = text.replace("/var/log/nginx/error.log", str(folder / "error.log"))
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-g", f"pid {folder / 'nginx.pid'};"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr.replace('the "user" directive', ""), checked.stderr
    with (folder / "nginx.out").open("wb") as output:
        process = subprocess.Popen(
            [*command[:-1], f"{command[-1]} daemon off;"], stdout=output, stderr=output
        )
    try:
        yield folder / "nginx.conf"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def fronted(template_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontedSite]:
    folder = tmp_path_factory.mktemp("front")
    served = prepare(template_site, folder / "site")
    with nginx(served, folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(served.folder / "keys" / "tls-ca.pem"))
        served.start()
        yield served
        served.stop()


def test_an_exam_goes_through_it_and_the_server_sees_each_pc_itself(fronted: FrontedSite) -> None:
    people = [
        HttpParticipant(fronted, fronted.next_person(), transport=fronted.pc(f"127.0.0.{number}"))
        for number in (11, 12)
    ]
    people[1].browser.headers["X-Forwarded-For"] = FORGED
    for each in people:
        each.get_ready()
    names = {each.name for each in people[0].browser.cookies.jar}
    assert names >= {"__Host-cat_kiosk_device", "__Host-cat_participant"}
    assert fronted.addresses()[-2:] == ["127.0.0.11", "127.0.0.12"]
    officer = HttpOfficer(fronted)
    with people[0].browser.stream("GET", "/events") as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        next(line for line in lines if line.startswith("data:"))
        officer.command("start")
        before = time.monotonic()
        # What was told of the sign-in may come before it, where the server was busy.
        assert any('"RUNNING"' in line for line in lines if line.startswith("data:"))
        assert time.monotonic() - before < 15, "nothing is held back on the way until a buffer is full"
    for each in people:
        paper = each.browser.get("/paper", headers={"accept-encoding": "gzip"})
        assert paper.headers["content-encoding"] == "gzip"
        assert each.learn()["state"] == "RUNNING"
        for position in range(1, 6):
            assert each.answer(position, "o1")["outcome"] == "saved"
        assert fronted.responses(each.person) == {position: ["o1"] for position in range(1, 6)}
    foreign = people[0].browser.post("/heartbeat", json={}, headers={"Origin": "https://127.0.0.1"})
    assert foreign.status_code == 403, "the origin's port counts behind a front too"
    for each in (*people, officer):
        each.close()


def test_a_request_that_is_too_large_and_one_pc_too_greedy_are_refused(fronted: FrontedSite) -> None:
    greedy = HttpParticipant(fronted, fronted.next_person(), transport=fronted.pc("127.0.0.21"))
    greedy.get_ready()
    # From elsewhere: the front counts a request that it refused until it has seen the connection end.
    with httpx.Client(transport=fronted.pc("127.0.0.23"), base_url=fronted.kiosk_url(), timeout=20) as other:
        assert other.post("/answers", content=b"x" * 66_000).status_code == 413
    with contextlib.ExitStack() as stack:
        statuses = [
            stack.enter_context(greedy.browser.stream("GET", "/events")).status_code for _ in range(BOUND + 2)
        ]
        assert statuses == [200] * BOUND + [503] * 2
        own = fronted.pc("127.0.0.22")
        with httpx.Client(transport=own, base_url=fronted.kiosk_url(), timeout=20) as honest:
            assert honest.get("/up").status_code == 200
    wait_until(lambda: greedy.browser.get("/up").status_code == 200, "it may ask again")
    greedy.close()


def test_who_drips_a_head_or_a_body_is_cut_off_and_others_are_served(fronted: FrontedSite) -> None:
    took: dict[str, float] = {}

    def drip(name: str, start: bytes) -> None:
        began = time.monotonic()
        with (
            socket.create_connection(("127.0.0.1", fronted.ports[0])) as plain,
            fronted.tls.wrap_socket(plain, server_hostname="127.0.0.1") as wire,
            contextlib.suppress(OSError),
        ):
            wire.sendall(start)
            wire.settimeout(0.5)
            while time.monotonic() - began < 60:
                wire.sendall(b"x")
                with contextlib.suppress(TimeoutError):
                    if wire.recv(4096) == b"":
                        break
        took[name] = time.monotonic() - began

    host = f"127.0.0.1:{fronted.ports[0]}"
    head = f"POST /answers HTTP/1.1\r\nHost: {host}\r\n".encode()
    body = head + f"Origin: https://{host}\r\nContent-Length: 4000\r\n\r\n".encode()
    dripping = [
        threading.Thread(target=drip, args=each) for each in (("head", head + b"X-A: "), ("body", body))
    ]
    for each in dripping:
        each.start()
    with httpx.Client(base_url=fronted.kiosk_url(), verify=fronted.tls, timeout=20) as honest:
        while any(each.is_alive() for each in dripping):
            assert honest.get("/up").status_code == 200
            time.sleep(0.5)
    assert 5 < took["head"] < 20
    assert 10 < took["body"] < 40


def test_a_server_that_is_away_is_told_of_in_both_languages(fronted: FrontedSite) -> None:
    fronted.stop()
    with httpx.Client(base_url=fronted.kiosk_url(), verify=fronted.tls) as client:
        away = client.get("/go")
        assert away.status_code == 502
        assert "Server sedang mulai" in away.text
        assert "The server is starting" in away.text
    fronted.start()


def test_past_the_front_and_without_one_a_forged_address_changes_nothing(
    fronted: FrontedSite, serve_site: ServeSite
) -> None:
    forged = {"X-Forwarded-For": FORGED}
    [own_port] = re.findall(
        r"^own_kiosk_port = (\d+)", (fronted.folder / "site.toml").read_text(), re.MULTILINE
    )
    past = httpx.HTTPTransport(local_address="127.0.0.31")
    with httpx.Client(transport=past, base_url=f"http://127.0.0.1:{own_port}", headers=forged) as client:
        assert client.get("/go").status_code == 303
    assert fronted.addresses()[-1] == "127.0.0.31"
    health = httpx.get(f"http://127.0.0.1:{own_port}/healthz", headers={"X-Forwarded-For": "10.0.0.7"})
    assert health.json() == {"can_save": True}, "a PC behind the front is not this machine"

    plain = serve_site()
    with httpx.Client(base_url=plain.kiosk_url(), headers=forged) as client:
        assert client.get("/go").status_code == 303
    assert str(plain.rows("select address from kiosk order by created_at_ms")[-1]["address"]) == "127.0.0.1"
    refused = plain.cli("front", "nginx")
    assert refused.returncode == 1
    assert "[front]" in refused.stderr
