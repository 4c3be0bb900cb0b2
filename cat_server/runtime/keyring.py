"""The site's secrets on disk, and the keys derived from them: one master secret, one purpose per derived key."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cat_server.domain.refusals import Refusal
from question_bank.sealing.envelope import CannotOpenError, open_sealed, seal

MASTER_FILE = "master.key"
SIGNING_FILE = "server-ed25519.key"
_SECRET_BYTES = 32
_LABEL = b"cat-server/1/"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a web process may know: the keys of PIN HMACs, of salts of private event data, of the journal, and of rescue files."""

    pin_key: bytes = field(repr=False)
    private_salt_key: bytes = field(repr=False)
    journal_key: bytes = field(repr=False)
    rescue_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Everything secret of one site; stays in the supervisor and in commands of the operator."""

    folder: Path
    secrets: Secrets
    bank_key: bytes = field(repr=False)
    key_sheet_key: bytes = field(repr=False)
    seed_key: bytes = field(repr=False)
    backup_key: bytes = field(repr=False)
    signing_key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key_hex(self) -> str:
        """The server's Ed25519 public key."""
        return self.signing_key.public_key().public_bytes_raw().hex()

    def keep_seed(self, form_set_id: str, seed: bytes) -> None:
        """Store the seed of a drawing, encrypted; until it is published nobody can foretell a form.

        Raises:
            FileExistsError: this drawing has a seed already.
        """
        (self.folder / "seeds").mkdir(mode=0o700, exist_ok=True)
        write_secret(self._seed_path(form_set_id), seal(self.seed_key, "seed/1", seed))

    def seed(self, form_set_id: str) -> bytes:
        """Return the seed of a drawing.

        Raises:
            Refusal: `SEED_MISSING`.
        """
        try:
            return open_sealed(self.seed_key, "seed/1", self._seed_path(form_set_id).read_bytes())
        except (OSError, CannotOpenError):
            raise Refusal("SEED_MISSING", {"form_set": form_set_id}) from None

    def forget_seed(self, form_set_id: str) -> None:
        """Remove the seed of a drawing that was never recorded."""
        self._seed_path(form_set_id).unlink(missing_ok=True)

    def _seed_path(self, form_set_id: str) -> Path:
        return self.folder / "seeds" / f"{form_set_id}.seed"


def create_keys(folder: Path) -> Keyring:
    """Make the secrets of a new site in `folder` and return its keyring.

    Raises:
        FileExistsError: the folder holds secrets already.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    write_secret(folder / MASTER_FILE, secrets.token_bytes(_SECRET_BYTES))
    write_secret(folder / SIGNING_FILE, Ed25519PrivateKey.generate().private_bytes_raw())
    return open_keyring(folder)


def open_keyring(folder: Path) -> Keyring:
    """Read the secrets of a site.

    Raises:
        Refusal: `KEYS_MISSING`, or `KEYS_READABLE_BY_OTHERS` where the files' modes let others read them.
    """
    master, signing = _read_secret(folder / MASTER_FILE), _read_secret(folder / SIGNING_FILE)
    return Keyring(
        folder=folder,
        secrets=Secrets(
            _derive(master, b"pin-hmac"),
            _derive(master, b"private-salt"),
            _derive(master, b"journal"),
            _derive(master, b"rescue"),
        ),
        bank_key=_derive(master, b"bank-blob"),
        key_sheet_key=_derive(master, b"key-sheet-blob"),
        seed_key=_derive(master, b"form-seed"),
        backup_key=_derive(master, b"backup"),
        signing_key=Ed25519PrivateKey.from_private_bytes(signing),
    )


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, durably.

    Raises:
        FileExistsError: it exists already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _derive(master: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_SECRET_BYTES, salt=None, info=_LABEL + label).derive(master)


def _read_secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise Refusal("KEYS_READABLE_BY_OTHERS", {"file": str(path)})
        content = path.read_bytes()
    except OSError:
        raise Refusal("KEYS_MISSING", {"file": str(path)}) from None
    if len(content) != _SECRET_BYTES:
        raise Refusal("KEYS_MISSING", {"file": str(path)})
    return content
