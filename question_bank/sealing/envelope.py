r"""AES-256-GCM around a blob at rest.

A sealed blob is `magic | kind length | kind | nonce (12 bytes) | ciphertext with tag`. Everything before the ciphertext
is bound by the tag (as associated data), so a key sheet cannot be passed off as a bank, nor one version as another.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from question_bank.canonical import tagged

KEY_BYTES = 32
_MAGIC = b"CATSEAL\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class CannotOpenError(Exception):
    """The blob does not open: wrong key, wrong kind, changed or cut bytes. Which of them is not told."""

    def __init__(self) -> None:
        super().__init__("cannot open")


def new_key() -> bytes:
    """Return a fresh random key."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def seal(key: bytes, kind: str, content: bytes) -> bytes:
    """Return `content` encrypted under the 32-byte `key`; `kind` names type and version, as `bank/1`.

    Raises:
        ValueError: the key has another length, or the kind is not 1 to 255 ASCII characters.
    """
    name = kind.encode("ascii")
    if len(key) != KEY_BYTES or not 1 <= len(name) <= 255:
        raise ValueError("a key has 32 bytes, a kind 1 to 255 characters")
    nonce = os.urandom(_NONCE_BYTES)
    header = _MAGIC + bytes([len(name)]) + name + nonce
    return header + AESGCM(key).encrypt(nonce, content, tagged("sealed/1", header))


def open_sealed(key: bytes, kind: str, sealed: bytes) -> bytes:
    """Return the content of a blob that was sealed as `kind`.

    Raises:
        CannotOpenError: for every reason alike.
    """
    name = kind.encode("ascii")
    start = _MAGIC + bytes([len(name)]) + name
    size = len(start) + _NONCE_BYTES
    if len(key) != KEY_BYTES or not sealed.startswith(start) or len(sealed) < size + _TAG_BYTES:
        raise CannotOpenError
    header = sealed[:size]
    try:
        return AESGCM(key).decrypt(header[len(start) :], sealed[size:], tagged("sealed/1", header))
    except InvalidTag:
        raise CannotOpenError from None
