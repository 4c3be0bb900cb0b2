from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509

from cat_server.runtime import tls_authority

AT_MS = int(dt.datetime(2026, 11, 23, tzinfo=dt.UTC).timestamp() * 1000)


def handshake(folder: Path, client: ssl.SSLContext, name: str) -> str | None:
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with tls_authority.server_context(folder).wrap_socket(theirs, server_side=True) as tls:
                tls.recv(1)
        except OSError:
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=name) as tls:
            version = tls.version()
            tls.send(b"x")
            return version
    finally:
        ours.close()
        thread.join(5)


def trusting(folder: Path) -> ssl.SSLContext:
    client = ssl.create_default_context(cafile=str(folder / tls_authority.CA_FILE))
    client.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    now_ms = int(dt.datetime.now(dt.UTC).timestamp() * 1000)  # noqa: TID251 - a handshake checks the real clock
    tls_authority.issue(tmp_path, "JKT", ["cat.local", "192.168.7.1"], now_ms)
    return tmp_path


def test_named_hosts_and_addresses_are_served_over_tls_1_3(folder: Path) -> None:
    assert handshake(folder, trusting(folder), "cat.local") == "TLSv1.3"
    assert handshake(folder, trusting(folder), "192.168.7.1") == "TLSv1.3"


def test_another_name_and_an_older_protocol_are_refused(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, trusting(folder), "evil.example")
    old = trusting(folder)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        handshake(folder, old, "cat.local")


def test_the_authority_is_constrained_and_its_key_is_nowhere(folder: Path) -> None:
    authority = x509.load_pem_x509_certificate((folder / tls_authority.CA_FILE).read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    permitted = constraints.value.permitted_subtrees or []
    assert {str(each.value) for each in permitted} == {"cat.local", "192.168.7.1/32"}
    keys = [path for path in folder.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert [path.name for path in keys] == [tls_authority.KEY_FILE]
    assert keys[0].stat().st_mode & 0o777 == 0o600


def test_a_leaf_lasts_ninety_days(tmp_path: Path) -> None:
    made = tls_authority.issue(tmp_path, "JKT", ["cat.local"], AT_MS)
    assert made.not_after_ms == AT_MS + 90 * 86_400_000
    assert tls_authority.issued(tmp_path) == made
    with pytest.raises(FileExistsError):
        tls_authority.issue(tmp_path, "JKT", ["cat.local"], AT_MS)
