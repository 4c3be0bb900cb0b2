"""Ids, secrets and PINs, all from the operating system's random source."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PIN_DIGITS = 8


def new_id() -> str:
    """Return a new id: 128 random bits as 26 base32 characters (design 13)."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def new_token() -> str:
    """Return a secret for a cookie, 256 random bits; only its hash is stored."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a cookie's secret."""
    return hashlib.sha256(b"cat/token/1\n" + token.encode()).hexdigest()


def new_pin() -> str:
    """Return a random PIN of eight digits (design 12)."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def new_kiosk_code() -> str:
    """Return the short code that a PC shows until an officer gives it a seat; no letters that look alike."""
    return "".join(secrets.choice("ABCDEFHJKLMNPRTUVWXY3479") for _ in range(5))


def pin_hmac(pin_key: bytes, attempt_id: str, pin: str) -> str:
    """Return what is stored of a PIN."""
    return hmac.digest(pin_key, f"cat/pin/1\n{attempt_id}\n{pin}".encode(), "sha256").hex()
