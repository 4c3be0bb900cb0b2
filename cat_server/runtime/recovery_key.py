"""The key that opens a site's backups on another machine. Only its public half is on the server.

Without it a backup opens with the site's own keys alone, which are lost together with the server.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from cat_server.domain.refusals import Refusal
from cat_server.runtime.keyring import write_secret
from question_bank.canonical import tagged
from question_bank.sealing.envelope import CannotOpenError

PUBLIC_FILE = "recovery-x25519.pub"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = tagged("backup-key/1", b"")
_KEY_BYTES, _CHECK_BYTES = 32, 3
_GROUP = 4


def new_recovery_key(keys_folder: Path, *, replaces: bool = False) -> str:
    """Make a recovery key, keep its public half in `keys_folder`, and return the secret half as text to be put away.

    Raises:
        Refusal: `RECOVERY_KEY_EXISTS`, unless it `replaces` the one there is.
    """
    path = keys_folder / PUBLIC_FILE
    if path.exists() and not replaces:
        raise Refusal("RECOVERY_KEY_EXISTS")
    private = X25519PrivateKey.generate()
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    write_secret(draft, private.public_key().public_bytes_raw())
    draft.replace(path)
    return _as_text(private.private_bytes_raw())


def recovery_public_key(keys_folder: Path) -> bytes:
    """Return the public half; empty where the site has none."""
    path = keys_folder / PUBLIC_FILE
    return path.read_bytes() if path.exists() else b""


def wrap_for_recovery(public_key: bytes, content: bytes) -> bytes:
    """Return `content` so that only the recovery key opens it."""
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public_key), _INFO)


def unwrap_with_recovery(text: str, wrapped: bytes) -> bytes:
    """Return what `wrap_for_recovery` was given.

    Raises:
        Refusal: `RECOVERY_KEY_UNREADABLE`, where the text is not such a key or has a slip in it.
        CannotOpenError: it is the key of another site, or was replaced since.
    """
    key = X25519PrivateKey.from_private_bytes(_of_text(text))
    try:
        return _SUITE.decrypt(wrapped, key, _INFO)
    except (InvalidTag, ValueError):
        raise CannotOpenError from None


def _as_text(key: bytes) -> str:
    letters = base64.b32encode(key + _check(key)).decode().rstrip("=")
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _of_text(text: str) -> bytes:
    letters = "".join(each for each in text.upper() if each.isalnum())
    try:
        content = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        content = b""
    key, check = content[:_KEY_BYTES], content[_KEY_BYTES:]
    if len(key) != _KEY_BYTES or check != _check(key):
        raise Refusal("RECOVERY_KEY_UNREADABLE")
    return key


def _check(key: bytes) -> bytes:
    return hashlib.sha256(tagged("recovery-key/1", key)).digest()[:_CHECK_BYTES]
