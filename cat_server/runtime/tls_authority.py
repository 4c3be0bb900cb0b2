"""The site's own TLS authority: name-constrained, used once, then forgotten (security.md 4.6)."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cat_server.runtime.keyring import write_secret

LEAF_DAYS = 90
CA_FILE = "tls-ca.pem"
CERTIFICATE_FILE = "tls-certificate.pem"
KEY_FILE = "tls-key.pem"
_CLOCK_SLACK = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """What kiosks must be told: the authority's SHA-256 fingerprint, the names it vouches for, and until when."""

    fingerprint: str
    names: tuple[str, ...]
    not_after_ms: int


def issue(folder: Path, site_code: str, hosts: Iterable[str], at_ms: int) -> IssuedCertificate:
    """Write a new authority's certificate and a server certificate for `hosts` (names and addresses) into `folder`.

    The authority may only vouch for these very names, and its key is never written: a new address means a new
    authority. The files must not exist.

    Raises:
        FileExistsError: a certificate is there already.
    """
    names = tuple(dict.fromkeys(hosts))
    now = dt.datetime.fromtimestamp(at_ms / 1000, tz=dt.UTC)
    until = now + dt.timedelta(days=LEAF_DAYS)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"cat-server {site_code}")])
    authority = (
        _builder(ca_name, ca_name, ca_key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    leaf_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    leaf = (
        _builder(leaf_name, ca_name, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_name(each) for each in names]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    authority_pem = authority.public_bytes(serialization.Encoding.PEM)
    write_secret(folder / CA_FILE, authority_pem)
    write_secret(folder / CERTIFICATE_FILE, leaf.public_bytes(serialization.Encoding.PEM) + authority_pem)
    write_secret(
        folder / KEY_FILE,
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    return _issued(authority, leaf)


def issued(folder: Path) -> IssuedCertificate | None:
    """Return what is in `folder`, None where there is no certificate."""
    try:
        chain = x509.load_pem_x509_certificates((folder / CERTIFICATE_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return _issued(chain[1], chain[0])


def remove(folder: Path) -> None:
    """Remove authority, certificate and key, so that new ones can be issued."""
    for name in (CA_FILE, CERTIFICATE_FILE, KEY_FILE):
        (folder / name).unlink(missing_ok=True)


def server_context(folder: Path) -> ssl.SSLContext:
    """Return the TLS context for a server: version 1.3 only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder / CERTIFICATE_FILE, folder / KEY_FILE)
    return context


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(until)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _permitted(names: tuple[str, ...]) -> list[x509.GeneralName]:
    permitted: list[x509.GeneralName] = []
    for host in names:
        try:
            permitted.append(x509.IPAddress(ipaddress.ip_network(host)))
        except ValueError:
            permitted.append(x509.DNSName(host))
    return permitted


def _issued(authority: x509.Certificate, leaf: x509.Certificate) -> IssuedCertificate:
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return IssuedCertificate(
        authority.fingerprint(hashes.SHA256()).hex(),
        tuple(str(each.value) for each in names),
        int(leaf.not_valid_after_utc.timestamp() * 1000),
    )
