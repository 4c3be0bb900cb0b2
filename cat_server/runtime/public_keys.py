"""Ed25519 public keys: taken in only when sound, and named by a fingerprint that people compare.

Keys of small order must be refused when a key is enrolled or pinned: under such a key a forged signature is accepted
for every few messages tried (security.md 4.7, measured).
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cat_server.domain.refusals import Refusal
from question_bank.canonical import tagged

KEY_BYTES = 32
_PRIME = 2**255 - 19
_SIGN_BIT = 2**255
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _PRIME - 1,
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
        ),
    }
)
"""The y coordinates of the eight points whose order divides the cofactor."""


def read_public_key(public_key: str) -> Ed25519PublicKey:
    """Return the key that these 64 hex digits encode.

    Raises:
        Refusal: `KEY_MALFORMED`, or `KEY_WEAK` for a point of small order or an encoding that is not the canonical one.
    """
    try:
        raw = bytes.fromhex(public_key)
    except ValueError:
        raise Refusal("KEY_MALFORMED") from None
    if len(raw) != KEY_BYTES or raw.hex() != public_key:
        raise Refusal("KEY_MALFORMED")
    y = int.from_bytes(raw, "little") % _SIGN_BIT
    if y >= _PRIME or y in _SMALL_ORDER_Y:
        raise Refusal("KEY_WEAK")
    return Ed25519PublicKey.from_public_bytes(raw)


def is_signed(public_key: str, kind: str, content: bytes, signature: str) -> bool:
    """Tell whether `signature` (128 hex digits) is this key's over `content` as `kind` (type and version).

    Raises:
        Refusal: the key is malformed or weak.
    """
    key = read_public_key(public_key)
    try:
        raw = bytes.fromhex(signature)
        if raw.hex() != signature:
            return False
        key.verify(raw, tagged(kind, content))
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """Return what people compare: 26 base32 characters (130 bits) of the key's hash, in groups of four.

    Raises:
        Refusal: the key is malformed or weak.
    """
    read_public_key(public_key)
    hashed = hashlib.sha256(tagged("public-key/1", bytes.fromhex(public_key))).digest()
    text = base64.b32encode(hashed).decode()[:26]
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
