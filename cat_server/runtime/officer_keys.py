"""An officer's personal Ed25519 key, wrapped with a passphrase (security.md 4.4).

The wrap is one line of `cjson/1`: a header (version, Argon2id costs, salt, nonce, public key) and `ciphertext`, the raw
private key under AES-256-GCM with a key derived by Argon2id. The header is bound as associated data. PKCS#8 with a
password is not used: its key derivation is far too cheap.
"""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from cat_server.domain.refusals import Refusal
from question_bank.canonical import Json, NotCanonicalError, cjson, tagged

WRAP_VERSION = 1
MINIMUM_PASSPHRASE = 10
"""Characters; length is what resists guessing, not odd characters."""

_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_MOST_MEMORY_KIB = 4 * 1024 * 1024
_MOST_ITERATIONS = 64
_MOST_LANES = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """What deriving the wrapping key costs, stored in each wrap. The default takes about two seconds."""

    memory_kib: int = 256 * 1024
    iterations: int = 3
    lanes: int = 4


DEFAULT_COST = Cost()


def new_officer_key(passphrase: str, cost: Cost = DEFAULT_COST) -> tuple[str, str]:
    """Return a new key as (public key in hex, wrapped private key as text). Slow on purpose.

    Raises:
        Refusal: `PASSPHRASE_SHORT`.
    """
    if len(passphrase.strip()) < MINIMUM_PASSPHRASE:
        raise Refusal("PASSPHRASE_SHORT", {"characters": MINIMUM_PASSPHRASE})
    private_key = Ed25519PrivateKey.generate()
    public_key = private_key.public_key().public_bytes_raw().hex()
    header: dict[str, Json] = {
        "v": WRAP_VERSION,
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "salt": os.urandom(_SALT_BYTES).hex(),
        "nonce": os.urandom(_NONCE_BYTES).hex(),
        "public_key": public_key,
    }
    sealed = AESGCM(_wrapping_key(passphrase, header)).encrypt(
        bytes.fromhex(str(header["nonce"])), private_key.private_bytes_raw(), _bound(header)
    )
    return public_key, cjson({**header, "ciphertext": sealed.hex()}).decode()


def unlock(wrapped: str, passphrase: str) -> Ed25519PrivateKey:
    """Return the private key. Slow on purpose: run it outside the write lane and the event loop.

    Raises:
        Refusal: `PASSPHRASE_WRONG`, for a wrong passphrase and a damaged wrap alike.
    """
    try:
        header: dict[str, Json] = json.loads(wrapped)
        sealed = bytes.fromhex(str(header.pop("ciphertext")))
        if header["v"] != WRAP_VERSION or header["kdf"] != "argon2id":
            raise Refusal("PASSPHRASE_WRONG")
        opened = AESGCM(_wrapping_key(passphrase, header)).decrypt(
            bytes.fromhex(str(header["nonce"])), sealed, _bound(header)
        )
        private_key = Ed25519PrivateKey.from_private_bytes(opened)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidTag, NotCanonicalError):
        raise Refusal("PASSPHRASE_WRONG") from None
    if private_key.public_key().public_bytes_raw().hex() != header["public_key"]:
        raise Refusal("PASSPHRASE_WRONG")
    return private_key


def sign(private_key: Ed25519PrivateKey, kind: str, content: bytes) -> str:
    """Return the signature over `content` as `kind` (type and version), in hex."""
    return private_key.sign(tagged(kind, content)).hex()


def _wrapping_key(passphrase: str, header: dict[str, Json]) -> bytes:
    memory, iterations, lanes = (header[name] for name in ("memory_kib", "iterations", "lanes"))
    if not (isinstance(memory, int) and isinstance(iterations, int) and isinstance(lanes, int)):
        raise TypeError("costs are integers")
    if memory > _MOST_MEMORY_KIB or iterations > _MOST_ITERATIONS or lanes > _MOST_LANES:
        raise ValueError("costs beyond any that this program writes")
    salt = bytes.fromhex(str(header["salt"]))
    derive = Argon2id(salt=salt, length=_KEY_BYTES, iterations=iterations, lanes=lanes, memory_cost=memory)
    return derive.derive(unicodedata.normalize("NFC", passphrase.strip()).encode())


def _bound(header: dict[str, Json]) -> bytes:
    return tagged(f"officer-key/{WRAP_VERSION}", cjson(header))
