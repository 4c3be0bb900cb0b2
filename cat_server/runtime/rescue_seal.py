"""Rescue files: what a PC could not deliver, carried to the server on a stick.

A file is encrypted to the site (ECDH on P-256, HKDF-SHA256, AES-256-GCM: what browsers have), so that whoever finds the stick reads
nothing; and its content is sealed with a key that the site gave to this attempt and epoch alone, so that nobody else can write one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.refusals import Refusal

FILE_TYPE = "cat-rescue/1"
LARGEST_FILE = 200_000
MOST_COMMANDS = 5_000
_MOST_NUMBER = 2**53 - 1
_MOST_POSITION = 10_000
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Rescue:
    """What a rescue file holds: commands of one attempt under one epoch, in the order of their numbers."""

    attempt_id: str
    epoch: int
    commands: tuple[Submitted, ...]


def public_key(rescue_key: bytes) -> bytes:
    """Return what files are encrypted to: an uncompressed point of P-256, 65 bytes."""
    point = _private_key(rescue_key).public_key()
    return point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal_key(rescue_key: bytes, attempt_id: str, epoch: int) -> bytes:
    """Return the key that seals what an attempt's PC writes under an epoch, 32 bytes."""
    return hmac.digest(rescue_key, f"cat/rescue-seal/1\n{attempt_id}\n{epoch}".encode(), "sha256")


def open_rescue(rescue_key: bytes, content: bytes) -> Rescue:
    """Return what a file holds.

    Raises:
        Refusal: `RESCUE_UNREADABLE` (no such file, or damaged), `RESCUE_OTHER_SITE` (encrypted to another server), or
            `RESCUE_SEAL` (written by somebody else than the PC of that attempt).
    """
    if len(content) > LARGEST_FILE:
        raise Refusal("RESCUE_UNREADABLE")
    try:
        outer = json.loads(content)
        kind = outer["type"]
        ephemeral, nonce, sealed = (
            base64.b64decode(outer[name], validate=True) for name in ("public", "nonce", "content")
        )
        their_key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, ephemeral)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise Refusal("RESCUE_UNREADABLE") from None
    if kind != FILE_TYPE:
        raise Refusal("RESCUE_UNREADABLE")
    shared = _private_key(rescue_key).exchange(ec.ECDH(), their_key)
    salt = ephemeral + public_key(rescue_key)
    key = HKDF(algorithm=SHA256(), length=32, salt=salt, info=FILE_TYPE.encode()).derive(shared)
    try:
        inner = json.loads(AESGCM(key).decrypt(nonce, sealed, FILE_TYPE.encode()))
    except (InvalidTag, ValueError, RecursionError):
        raise Refusal("RESCUE_OTHER_SITE") from None
    try:
        return _checked(rescue_key, inner)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refusal("RESCUE_UNREADABLE") from None


def _checked(rescue_key: bytes, inner: dict[str, Any]) -> Rescue:
    body = json.loads(inner["body"])
    attempt_id, epoch = str(body["attempt"]), _within(body["epoch"], 0, 2**31 - 1)
    seal = hmac.digest(seal_key(rescue_key, attempt_id, epoch), inner["body"].encode(), "sha256").hex()
    if not hmac.compare_digest(seal, str(inner["seal"])):
        raise Refusal("RESCUE_SEAL")
    commands = tuple(
        Submitted(
            _within(each["seq"], 1, _MOST_NUMBER),
            CommandKind(each["kind"]),
            _within(each["position"], 0, _MOST_POSITION),
            tuple(str(one) for one in each["response"]),
            bool(each["is_flagged"]),
            _within(each["claimed_clock_ms"], 0, _MOST_NUMBER),
        )
        for each in body["commands"][:MOST_COMMANDS]
    )
    return Rescue(attempt_id, epoch, tuple(sorted(commands, key=lambda each: each.seq)))


def _within(given: object, least: int, most: int) -> int:
    """Return a number as the PC's outbox counts it: whoever seals a file may still have made it up."""
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise ValueError(given)
    return given


def _private_key(rescue_key: bytes) -> ec.EllipticCurvePrivateKey:
    wide = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"cat/rescue-private/1").derive(rescue_key)
    return ec.derive_private_key(int.from_bytes(wide, "big") % (_ORDER - 1) + 1, _CURVE)
